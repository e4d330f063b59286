/**
 * What `auto` costs or gains in the first answers of a server, when nothing is known yet: held-out prompts of each task, the
 * texts and guesses of real models, and time by a cost curve of the simulator, so that the figures are the same on every machine.
 *
 *   node bench/first-requests.mjs
 *   node bench/first-requests.mjs --requests 16 --groups 1
 */
import { GREEDY } from '../dist/base/sampling-options.js';
import { decodeMs, overheadMs } from '../dist/costs/cost-table.js';
import { EngineCore } from '../dist/engine/core.js';
import { ChatTemplate } from '../dist/llama/chat-template.js';
import { CURVES } from '../dist/simulation/curves.js';
import { loadModels } from './lib/engine-models.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { readPrompts } from './lib/prompts.mjs';
import { sum, table } from './lib/statistics.mjs';

const options = readOptions('The first answers of a server, with and without guesses.', {
  model: MODEL_OPTIONS.model,
  draft: MODEL_OPTIONS.draft,
  prompts: MODEL_OPTIONS.prompts,
  curve: { type: 'string', default: 'demo', help: 'what decodes cost (foretoken simulate --help)' },
  requests: { type: 'number', default: 4, help: 'answers of a server that has just started' },
  groups: { type: 'number', default: 3, help: 'such servers for each task' },
  tokens: { type: 'number', default: 64, help: 'of an answer at most' },
});
const { costs: machine } = CURVES[options.curve] ?? fail(`There is no curve ${options.curve}.`);
const models = await loadModels({ ...modelPaths(options), threads: 1, context: 2048 });
const template = ChatTemplate.of(models.vocabulary);
const costs = {
  ...machine,
  drafts: Object.fromEntries(models.drafts.map(({ id }) => [id, machine.drafts.draft])),
};

const clock = { ms: 0, draftWasLast: false, tokens: 0 };
/** Lets the clock move on with each decode. */
function timed(decoder, msOf) {
  const decode = decoder.decode.bind(decoder);
  decoder.decode = () => {
    clock.ms += msOf(decoder.batch);
    return decode();
  };
}
timed(models.decoder, ({ length: tokens, outputCount: outputs, attendedCells: tokenCells }) => {
  const resized = tokens !== clock.tokens;
  const work = { tokens, outputs, tokenCells, resized, cold: clock.draftWasLast };
  Object.assign(clock, { draftWasLast: false, tokens });
  return decodeMs(costs.target, work) + overheadMs(costs, outputs, false);
});
for (const { id, decoder } of models.drafts)
  timed(decoder, ({ length: tokens, attendedCells: tokenCells }) => {
    const cold = !clock.draftWasLast;
    clock.draftWasLast = true;
    return decodeMs(costs.drafts[id], { tokens, tokenCells, cold });
  });

/** @param prompts as tokens @returns milliseconds of decoding of all answers */
function run(prompts, mode) {
  models.decoder.clear();
  for (const { decoder } of models.drafts) decoder.clear();
  const proposers = ['lookup', 'suffix', 'draft'];
  const speculation = { mode, length: 8, proposers, lookupMinNgram: 2, suffixBytes: 1 << 20 };
  const core = new EngineCore(
    models,
    { parallel: 1, queueLimit: 1, prefillChunk: 512, speculation },
    {
      costs,
      now: () => clock.ms,
      onPhase: (phase) => {
        if (phase === 'planning') clock.ms += costs.overheadMsGuessing;
      },
    },
  );
  let decodeMs = 0;
  for (const [id, prompt] of prompts.entries()) {
    const as = { mode: undefined, length: undefined, proposers: undefined };
    const ends = { stop: [], ignoreEndOfGeneration: false, minTokens: 8, maxTokens: options.tokens };
    core.submit({ id, prompt, ...ends, sampling: GREEDY, topLogprobs: -1, speculation: as, label: 0 });
    while (!core.idle) core.step();
    for (const { finish } of core.takeEvents()) decodeMs += finish?.statistics.decodeMs ?? 0;
  }
  return decodeMs;
}

const prompts = readPrompts(options.prompts);
const rows = [...new Set(prompts.map(({ task }) => task))].map((name) => {
  const own = prompts.filter(({ task }) => task === name);
  const ratios = Array.from({ length: options.groups }, (_, group) => {
    const asked = own.slice(group * options.requests, (group + 1) * options.requests);
    const tokens = asked.map(({ messages }) =>
      models.vocabulary.tokenize(template.render(messages, { addGenerationPrompt: true }), {
        parseSpecial: true,
      }),
    );
    return run(tokens, 'off') / run(tokens, 'auto');
  });
  const mean = sum(ratios) / ratios.length;
  return [name, `${mean.toFixed(3)}x`, ratios.map((ratio) => ratio.toFixed(2)).join(', ')];
});
console.log(table(['task', 'auto over off', 'by group'], rows));
models.dispose();
