/**
 * What the types of a KV cache cost and lose: time of a prompt and of decodes beside it, divergence of the next token's
 * distribution from a cache of F32 (without flash attention, as the library turns F32 into F16 with it), and whether
 * decodes of any size give the same bits.
 *
 *   node bench/kv-cache.mjs --model models/real/smollm2-135m-instruct-q4_1.gguf
 *   node bench/kv-cache.mjs --model models/real/smollm2-135m-instruct-q4_1.gguf --float --skip-times
 *
 * Quantised weights round a token's numbers to 8 bits in every matrix, which blows up the least difference: whatever the
 * cache, the divergence is that of the weights' own noise. `--float` turns the weights into F32 first, which shows what
 * the cache alone loses.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { decode } from './lib/engine-models.mjs';
import { describeMachine, machineLine, progress, root, writeResults } from './lib/machine.mjs';
import { readOptions } from './lib/options.mjs';
import { figure, median, sum, table } from './lib/statistics.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';
import { LlamaDecoder } from '../dist/llama/context.js';
import { checkInvariance } from '../dist/llama/invariance.js';
import { LlamaModel } from '../dist/llama/model.js';
import { quantizeModel } from '../dist/llama/quantize.js';
import { Vocabulary } from '../dist/llama/vocabulary.js';

const CACHES = [
  'F16/F16',
  'F16/F16/reference',
  'F16/F16/tiles',
  'F16/BF16',
  'BF16/F16',
  'BF16/BF16',
  'Q8_0/F16',
  'F16/Q8_0',
  'F16/F16/off',
];
const options = readOptions('What the types of a KV cache (keys/values) cost and lose.', {
  model: { type: 'string', default: 'models/real/smollm2-135m-instruct-q4_1.gguf', help: 'the model' },
  caches: {
    type: 'words',
    default: CACHES,
    help: 'types of keys/values; /off: without flash attention; /reference: by one kernel; /tiles: prompts in tiles, the rest by one kernel',
  },
  float: { type: 'flag', default: false, help: 'turn the weights into F32 first' },
  'no-repack': { type: 'flag', default: false, help: 'weights as they are in the file' },
  prompt: { type: 'number', default: 512, help: 'tokens of the prompt whose time is taken' },
  repeats: { type: 'number', default: 9, help: 'rounds of times, all caches in each' },
  tokens: { type: 'number', default: 512, help: 'tokens whose divergence is measured' },
  piece: {
    type: 'number',
    default: 16,
    help: 'tokens of a decode there; from 64 on F16/F16 takes another kernel',
  },
  'skip-times': { type: 'flag', default: false, help: 'measure the divergence only' },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
  name: { type: 'string', default: 'kv-cache', help: 'name of the result files' },
});
const CONTEXT = Math.max(options.prompt + 64, options.tokens);
await takeTurn();
const machine = describeMachine();
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-kv-cache-'));
try {
  let file = path.resolve(options.model);
  if (options.float) {
    quantizeModel(file, path.join(folder, 'float.gguf'), { type: 'F32', allowRequantize: true });
    file = path.join(folder, 'float.gguf');
  }
  const model = LlamaModel.load(file, { repackWeights: !options['no-repack'] });
  const vocabulary = Vocabulary.of(model);
  const tokens = vocabulary.tokenize(heldOutText());
  vocabulary.dispose();
  const rows = options.caches.map((cache) => ({ cache, invariant: false, nats: 0, changed: 0 }));
  for (const row of rows)
    row.invariant = withDecoder(model, row.cache, (d) => checkInvariance(d, 2000).invariant);
  divergence(model, tokens, rows);
  const times = options['skip-times'] ? undefined : takeTimes(model, tokens);
  const head = ['keys/values', 'same bits', 'nats a token', 'arg-max changed'];
  if (times)
    head.push(`prompt of ${options.prompt}, ms`, 'against the first', 'decode, ms', 'five tokens, ms');
  const report = `${machineLine(machine)}\n\n${table(
    head,
    rows.map(({ cache, invariant, nats, changed }, index) => [
      cache,
      invariant ? 'yes' : 'no',
      nats.toExponential(1),
      `${changed} of ${options.tokens}`,
      ...(times ? timeCells(times[index], times[0]) : []),
    ]),
  )}`;
  writeResults(options.name, { machine, options, rows, times }, report);
  model.dispose();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function heldOutText() {
  const lines = readFileSync(path.join(root, 'models', 'heldout.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean);
  return lines.flatMap((line) => JSON.parse(line).messages.map((message) => message.content)).join('\n\n');
}

/** @param {LlamaModel} model @param {string} cache */
function open(model, cache) {
  const [typeK, typeV, attention] = cache.split('/');
  return new LlamaDecoder(model, {
    contextSize: CONTEXT,
    unified: false,
    batchSize: 512,
    microBatchSize: 512,
    threads: options.threads,
    flashAttention: attention === 'off' ? 'disabled' : 'enabled',
    typeK,
    typeV,
    referenceKernels: attention === 'reference' || attention === 'tiles',
  });
}

