/**
 * Whether `auto` is ever slower than `off`, by category of text and number of streams: the same prompts, as many at once as
 * there are streams, answered both ways one after the other in turning order, with the prompts in the cache before, so that
 * what is timed is decoding, from the first token asked for to the last one of the slowest stream.
 *
 * Categories come in an order that is shuffled anew in each round, and the engine goes on learning, as in use. Categories with
 * fewer prompts than streams repeat theirs.
 *
 *   node bench/categories.mjs --seconds 600                        SmolLM2 with its shipped draft; called again it goes on
 *   node bench/categories.mjs --model models/real/gemma-3-270m-q4_k_m.gguf --draft none
 *   node bench/categories.mjs --report
 *
 * What was measured is a line of bench/results/NAME.jsonl. A ratio is that of summed times, its interval the 5th to 95th
 * percentile of 2,000 draws of pairs with repetition.
 */
import path from 'node:path';
import { answer, engineOf } from './lib/engine.mjs';
import { describeMachine, machineLine, progress, root, writeResults } from './lib/machine.mjs';
import { readOptions } from './lib/options.mjs';
import { questionsByCategory } from './lib/prompts.mjs';
import { othersLine, watchOthers } from './lib/quiet.mjs';
import { recordsOf } from './lib/records.mjs';
import { drawnInterval, sum, table } from './lib/statistics.mjs';
import { takeTurn } from './lib/turn.mjs';

const { randomNumbers, shuffled } = await import('../dist/base/random.js');
const { ChatTemplate } = await import('../dist/llama/chat-template.js');
const { Vocabulary } = await import('../dist/llama/vocabulary.js');

const options = readOptions('auto against off, by category and streams.', {
  model: {
    type: 'string',
    default: path.join(root, 'models/real/smollm2-135m-instruct-q8_0.gguf'),
    help: 'target, GGUF',
  },
  draft: {
    type: 'string',
    default: path.join(root, 'models/smollm2-135m-draft-q8_0.gguf'),
    help: 'draft, GGUF, or none',
  },
  streams: { type: 'string', default: '1,4,8,16', help: 'numbers of requests at once' },
  temperatures: { type: 'string', default: '0,1', help: 'of the answers' },
  tokens: { type: 'number', default: 48, help: 'most tokens of an answer' },
  'prompt-tokens': { type: 'number', default: 300, help: 'longer prompts are left out' },
  threads: { type: 'number', default: 2, help: 'of the engine' },
  seconds: { type: 'number', default: 600, help: 'no other pair is begun after this' },
  categories: { type: 'string', help: 'only these, e.g. "bundled edit,extraction"; all by default' },
  rounds: { type: 'number', default: 8, help: 'most rounds over all categories' },
  report: { type: 'flag', help: 'measure nothing, show what there is' },
  name: { type: 'string', default: 'categories', help: 'name of the result files' },
});
const startMs = performance.now();
const streams = options.streams.split(',').map(Number);
const temperatures = options.temperatures.split(',').map(Number);
const most = Math.max(...streams);
const draft = options.draft === 'none' ? undefined : options.draft;
const kept = recordsOf(options.name, [
  path.basename(options.model),
  draft === undefined ? 'none' : path.basename(draft),
  options.tokens,
  options.threads,
]);

if (!options.report) await measure();
const records = kept.known();
writeResults(options.name, { machine: describeMachine(), options, records }, report());

async function measure() {
  const vocabulary = Vocabulary.open(options.model);
  const template = ChatTemplate.of(vocabulary);
  const wanted = options.categories?.split(',');
  const byCategory = [...questionsByCategory()]
    .filter(([category]) => wanted?.includes(category) ?? true)
    .map(([category, texts]) => ({
      category,
      prompts: texts
        .map((content) => template.tokenize(vocabulary, [{ role: 'user', content }]))
        .filter(({ length }) => length < options['prompt-tokens']),
    }))
    .filter(({ prompts }) => prompts.length > 0);
  vocabulary.dispose();
  await takeTurn();
  const engine = await engineOf({
    ...{ model: options.model, draft, threads: options.threads, length: 16, parallel: most },
    proposers: draft === undefined ? ['lookup'] : ['lookup', 'draft'],
    contextSize: most * Math.ceil((options['prompt-tokens'] + options.tokens + 16) / 64) * 64,
  });
  const random = randomNumbers(kept.known().length + 1);
  let measured = 0;
  try {
    rounds: for (let round = 0; round < options.rounds; round += 1)
      for (const [at, { category, prompts }] of shuffled(byCategory, random).entries())
        for (const temperature of temperatures)
          for (const count of streams) {
            if (performance.now() - startMs > 1000 * options.seconds) break rounds;
            // Another part of the category in each round and pair.
            const first = Math.floor(random() * prompts.length);
            const some = Array.from(
              { length: count },
              (_, index) => prompts[(first + index) % prompts.length],
            );
            // Either way is first as often, in every column and round.
            const offFirst = (round + at + streams.indexOf(count)) % 2 === 0;
            const pair = await onePair(engine, some, temperature, offFirst);
            kept.add({ category, temperature, streams: count, machine: describeMachine(), ...pair });
            measured += 1;
          }
  } finally {
    await engine.close({ graceMs: 0 });
  }
  progress(`${measured} pairs measured`);
}

