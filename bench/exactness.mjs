/**
 * Which types of weights give exact texts on this machine. Without options: one row a type, whether decodes of any
 * size give the same bits with rearranged weights and with weights as they are, and what a server promises. With
 * `--answers`: so many answers of each type that says exact, in every setting of speculation and load, compared with
 * those of one request at a time without speculation; exit code 1 when one differs.
 *
 *   node bench/exactness.mjs
 *   node bench/exactness.mjs --answers 10000
 *   node bench/exactness.mjs --model model.gguf --answers 500
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describeMachine, machineLine, progress, writeResults } from './lib/machine.mjs';
import { fail, readOptions } from './lib/options.mjs';
import { table } from './lib/statistics.mjs';
import { LlamaDecoder } from '../dist/llama/context.js';
import { LlamaEngineModel } from '../dist/llama/engine-model.js';
import { checkInvariance, exactCache } from '../dist/llama/invariance.js';
import { LlamaModel } from '../dist/llama/model.js';
import { WEIGHT_TYPES, writeTypedModel } from '../dist/llama/typed-models.js';
import { randomPrompts, TRIAL_SETTINGS, tryExactness } from '../dist/engine/test-exactness.js';

const options = readOptions('Which types of weights give exact texts on this machine, and whether they do.', {
  types: {
    type: 'words',
    default: WEIGHT_TYPES,
    help: 'types of weights, in the order in which they are tried',
  },
  model: { type: 'string', default: '', help: 'a model to try instead of tiny ones of every type' },
  draft: { type: 'string', default: '', help: 'a draft for it' },
  answers: { type: 'number', default: 0, help: 'answers to compare, of each type that says exact' },
  'output-tokens': { type: 'number', default: 24, help: 'tokens of each answer' },
  exact: { type: 'flag', default: false, help: 'as with --exact, which makes IQ types exact and slow' },
  threads: { type: 'number', default: 1, help: 'compute threads' },
  name: { type: 'string', default: 'exactness', help: 'name of the result files' },
});
const unknown = options.types.filter((type) => !WEIGHT_TYPES.includes(type));
if (unknown.length > 0) fail(`Unknown types ${unknown.join(', ')}; there are ${WEIGHT_TYPES.join(', ')}.`);

/** Enough that a group covers several rounds of requests, few enough that the engine's books stay small. */
const PROMPTS_AT_ONCE = 50;
/** A long run says so often what it has compared, so that one that is stopped has a result too. */
const ANSWERS_A_LINE = 900;
const machine = describeMachine();
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-exactness-'));
const rows = [];
try {
  const draft = path.join(folder, 'draft.gguf');
  writeTypedModel(draft, 'Q8_0');
  const models = options.model
    ? [{ name: path.basename(options.model), file: options.model, draft: options.draft || undefined }]
    : options.types.map((type) => ({ name: type, file: path.join(folder, `${type}.gguf`), type, draft }));
  for (const model of models) {
    if (model.type !== undefined) writeTypedModel(model.file, model.type);
    const row = { name: model.name, ...invarianceOf(model.file), ...promiseOf(model) };
    rows.push(row);
    progress(line(row).join('  '));
    if (model.type !== undefined) rmSync(model.file);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const head = ['type', 'repacked', 'as in the file', 'served as', 'answers', 'differ', 'guesses that stood'];
const report = `${machineLine(machine)}\n\n${table(head, rows.map(line))}`;
writeResults(options.name, { machine, options, rows }, report);
process.exitCode = rows.some(({ differing }) => differing.length > 0) ? 1 : 0;

/** @param {string} file */
function invarianceOf(file) {
  const [repacked, plain] = [true, false].map((repackWeights) => {
    const model = LlamaModel.load(file, { repackWeights });
    const decoder = new LlamaDecoder(model, {
      contextSize: 1024,
      maxSequences: 2,
      unified: false,
      batchSize: 512,
      threads: options.threads,
      ...exactCache(model.library),
    });
    const { invariant } = checkInvariance(decoder, Infinity);
    decoder.dispose();
    model.dispose();
    return invariant;
  });
  return { repacked, plain };
}

/** @param {{ name: string, file: string, draft: string | undefined }} model */
function promiseOf({ name, file, draft }) {
  const model = LlamaEngineModel.load({
    modelPath: path.resolve(file),
    draftPath: draft,
    contextSize: 4 * 512,
    parallel: 4,
    batchSize: 256,
    microBatchSize: 256,
    threads: options.threads,
    gpu: 'none',
    gpuLayers: 0,
    kvUnified: undefined,
    loraPaths: [],
    exact: options.exact || undefined,
  });
  const result = {
    exactness: model.exactness,
    repackedWhenServed: model.repacked,
    answers: 0,
    accepted: 0,
    /** @type {string[]} */
    differing: [],
  };
  if (model.exactness === 'exact') {
    for (let seed = 1; result.answers < options.answers; seed += 1) {
      const left = Math.ceil((options.answers - result.answers) / TRIAL_SETTINGS.length);
      const prompts = randomPrompts(Math.min(PROMPTS_AT_ONCE, left), model.vocabulary.size, seed);
      const { answers, accepted, differing } = tryExactness(model, prompts, options['output-tokens']);
      result.answers += answers;
      if (result.answers % ANSWERS_A_LINE < answers)
        progress(`${name}: ${result.answers} answers, ${result.differing.length + differing.length} differ`);
      result.accepted += accepted;
      result.differing.push(...differing);
    }
  }
  model.dispose();
  return result;
}

/** @param {(typeof rows)[number]} row */
function line({ name, repacked, plain, exactness, repackedWhenServed, answers, accepted, differing }) {
  const same = (invariant) => (invariant ? 'same bits' : 'differs');
  const served = exactness === 'exact' && !repackedWhenServed ? 'exact, not repacked' : exactness;
  return [name, same(repacked), same(plain), served, `${answers}`, `${differing.length}`, `${accepted}`];
}
