/**
 * What a row of logits costs beside the decode that it comes from: of a target at several numbers of rows, and of a
 * draft, token by token. A draft's decode is taken apart by asking it for no row (then the library computes neither
 * the output head nor a copy of its result) and by the same model on one thread.
 *
 *   node bench/rows.mjs --model models/real/smollm2-135m-instruct-q8_0.gguf --draft /tmp/draft.gguf
 *
 * Kinds of decodes take turns one by one, as the machine's pace drifts.
 */
import { decode, loadModels } from './lib/engine-models.mjs';
import { describeMachine, machineLine, writeResults } from './lib/machine.mjs';
import { MODEL_OPTIONS, modelPaths } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { othersLine, undisturbed } from './lib/quiet.mjs';
import { figure, percent, quantile, table } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

const options = readOptions('What choosing tokens from rows of logits costs beside decodes.', {
  model: MODEL_OPTIONS.model,
  draft: MODEL_OPTIONS.draft,
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
  cells: { type: 'number', default: 128, help: 'tokens in the cache' },
  rows: { type: 'numbers', default: [1, 4, 16], help: 'rows of one decode of the target' },
  samples: { type: 'number', default: 40, help: 'decodes of each kind' },
  name: { type: 'string', default: 'rows', help: 'name of the result files' },
});

const { Choice } = await import('../dist/sampling/choice.js');
const { PositionNoise } = await import('../dist/sampling/noise.js');
const { LlamaDecoder } = await import('../dist/llama/context.js');

await takeTurn();
const machine = describeMachine();
const files = modelPaths(options);
const context = options.cells + Math.max(...options.rows) + 8;
const models = await loadModels({ ...files, threads: options.threads, context });
const choice = new Choice();
const noise = new PositionNoise();
const { result, others } = await undisturbed(() => ({
  target: options.rows.map((/** @type {number} */ rows) => targetRows(rows)),
  draft: models.draft === undefined ? undefined : draftParts(models.draft),
}));
models.dispose();
writeResults(options.name, { machine, options, files, result, others }, report());

/** @param {any} decoder */
function fill(decoder) {
  decoder.truncate(0, 0);
  decode(decoder, text(0, options.cells), 0, 'none');
}

/** @param {number} from @param {number} count */
function text(from, count) {
  return Array.from({ length: count }, (_, at) => ((from + at) * 7919 + 13) % models.decoder.vocabularySize);
}

/** @param {() => void} work */
function timed(work) {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Milliseconds of each kind, one after another, so many times. @template {string} K @param {Record<K, () => number>} kinds */
function inTurn(kinds) {
  /** @type {Record<string, number[]>} */
  const samples = {};
  for (let round = -5; round < options.samples; round += 1)
    for (const [name, measure] of Object.entries(kinds)) {
      const ms = /** @type {() => number} */ (measure)();
      if (round >= 0) (samples[name] ??= []).push(ms);
    }
  return Object.fromEntries(Object.entries(samples).map(([name, all]) => [name, spreadOf(all)]));
}

/** The lower quartile: what competes for the cores adds, and never takes away. @param {number[]} all */
function spreadOf(all) {
  return { low: quantile(all, 0.25), median: quantile(all, 0.5), high: quantile(all, 0.75) };
}

/** @param {number} rows */
function targetRows(rows) {
  const { decoder } = models;
  fill(decoder);
  const each = (/** @type {(logits: Float32Array) => void} */ work) => () =>
    timed(() => {
      for (let row = 0; row < rows; row += 1) work(decoder.logits(row));
    });
  return {
    rows,
    ...inTurn({
      decode: () => {
        decoder.truncate(/** @type {any} */ (0), /** @type {any} */ (options.cells));
        return decode(decoder, text(options.cells, rows), options.cells, 'all');
      },
      greedy: each((logits) => choice.greedy(logits)),
      noisy: each((logits) => choice.noisy(logits, 1, noise.at(1, options.cells), 1)),
    }),
  };
}

/** @param {any} draft */
function draftParts(draft) {
  const alone = new LlamaDecoder(draft.model, { contextSize: draft.cellCount, threads: 1 });
  const one = (/** @type {any} */ decoder, /** @type {'last' | 'none'} */ outputs) => () => {
    decoder.truncate(0, options.cells);
    return decode(decoder, text(options.cells, 1), options.cells, outputs);
  };
  fill(draft);
  fill(alone);
  const parts = inTurn({
    decode: one(draft, 'last'),
    place: () => timed(() => draft.logits(0)),
    greedy: () => timed(() => choice.greedy(draft.logits(0))),
    noisy: () => timed(() => choice.noisy(draft.logits(0), 1, noise.at(1, options.cells), 2)),
    body: one(draft, 'none'),
    alone: one(alone, 'last'),
    aloneBody: one(alone, 'none'),
  });
  alone.dispose();
  return parts;
}

function report() {
  const us = (/** @type {any} */ part) =>
    `${figure(1000 * part.low)} (${figure(1000 * part.median)}, ${figure(1000 * part.high)})`;
  const rows = result.target.map((/** @type {any} */ one) => [
    one.rows,
    us(one.decode),
    us(one.greedy),
    percent(one.greedy.low / one.decode.low),
    us(one.noisy),
  ]);
  const { draft } = result;
  const part = (/** @type {string} */ name, /** @type {number} */ ms, /** @type {number} */ whole) => [
    name,
    figure(1000 * ms),
    percent(ms / whole),
  ];
  const whole = draft && draft.decode.low + draft.greedy.low;
  return [
    `Machine: ${machineLine(machine)}. ${options.threads} threads, ${options.cells} tokens in the cache.`,
    `Target ${files.model}, µs: lower quartile (median, upper quartile) of ${options.samples}.`,
    table(['rows', 'decode', 'greedy choice', 'of the decode', 'choice at temperature 1'], rows),
    ...(draft
      ? [
          `Draft ${files.draft}, a token, µs (lower quartiles):`,
          table(
            ['part', 'µs', 'of a token'],
            [
              part('library and layers (decode without a row)', draft.body.low, whole),
              part('output head and copy of the row', draft.decode.low - draft.body.low, whole),
              part('greedy choice, first and second', draft.greedy.low, whole),
              part('together', whole, whole),
              part('choice at temperature 1 instead', draft.noisy.low, whole),
              part('decode on one thread', draft.alone.low, whole),
              part('of it without a row', draft.aloneBody.low, whole),
            ],
          ),
        ]
      : []),
    othersLine([{ others }]),
  ].join('\n\n');
}
