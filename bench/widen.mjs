/**
 * Makes of a model one that says the same and costs as much as a larger one: its feed-forward layers get more units,
 * whose weights are zero. The demo model is small enough for a processor's cache, where two tokens cost half as much
 * again as one; the models that people run are read from memory for every decode, and several tokens cost little more
 * than one. A widened demo model shows speculation there, on the machine at hand, with real texts and real drafts.
 *
 *   node bench/widen.mjs --parameters 800e6 --out /tmp/wide.gguf
 *   node bench/widen.mjs --model models/foretoken-demo-draft-2.4m-q8_0.gguf --parameters 72e6 --out /tmp/wide-draft.gguf
 */
import { readGguf, readTensorBytes } from '../dist/gguf/reader.js';
import { elementCount, TENSOR_TYPES, tensorBytes } from '../dist/gguf/types.js';
import { writeGguf } from '../dist/gguf/writer.js';
import { MODEL_OPTIONS } from './lib/models.mjs';
import { fail, readOptions } from './lib/options.mjs';

const options = readOptions('A model that says the same and costs as much as a larger one.', {
  model: MODEL_OPTIONS.model,
  parameters: { type: 'number', default: 800e6, help: 'of the larger model, about' },
  out: { type: 'string', help: 'file to write, GGUF' },
});
if (options.out === undefined) fail('--out wants the name of a file to write.');

const file = readGguf(options.model);
const widthKey = `${String(file.metadata.get('general.architecture')?.value)}.feed_forward_length`;
const width = Number(file.metadata.get(widthKey)?.value);
const added = file.tensors.filter(({ name }) => dimensionOf(name) !== undefined);
if (!(width > 0) || added.length === 0)
  fail(`${options.model} has no feed-forward layers of one width with ffn_gate, ffn_up and ffn_down.`);
if (file.tensors.some(({ name }) => /ffn_(gate|up|down)\.bias/.test(name)))
  fail(`${options.model} has biases in its feed-forward layers, which would not be the same if widened.`);

const now = file.tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0);
const wide = added.reduce((sum, { shape }) => sum + elementCount(shape), 0);
const factor = Math.max(1, Math.round(1 + (options.parameters - now) / wide));
const entry = /** @type {any} */ (file.metadata.get(widthKey));
const metadata = new Map(file.metadata).set(widthKey, { ...entry, value: width * factor });
const tensors = file.tensors.map((tensor) => {
  const dimension = dimensionOf(tensor.name);
  const shape = tensor.shape.map((size, index) => (index === dimension ? size * factor : size));
  return { name: tensor.name, type: tensor.type, shape, data: () => widened(tensor, shape) };
});
writeGguf(options.out, { metadata, tensors });
const millions = tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0) / 1e6;
console.log(`${options.out}: ${millions.toFixed(0)} million parameters, feed-forward ${width * factor}`);

/** The dimension of a tensor that is the number of units; undefined where there is none. @param {string} name */
function dimensionOf(name) {
  if (/^blk\.\d+\.ffn_(gate|up)\.weight$/.test(name)) return 1;
  return /^blk\.\d+\.ffn_down\.weight$/.test(name) ? 0 : undefined;
}

/**
 * Each row longer by zeros, or more rows of them: blocks of any type that are all zero bytes are zeros.
 * @param {import('../dist/gguf/types.js').TensorInfo} tensor @param {readonly number[]} shape
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
