/**
 * The models as the server would load them for one stream: the built library's own decoders, with the sizes that
 * `foretoken serve --parallel 1` gives them.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './machine.mjs';
import { fail } from './options.mjs';

/**
 * @typedef {import('../../dist/decoder/decoder.js').Decoder} Decoder
 * @typedef {import('../../dist/llama/engine-model.js').LlamaEngineModel & { draft: import('../../dist/llama/context.js').LlamaDecoder | undefined }} Models
 */

/**
 * @param {{ model: string, draft?: string | undefined, threads: number, context: number }} settings
 * @returns {Promise<Models>}
 */
export async function loadModels({ model, draft, threads, context }) {
  const built = path.join(root, 'dist', 'llama', 'engine-model.js');
  if (!existsSync(built)) fail('The library is not built: run npm run build in the repository first.');
  const { LlamaEngineModel } = await import('../../dist/llama/engine-model.js');
  const models = LlamaEngineModel.load({
    modelPath: path.resolve(model),
    draftPath: draft === undefined ? undefined : path.resolve(draft),
    contextSize: context,
    parallel: 1,
    batchSize: 2048,
    microBatchSize: 512,
    threads,
    gpu: 'none',
    gpuLayers: 0,
    kvUnified: undefined,
    loraPaths: [],
  });
  return Object.assign(models, { draft: models.drafts[0]?.decoder });
}

/** @param {Float32Array} logits */
export function argMax(logits) {
  let best = 0;
  for (let index = 1; index < logits.length; index += 1) if (logits[index] > logits[best]) best = index;
  return best;
}

/**
 * Decodes tokens of sequence 0 from a position on, in one call.
 * @param {any} decoder @param {ArrayLike<number>} tokens @param {number} from @param {'all' | 'last' | 'none'} outputs
 * @param {boolean} tiled with attention in tiles
 * @returns {number} milliseconds inside the decode
 */
export function decode(decoder, tokens, from, outputs, tiled = false) {
  const { batch } = decoder;
  batch.clear();
  for (let index = 0; index < tokens.length; index += 1) {
    const wanted = outputs === 'all' || (outputs === 'last' && index === tokens.length - 1);
    batch.add(tokens[index], from + index, 0, wanted);
  }
  const started = performance.now();
  const outcome = decoder.decode(tiled);
  const ms = performance.now() - started;
  if (outcome !== 'done') throw new Error(`decode of ${tokens.length} tokens at ${from}: ${outcome}`);
  return ms;
}