/**
 * @param {any} engine
 * @param {any[]} prompts
 * @param {number} temperature
 * @param {boolean} offFirst
 */
async function onePair(engine, prompts, temperature, offFirst) {
  const all = async (/** @type {'auto' | 'off'} */ mode, /** @type {number} */ tokens) => {
    const startMs = performance.now();
    const answers = await Promise.all(
      prompts.map((prompt, index) =>
        answer(engine, {
          ...{ prompt, tokens, temperature, seed: index + 1 },
          speculation: { mode, length: 16, proposers: undefined, draft: undefined },
        }),
      ),
    );
    return { ms: performance.now() - startMs, answers };
  };
  // The prompts are in the cache from here on.
  await all('off', 1);
  const others = watchOthers();
  const first = await all(offFirst ? 'off' : 'auto', options.tokens);
  const second = await all(offFirst ? 'auto' : 'off', options.tokens);
  const [off, auto] = offFirst ? [first, second] : [second, first];
  const differ = auto.answers.filter(
    ({ tokens }, index) => tokens.join() !== off.answers[index].tokens.join(),
  ).length;
  return {
    ...{ offMs: off.ms, autoMs: auto.ms, differ, others: others() },
    tokens: sum(off.answers.map(({ outputTokens }) => outputTokens)),
    guesses: sum(auto.answers.map(({ draftTokens }) => draftTokens)),
    accepted: sum(auto.answers.map(({ acceptedTokens }) => acceptedTokens)),
  };
}

function report() {
  if (records.length === 0) return 'Nothing has been measured yet.';
  const ratio = (/** @type {any[]} */ some) =>
    sum(some.map(({ offMs }) => offMs)) / sum(some.map(({ autoMs }) => autoMs));
  const shown = (/** @type {any[]} */ some) => {
    if (some.length === 0) return '-';
    const [low, high] = drawnInterval(some, ratio);
    return `${ratio(some).toFixed(2)}x (${low.toFixed(2)}-${high.toFixed(2)})`;
  };
  const columns = temperatures.flatMap((temperature) => streams.map((count) => ({ temperature, count })));
  const of = (/** @type {any[]} */ some) =>
    columns.map(({ temperature, count }) =>
      shown(some.filter((one) => one.temperature === temperature && one.streams === count)),
    );
  const categories = [...new Set(records.map(({ category }) => category))].sort();
  const row = (/** @type {string} */ name, /** @type {any[]} */ some) => [
    ...[name, some.length, ...of(some)],
    `${sum(some.map(({ accepted }) => accepted))} of ${sum(some.map(({ guesses }) => guesses))}`,
  ];
  const load = records.map(({ machine }) => machine.loadAverage);
  return [
    machineLine(records[0].machine),
    `${records.length} pairs, load average ${Math.min(...load).toFixed(1)} to ${Math.max(...load).toFixed(1)}, ` +
      `${options.threads} threads, ${options.tokens} tokens an answer; speed of auto over off (5th to 95th percentile)`,
    othersLine(records),
    `${sum(records.map(({ differ }) => differ))} of ${sum(records.map((one) => one.streams))} texts differ.`,
    '',
    table(
      [
        ...['category', 'pairs'],
        ...columns.map(({ temperature, count }) => `${count} at ${temperature}`),
        'accepted',
      ],
      [
        ...categories.map((category) =>
          row(
            category,
            records.filter((one) => one.category === category),
          ),
        ),
        row('all', records),
      ],
    ),
  ].join('\n');
}
