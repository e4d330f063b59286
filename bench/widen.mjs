/**
 * Makes of a model one that says the same and costs as much as a larger one: what is added computes zeros. The demo
 * model is small enough for a processor's cache, and on a GPU it costs little but launches; the models that people run
 * are read from memory for every decode, and several tokens cost little more than one. A grown demo model shows
 * speculation there, on the machine at hand, with real texts and real drafts.
 *
 *   node bench/widen.mjs --parameters 800e6 --out /tmp/wide.gguf
 *   node bench/widen.mjs --model models/foretoken-demo-draft-2.4m-q8_0.gguf --parameters 72e6 --out /tmp/wide-draft.gguf
 *   node bench/widen.mjs --width 4096 --heads 64 --layers 24 --feed-forward 14336 --out /tmp/demo-5b.gguf
 */
import { readGguf, readTensorBytes } from '../dist/gguf/reader.js';
import { elementCount, TENSOR_TYPE, TENSOR_TYPES, tensorBytes } from '../dist/gguf/types.js';
import { writeGguf } from '../dist/gguf/writer.js';
import { MODEL_OPTIONS } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';

/** @typedef {import('../dist/gguf/types.js').TensorInfo} TensorInfo */

const options = readOptions('A model that says the same and costs as much as a larger one.', {
  model: MODEL_OPTIONS.model,
  parameters: { type: 'number', help: 'of the larger model, about, by its feed-forward layers (800e6)' },
  width: { type: 'number', help: 'of the hidden state' },
  heads: { type: 'number', help: 'of attention; those of keys and values grow in proportion' },
  layers: { type: 'number', help: 'of the larger model' },
  'feed-forward': { type: 'number', help: 'units of each feed-forward layer' },
  out: { type: 'string', help: 'file to write, GGUF' },
});
if (options.out === undefined) fail('--out wants the name of a file to write.');

const file = readGguf(options.model);
const architecture = String(file.metadata.get('general.architecture')?.value);
/** @param {string} key */
const numberOf = (key) => Number(file.metadata.get(`${architecture}.${key}`)?.value);

/** What tensors are as large as, now and afterwards. */
const now = sizesNow();
const grown = sizesGrown();
const reshapes = ['width', 'heads', 'layers'].some((name) => grown[name] !== now[name]);
if (reshapes && architecture !== 'llama')
  fail(`Only llama models are grown in width, heads and layers; ${options.model} is ${architecture}.`);
for (const { name, shape } of file.tensors)
  if (/ffn_(gate|up|down)\.bias/.test(name) || (reshapes && dimensionsOf(name) === undefined))
    fail(
      `${options.model} has the tensor ${name} (${shape.join(' x ')}), which this does not know how to grow.`,
    );

const tensors = [...file.tensors.map(grownTensor), ...addedLayers()];
writeGguf(options.out, { metadata: grownMetadata(), tensors });
const millions = tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0) / 1e6;
console.log(
  `${options.out}: ${millions.toFixed(0)} million parameters, ${grown.layers} layers of ${grown.width}, ` +
    `${grown.heads} heads, feed-forward ${grown.units}`,
);

function sizesNow() {
  const [width, heads, layers] = ['embedding_length', 'attention.head_count', 'block_count'].map(numberOf);
  const units = numberOf('feed_forward_length');
  const kvHeads = numberOf('attention.head_count_kv') || heads;
  const headWidth = numberOf('attention.key_length') || width / heads;
  if (!(units > 0) || !file.tensors.some(({ name }) => /\.ffn_up\.weight$/.test(name)))
    fail(`${options.model} has no feed-forward layers of one width with ffn_gate, ffn_up and ffn_down.`);
  return { width, heads, layers, units, kvHeads, headWidth };
}

function sizesGrown() {
  const { kvHeads, headWidth } = now;
  const sizes = { ...now };
  for (const [name, option] of /** @type {const} */ ([
    ['width', 'width'],
    ['heads', 'heads'],
    ['layers', 'layers'],
    ['units', 'feed-forward'],
  ])) {
    const asked = options[option] ?? now[name];
    if (!Number.isInteger(asked) || asked < now[name])
      fail(`--${option} must be a whole number from ${now[name]} on; got ${asked}.`);
    sizes[name] = asked;
  }
  sizes.kvHeads = (sizes.heads * kvHeads) / now.heads;
  if (!Number.isInteger(sizes.kvHeads))
    fail(
      `--heads must be a multiple of ${now.heads / kvHeads}, so that each head of keys and values serves as many.`,
    );
  if (sizes.width % 32 !== 0 || headWidth % 1 !== 0) fail('--width must be a multiple of 32.');
  const sized = Object.keys(now).some((name) => sizes[name] !== now[name]);
  const parameters = options.parameters ?? (sized ? 0 : 800e6);
  /** @param {number} units */
  const withUnits = (units) =>
    file.tensors.reduce((sum, tensor) => sum + elementCount(shapeOf(tensor, { ...sizes, units })), 0) +
    (sizes.layers - now.layers) * layerParameters({ ...sizes, units });
  if (parameters > 0) {
    // By whole multiples, which every type of weights allows.
    const one = withUnits(2 * now.units) - withUnits(now.units);
    const more = Math.round((parameters - withUnits(now.units)) / one);
    sizes.units = Math.max(sizes.units, now.units * (1 + Math.max(0, more)));
  }
  return sizes;
}

