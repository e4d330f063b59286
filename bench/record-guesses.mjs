/**
 * Writes down what drafts would guess along a model's own answers, greedy and sampled, so that planning can be replayed
 * over them without the models (`bench/replay-guesses.mjs`, `src/simulation/recorded.ts`): a specialist where the task has
 * one, and drafts for all tasks.
 *
 *   node bench/record-guesses.mjs --model models/real/smollm2-135m-instruct-q8_0.gguf \
 *     --drafts general=models/smollm2-135m-draft-q8_0.gguf --prompts models/work/smollm2-tasks-heldout.jsonl \
 *     --out bench/data/smollm2-guesses.json
 */
import path from 'node:path';
import { answer, engineOf, forEachAtOnce } from './lib/engine.mjs';
import { decode } from './lib/engine-models.mjs';
import { progress, root } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { jsonLines } from './lib/prompts.mjs';

const { GREEDY } = await import('../dist/base/sampling-options.js');
const { writeFileWhole } = await import('../dist/base/write-file.js');
const { targetFingerprint } = await import('../dist/drafts/registry/place.js');
const { shippedRegistry } = await import('../dist/drafts/registry/source.js');
const { LlamaDecoder } = await import('../dist/llama/context.js');
const { ACCEPTANCE_KEY, readAcceptance } = await import('../dist/llama/draft.js');
const { LlamaModel } = await import('../dist/llama/model.js');
const { TokenSampler } = await import('../dist/sampling/sampler.js');
const { recordedGuess, recordedToken } = await import('../dist/simulation/recorded.js');

const options = readOptions('Guesses of drafts along a model’s answers, written down.', {
  model: MODEL_OPTIONS.model,
  prompts: {
    type: 'string',
    default: path.join(root, 'models/work/heldout.jsonl'),
    help: 'corpus of held-out prompts',
  },
  drafts: { type: 'words', default: [], help: 'drafts for all tasks, name=file' },
  count: { type: 'number', default: 20, help: 'prompts of each task' },
  tokens: { type: 'number', default: 96, help: 'most tokens of an answer' },
  temperatures: { type: 'numbers', default: [0, 0.8], help: 'of the answers' },
  out: { type: 'string', default: 'guesses.json', help: 'file to write' },
});
const STREAMS = 16;
const MOST_PROMPT_TOKENS = 500;
const CONTEXT = MOST_PROMPT_TOKENS + options.tokens + 1;
const SPECIALIST = 'specialist';

const { model } = modelPaths({ model: options.model });
const answers = await written();
const shipped = shippedRegistry(targetFingerprint(model));
const drafts = options.drafts.map((/** @type {string} */ each) => {
  const [name, file] = each.split('=');
  return { name, file: path.resolve(root, file), task: undefined };
});
for (const entry of shipped?.read().drafts ?? [])
  drafts.push({ name: SPECIALIST, file: shipped.fileOf(entry), task: entry.task });
const known = drafts.map((draft) => ({ name: draft.name, task: draft.task, acceptance: guessAll(draft) }));
const bytes = (/** @type {number[]} */ tokens) => Buffer.from(tokens.map(recordedToken)).toString('base64');
const recording = {
  model: path.basename(model),
  drafts: known,
  answers: answers.map(({ task, temperature, prompt, output, guesses }) => ({
    ...{ task, temperature, prompt: bytes([...prompt]), output: bytes(output), guesses },
  })),
};
writeFileWhole(path.resolve(root, options.out), `${JSON.stringify(recording)}\n`);
progress(`${answers.length} answers in ${options.out}`);

/** The model's own answers, without guesses. */
async function written() {
  const items = [];
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { task = '', tokens, promptLength } of jsonLines(options.prompts)) {
    const count = counts.get(task) ?? 0;
    if (count >= options.count || promptLength > MOST_PROMPT_TOKENS) continue;
    counts.set(task, count + 1);
    for (const temperature of options.temperatures) {
      const prompt = Int32Array.from(tokens.slice(0, promptLength));
      items.push({ task, temperature, prompt, seed: count, output: [], guesses: {} });
    }
  }
  const engine = await engineOf({ model, threads: 2, parallel: STREAMS, contextSize: STREAMS * CONTEXT });
  let done = 0;
  await forEachAtOnce(items, STREAMS, async (item) => {
    const { prompt, temperature, seed } = item;
    const speculation = { mode: 'off', length: 1, proposers: undefined, draft: undefined };
    const { tokens } = await answer(engine, {
      prompt,
      tokens: options.tokens,
      speculation,
      temperature,
      seed,
    });
    item.output = tokens;
    if (++done % 50 === 0) progress(`${done} of ${items.length} answers`);
  });
  await engine.close({ graceMs: 0 });
  return items.filter(({ output }) => output.length > 1);
}

/**
 * Notes what a draft says along the answers of its task, or of all.
 * @returns what its file tells of its acceptance
 */
function guessAll({ name, file, task }) {
  const loaded = LlamaModel.load(file);
  const decoder = new LlamaDecoder(loaded, { threads: 2, batchSize: CONTEXT, contextSize: CONTEXT });
  for (const one of answers) {
    if (task !== undefined && one.task !== task) continue;
    const { prompt, output, temperature, seed } = one;
    decoder.truncate(0, 0);
    if (prompt.length > 1) decode(decoder, prompt.slice(0, -1), 0, 'none');
    decode(decoder, [prompt.at(-1), ...output.slice(0, -1)], prompt.length - 1, 'all');
    // The very noise with which the target chose.
    const sampler = new TokenSampler(prompt, { ...GREEDY, temperature, seed });
    const guesses = output.map((token, at) => {
      const { token: guess, margin } = sampler.draw(decoder.logits(at), prompt.length + at);
      return recordedGuess(guess === token, margin);
    });
    one.guesses[name] = Buffer.from(guesses).toString('base64');
  }
  const acceptance = readAcceptance(loaded.metadata(ACCEPTANCE_KEY));
  decoder.dispose();
  loaded.dispose();
  progress(`${name} ${task ?? ''}`);
  return acceptance;
}
