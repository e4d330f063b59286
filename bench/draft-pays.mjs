/**
 * Whether a draft pays where it is loaded by default: `auto` with it against `auto` without any draft and against `off`, at
 * one stream, greedy, on questions that it was not trained on. Two engines in one process, one with the draft; each prompt
 * is answered all three ways one after the other, every other prompt in the reverse order.
 *
 *   node bench/draft-pays.mjs                  SmolLM2; as far as it comes within 100 seconds; called again it goes on
 *   node bench/draft-pays.mjs --report         the table of what there is
 *
 * What was measured is a line of bench/results/NAME.jsonl. The ratio is that of the sums of time a token, its interval the
 * 5th to 95th percentile of 2,000 draws of prompts with repetition.
 */
import path from 'node:path';
import { answer, engineOf, perToken } from './lib/engine.mjs';
import { describeMachine, machineLine, progress, root, writeResults } from './lib/machine.mjs';
import { readOptions } from './lib/options.mjs';
import { questionsByCategory } from './lib/prompts.mjs';
import { recordsOf } from './lib/records.mjs';
import { drawnInterval, sum, table } from './lib/statistics.mjs';
import { takeTurn } from './lib/turn.mjs';

const { ChatTemplate } = await import('../dist/llama/chat-template.js');
const { Vocabulary } = await import('../dist/llama/vocabulary.js');

const options = readOptions('A draft against none.', {
  model: {
    type: 'string',
    default: path.join(root, 'models/real/smollm2-135m-instruct-q8_0.gguf'),
    help: 'target, GGUF',
  },
  draft: {
    type: 'string',
    default: path.join(root, 'models/smollm2-135m-draft-q8_0.gguf'),
    help: 'draft, GGUF',
  },
  count: { type: 'number', default: 6, help: 'prompts of each category' },
  tokens: { type: 'number', default: 64, help: 'most tokens of an answer' },
  'prompt-tokens': { type: 'number', default: 400, help: 'longer prompts are left out' },
  threads: { type: 'number', default: 2, help: 'of the engine' },
  seconds: { type: 'number', default: 100, help: 'no other prompt is begun after this' },
  report: { type: 'flag', help: 'measure nothing, show what there is' },
  name: { type: 'string', default: 'draft-pays', help: 'name of the result files' },
});
const startMs = performance.now();
const kept = recordsOf(options.name, [
  path.basename(options.model),
  path.basename(options.draft),
  options.tokens,
  options.threads,
]);

if (!options.report) await measureWhatIsMissing();
const records = kept.known();
writeResults(options.name, { machine: describeMachine(), options, records }, report());

async function measureWhatIsMissing() {
  const vocabulary = Vocabulary.open(options.model);
  const template = ChatTemplate.of(vocabulary);
  const byCategory = [...questionsByCategory()].map(([category, texts]) => {
    const prompts = texts
      .map((content) => template.tokenize(vocabulary, [{ role: 'user', content }]))
      .filter(({ length }) => length < options['prompt-tokens']);
    return { category, prompts: prompts.slice(0, options.count) };
  });
  const done = new Set(kept.known().map(({ category, index }) => `${category} ${index}`));
  const wanted = Array.from({ length: options.count }, (_, index) => index).flatMap((index) =>
    byCategory
      .filter(({ category, prompts }) => index < prompts.length && !done.has(`${category} ${index}`))
      .map(({ category, prompts }) => ({ category, index, prompt: prompts[index] })),
  );
  vocabulary.dispose();
  if (wanted.length === 0) return;
  await takeTurn();
  const { model, draft, threads, tokens } = options;
  const [withDraft, without] = [
    await engineOf({ model, threads, draft, proposers: ['lookup', 'draft'], length: 16 }),
    await engineOf({ model, threads, proposers: ['lookup'], length: 16 }),
  ];
  /** @type {readonly (readonly [string, any, any])[]} */
  const ways = [
    ['with', withDraft, { mode: 'auto', length: 16, proposers: undefined, draft: undefined }],
    ['without', without, { mode: 'auto', length: 16, proposers: undefined, draft: undefined }],
    ['off', without, { mode: 'off', length: 16, proposers: undefined, draft: undefined }],
  ];
  let measured = 0;
  try {
    // What is slow the first time is nobody's fault.
    for (const [, engine, speculation] of ways)
      await answer(engine, { prompt: wanted[0].prompt, tokens: 16, speculation });
    for (const [turn, { category, index, prompt }] of wanted.entries()) {
      if (performance.now() - startMs > 1000 * options.seconds) break;
      /** @type {Record<string, any>} */
      const result = {};
      for (const [name, engine, speculation] of turn % 2 === 0 ? ways : [...ways].reverse()) {
        const statistics = await answer(engine, { prompt, tokens, speculation });
        const { draftTokens, acceptedTokens, prefillMs, outputTokens } = statistics;
        result[name] = { ms: perToken(statistics), prefillMs, draftTokens, acceptedTokens, outputTokens };
      }
      kept.add({ category, index, machine: describeMachine(), result });
      measured += 1;
    }
  } finally {
    await withDraft.close({ graceMs: 0 });
    await without.close({ graceMs: 0 });
  }
  progress(`${measured} of ${wanted.length} measured${measured < wanted.length ? ': call it again' : ''}`);
}

function report() {
  if (records.length === 0) return 'Nothing has been measured yet.';
  const load = records.map(({ machine }) => machine.loadAverage);
  const categories = [...new Set(records.map(({ category }) => category))].sort();
  const rows = [
    ...categories.map((category) => [category, records.filter((one) => one.category === category)]),
  ];
  const line = (/** @type {any} */ [name, own]) => {
    const ratio = (/** @type {string} */ over, /** @type {string} */ under, /** @type {any[]} */ some) =>
      sum(some.map(({ result }) => result[over].ms)) / sum(some.map(({ result }) => result[under].ms));
    const shown = (/** @type {string} */ over, /** @type {string} */ under) => {
      const ratioOf = (/** @type {any[]} */ some) => ratio(over, under, some);
      const [low, high] = drawnInterval(own, ratioOf);
      return `${ratioOf(own).toFixed(3)}x (${low.toFixed(2)}-${high.toFixed(2)})`;
    };
    const guesses = sum(own.map(({ result }) => result.with.draftTokens));
    const accepted = sum(own.map(({ result }) => result.with.acceptedTokens));
    return [
      ...[name, own.length, shown('without', 'with'), shown('off', 'with'), shown('off', 'without')],
      guesses === 0 ? '-' : `${accepted} of ${guesses}`,
    ];
  };
  return [
    machineLine(records[0].machine),
    `${records.length} prompts, load average ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}, ${options.threads} threads`,
    '',
    table(
      ['category', 'prompts', 'with over without', 'with over off', 'without over off', 'accepted with it'],
      [...rows.map(line), line(['all', records])],
    ),
  ].join('\n');
}
