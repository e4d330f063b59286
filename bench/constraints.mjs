/**
 * What a JSON schema of 20 fields costs and what forced text brings: constrained answers beside unconstrained ones
 * without speculation, and constrained answers with speculation beside those without, in pairs of alternating order.
 * Every answer has the same number of tokens, which no answer of the schema ends before, and a prompt of its own.
 *
 *   npm run models:real && node bench/constraints.mjs
 *   node bench/constraints.mjs --model models/real/smollm2-135m-instruct-q4_1.gguf --streams 1 --pairs 4
 */
import path from 'node:path';
import { describeMachine, machineLine, progress, root, writeResults } from './lib/machine.mjs';
import { readOptions } from './lib/options.mjs';
import { median, percent, spread, summarize, table, times } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';
import { compileGbnf } from '../dist/constraints/compile.js';
import { GREEDY } from '../dist/base/sampling-options.js';
import { startEngine } from '../dist/engine/engine.js';
import { jsonSchemaToGbnf } from '../dist/grammar/json-schema.js';
import { LlamaCodec } from '../dist/server/llama-codec.js';

const options = readOptions('What constrained decoding costs, and what forced text brings.', {
  model: {
    type: 'string',
    default: path.join(root, 'models', 'real', 'smollm2-135m-instruct-q8_0.gguf'),
    help: 'model to measure with',
  },
  streams: { type: 'numbers', default: [1, 16], help: 'requests at the same time' },
  pairs: { type: 'number', default: 12, help: 'pairs for each figure' },
  'output-tokens': { type: 'number', default: 128, help: 'tokens of every answer' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
  name: { type: 'string', default: 'constraints', help: 'name of the result files' },
});

const text = (maxLength) => ({ type: 'string', minLength: 4, maxLength });
const properties = {
  name: text(24),
  surname: text(24),
  age: { type: 'integer', minimum: 18, maximum: 99 },
  email_address: text(32),
  street: text(32),
  house_number: { type: 'integer', minimum: 1, maximum: 999 },
  city: text(24),
  country: text(24),
  profession: text(32),
  favourite_colour: { enum: ['red', 'green', 'blue', 'yellow', 'black', 'white'] },
  is_employed: { type: 'boolean' },
  years_of_experience: { type: 'integer', minimum: 0, maximum: 60 },
  department: { enum: ['sales', 'engineering', 'marketing', 'support', 'research'] },
  manager_name: text(24),
  start_date: { type: 'string', format: 'date' },
  salary: { type: 'integer', minimum: 1000, maximum: 500000 },
  currency: { enum: ['EUR', 'USD', 'GBP', 'JPY'] },
  has_driving_licence: { type: 'boolean' },
  languages: { type: 'array', items: text(16), minItems: 2, maxItems: 4 },
  biography: text(400),
};
const schema = { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
const gbnf = jsonSchemaToGbnf(schema);
/** One for each side: what an answer teaches about a grammar must not serve the other side of the pair. */
const grammars = ['off', 'auto'].map((side) => compileGbnf(`${gbnf}\n# ${side}\n`));

await takeTurn();
const machine = describeMachine();
const codec = LlamaCodec.open(options.model);
/** @type {{ streams: number, comparison: string, ratios: number[], speeds: number[][], accepted: number[] }[]} */
const results = [];
let asked = 0;
for (const streams of options.streams) await measure(streams);
codec.dispose();
const rows = results.map(({ streams, comparison, ratios, speeds, accepted }) => [
  `${streams}, ${comparison}`,
  speeds.map((list) => median(list).toFixed(1)).join(' / '),
  spread(summarize(ratios), times),
  accepted.length > 0 ? percent(median(accepted)) : '-',
]);
const head = ['streams, comparison', 'tokens/s a stream', 'ratio: median (least-most)', 'guesses that stood'];
writeResults(options.name, { machine, options, results }, `${machineLine(machine)}\n\n${table(head, rows)}`);

/** @param {number} streams */
async function measure(streams) {
  const engine = await startEngine(
    {
      ...{
        modelPath: path.resolve(options.model),
        draftPath: undefined,
        contextSize: streams * 512,
        parallel: streams,
      },
      ...{ batchSize: 2048, microBatchSize: 512, threads: options.threads, gpu: 'none', gpuLayers: 0 },
      ...{ kvUnified: undefined, loraPaths: [], calibration: 'auto' },
    },
    {
      ...{ parallel: streams, queueLimit: 64, prefillChunk: 512 },
      speculation: {
        ...{
          mode: 'auto',
          length: 16,
          proposers: ['grammar', 'lookup'],
          lookupMinNgram: 2,
          suffixBytes: 1 << 20,
        },
      },
    },
  );
  const sides = {
    free: { grammar: undefined, mode: 'off' },
    constrained: { grammar: grammars[0], mode: 'off' },
    guessed: { grammar: grammars[1], mode: 'auto' },
  };
  try {
    for (const side of Object.values(sides)) await answers(engine, streams, side);
    for (const [comparison, over, under] of [
      ['constrained over free', 'constrained', 'free'],
      ['auto over off', 'guessed', 'constrained'],
    ]) {
      const result = { streams, comparison, ratios: [], speeds: [[], []], accepted: [] };
      for (let pair = 0; pair < options.pairs; pair += 1) {
        const order = pair % 2 === 0 ? [over, under] : [under, over];
        const speed = {};
        for (const side of order) {
          const found = await answers(engine, streams, sides[side]);
          speed[side] = found.speed;
          if (found.drafted > 0) result.accepted.push(found.accepted / found.drafted);
        }
        result.speeds[0].push(speed[over]);
        result.speeds[1].push(speed[under]);
        result.ratios.push(speed[over] / speed[under]);
        progress(
          `${streams} streams, ${comparison}: pair ${pair + 1} of ${options.pairs}, ${times(result.ratios.at(-1))}`,
        );
      }
      results.push(result);
    }
  } finally {
    await engine.close({ graceMs: 0 });
  }
}

/** Tokens a second of a stream, the first token of each left out, and what became of guesses. */
async function answers(engine, streams, { grammar, mode }) {
  const statistics = await Promise.all(
    Array.from({ length: streams }, async () => {
      asked += 1;
      const content = `Invent person number ${asked} of our staff and describe them as a JSON object with the fields ${Object.keys(properties).join(', ')}.`;
      const stream = engine.submit({
        prompt: await codec.encodeChat([{ role: 'user', content }], {}),
        maxTokens: options['output-tokens'],
        sampling: { ...GREEDY, temperature: 0.7, seed: asked },
        stop: [],
        ignoreEndOfGeneration: true,
        grammar,
        topLogprobs: -1,
        speculation: { mode, length: undefined, proposers: undefined },
        label: 0,
        client: `bench ${asked}`,
      });
      for await (const { finish } of stream) {
        if (finish?.reason === 'error') throw new Error(finish.error.message);
        if (finish !== undefined) return finish.statistics;
      }
      throw new Error('no end');
    }),
  );
  const speeds = statistics.map(({ outputTokens, decodeMs }) => (1000 * (outputTokens - 1)) / decodeMs);
  const sumOf = (key) => statistics.reduce((sum, one) => sum + one[key], 0);
  return {
    speed: speeds.reduce((sum, speed) => sum + speed, 0) / streams,
    drafted: sumOf('draftTokens'),
    accepted: sumOf('acceptedTokens'),
  };
}