/** Whether so many tokens are computed in tiles, as the engine computes prompts. @param {string} cache @param {number} count */
function inTiles(cache, count) {
  return cache.endsWith('/tiles') && count >= 64;
}

function withDecoder(model, cache, run) {
  const decoder = open(model, cache);
  try {
    return run(decoder);
  } finally {
    decoder.dispose();
  }
}

/** Computes the same tokens with every cache, piece by piece, and compares each with the reference. */
function divergence(model, tokens, rows) {
  const reference = open(model, 'F32/F32/off');
  const decoders = options.caches.map((cache) => open(model, cache));
  for (let from = 0; from < options.tokens; from += options.piece) {
    const piece = tokens.subarray(from, Math.min(from + options.piece, options.tokens));
    decode(reference, piece, from, 'all');
    const right = Array.from(piece, (_, row) => logProbabilities(reference.logits(row)));
    decoders.forEach((decoder, index) => {
      decode(decoder, piece, from, 'all', inTiles(options.caches[index], piece.length));
      right.forEach((p, row) => {
        const q = logProbabilities(decoder.logits(row));
        let nats = 0;
        for (let id = 0; id < p.length; id += 1) if (p[id] > -20) nats += Math.exp(p[id]) * (p[id] - q[id]);
        rows[index].nats += nats / options.tokens;
        rows[index].changed += Number(best(p) !== best(q));
      });
    });
    progress(`${from + piece.length} of ${options.tokens} tokens`);
  }
  for (const decoder of [reference, ...decoders]) decoder.dispose();
}

/** @param {Float32Array} logits */
function logProbabilities(logits) {
  let most = -Infinity;
  for (const logit of logits) if (logit > most) most = logit;
  let total = 0;
  for (const logit of logits) total += Math.exp(logit - most);
  const shift = most + Math.log(total);
  return Float64Array.from(logits, (logit) => logit - shift);
}

/** @param {Float64Array} values */
function best(values) {
  return values.reduce((at, value, index) => (value > values[at] ? index : at), 0);
}

/** All caches take turns in each round, so that what else the machine does hits them alike. */
function takeTimes(model, tokens) {
  const decoders = options.caches.map((cache) => open(model, cache));
  const times = decoders.map(() => ({ prompt: [], single: [], five: [] }));
  for (let round = 0; round <= options.repeats; round += 1) {
    decoders.forEach((decoder, index) => {
      decoder.clear();
      const { prompt } = options;
      const tiled = inTiles(options.caches[index], prompt);
      const promptMs = decode(decoder, tokens.subarray(0, prompt), 0, 'last', tiled);
      const ones = Array.from({ length: 12 }, (_, i) =>
        decode(decoder, tokens.subarray(prompt + i, prompt + i + 1), prompt + i, 'last'),
      );
      const fives = Array.from({ length: 4 }, (_, i) => {
        const from = prompt + 12 + 5 * i;
        return decode(decoder, tokens.subarray(from, from + 5), from, 'all');
      });
      // The first round touches memory for the first time.
      if (round === 0) return;
      times[index].prompt.push(promptMs);
      times[index].single.push(sum(ones) / ones.length);
      times[index].five.push(sum(fives) / fives.length);
    });
  }
  for (const decoder of decoders) decoder.dispose();
  return times;
}

function timeCells(times, first) {
  const ratio = median(times.prompt.map((ms, round) => ms / first.prompt[round]));
  return [
    figure(median(times.prompt)),
    ratio.toFixed(3),
    figure(median(times.single)),
    figure(median(times.five)),
  ];
}