/** @param {typeof now} sizes */
function layerParameters(sizes) {
  return file.tensors
    .filter(({ name }) => name.startsWith('blk.0.'))
    .reduce((sum, tensor) => sum + elementCount(shapeOf(tensor, sizes)), 0);
}

/**
 * Which of the sizes each dimension of a tensor has, by its name; undefined for one that is not known, `fixed` for
 * one that no growth changes.
 * @param {string} name @returns {readonly ('width' | 'queries' | 'values' | 'units' | 'fixed')[] | undefined}
 */
function dimensionsOf(name) {
  const part = name.replace(/^blk\.\d+\./, '').replace(/\.weight$/, '');
  switch (part) {
    case 'token_embd':
    case 'output':
      return ['width', 'fixed'];
    case 'output_norm':
    case 'attn_norm':
    case 'ffn_norm':
      return ['width'];
    case 'attn_q':
      return ['width', 'queries'];
    case 'attn_k':
    case 'attn_v':
      return ['width', 'values'];
    case 'attn_output':
      return ['queries', 'width'];
    case 'ffn_gate':
    case 'ffn_up':
      return ['width', 'units'];
    case 'ffn_down':
      return ['units', 'width'];
    case 'rope_freqs':
      return ['fixed'];
    default:
      return undefined;
  }
}

/** @param {TensorInfo} tensor @param {typeof now} sizes @returns {number[]} */
function shapeOf({ name, shape }, sizes) {
  const dimensions = dimensionsOf(name) ?? [];
  return shape.map((size, at) => {
    switch (dimensions[at]) {
      case 'width':
        return sizes.width;
      case 'queries':
        return sizes.heads * sizes.headWidth;
      case 'values':
        return sizes.kvHeads * sizes.headWidth;
      case 'units':
        return sizes.units;
      default:
        return size;
    }
  });
}

/** @param {TensorInfo} tensor */
function grownTensor(tensor) {
  const shape = shapeOf(tensor, grown);
  const isNorm = /(^|_)norm\.weight$/.test(tensor.name.replace(/^blk\.\d+\./, ''));
  const data = () =>
    isNorm && shape[0] !== tensor.shape[0] ? scaledNorm(tensor, shape) : widened(tensor, shape);
  return { name: tensor.name, type: tensor.type, shape, data };
}

/** Layers that leave the hidden state as it is: their attention and feed-forward add zeros to it. */
function addedLayers() {
  const first = file.tensors.filter(({ name }) => name.startsWith('blk.0.'));
  return Array.from({ length: grown.layers - now.layers }, (_, added) =>
    first.map((tensor) => {
      const shape = shapeOf(tensor, grown);
      const name = tensor.name.replace('blk.0.', `blk.${now.layers + added}.`);
      return { name, type: tensor.type, shape, data: () => new Uint8Array(tensorBytes(tensor.type, shape)) };
    }),
  ).flat();
}

function grownMetadata() {
  const metadata = new Map(file.metadata);
  /** @param {string} key @param {number} value */
  const set = (key, value) => {
    const entry = /** @type {any} */ (metadata.get(`${architecture}.${key}`)) ?? { type: 'u32' };
    metadata.set(`${architecture}.${key}`, { ...entry, value });
  };
  set('feed_forward_length', grown.units);
  if (!reshapes) return metadata;
  set('embedding_length', grown.width);
  set('block_count', grown.layers);
  set('attention.head_count', grown.heads);
  set('attention.head_count_kv', grown.kvHeads);
  // Otherwise the library takes width / heads.
  set('attention.key_length', now.headWidth);
  set('attention.value_length', now.headWidth);
  if (!(numberOf('rope.dimension_count') > 0)) set('rope.dimension_count', now.headWidth);
  // The mean of squares is over more numbers, all of them zero: it becomes now / grown of what it was.
  const key = 'attention.layer_norm_rms_epsilon';
  set(key, numberOf(key) * (now.width / grown.width));
  return metadata;
}

/** A norm that undoes that its mean of squares is over more numbers. @param {TensorInfo} tensor @param {number[]} shape */
function scaledNorm(tensor, shape) {
  if (tensor.type !== TENSOR_TYPE.F32) fail(`${tensor.name} is not of type F32.`);
  const bytes = readTensorBytes(file, tensor);
  const weights = new Float32Array(bytes.slice().buffer);
  const all = new Float32Array(elementCount(shape));
  all.set(weights.map((weight) => weight * Math.sqrt(now.width / grown.width)));
  return new Uint8Array(all.buffer);
}

/**
 * Each row longer by zeros, and more rows of them: blocks of any type that are all zero bytes are zeros.
 * @param {TensorInfo} tensor @param {readonly number[]} shape
 */
function widened(tensor, shape) {
  const bytes = readTensorBytes(file, tensor);
  const all = new Uint8Array(tensorBytes(tensor.type, shape));
  const { blockSize, blockBytes } = /** @type {{ blockSize: number, blockBytes: number }} */ (
    TENSOR_TYPES.get(tensor.type)
  );
  const rowBytes = (/** @type {readonly number[]} */ of) => (of[0] / blockSize) * blockBytes;
  const [from, to] = [rowBytes(tensor.shape), rowBytes(shape)];
  for (let row = 0; row * from < bytes.length; row += 1)
    all.set(bytes.subarray(row * from, (row + 1) * from), row * to);
  return all;
}
