/** Rows of a profile as the work that was timed: the network of a random model follows from its shape. */
import type { TimedWork } from './cost-profile.js';
import { decodeWork } from './decode-work.js';
import type { LanguageModel, WeightMatrix } from './language-model.js';
import type { ProfileRow } from './profile-file.js';
import { TENSOR_TYPES } from '../../gguf/types.js';

/** Up to this many tokens `profile gguf` has all logits computed, of more only the last one's. */
export const ALL_OUTPUTS = 64;

/** Decodes of random models; rows of other files are left out, as their network is not in the row. */
export function timedWork(rows: readonly ProfileRow[]): TimedWork[] {
  return rows
    .filter(({ kind, type, ms }) => kind === 'decode' && type !== '' && ms > 0)
    .map((row) => ({
      model: row.model.replace(/ repacked$/, ''),
      threads: row.threads,
      amounts: decodeWork(
        networkOf(row),
        { tokens: row.tokens, cells: row.cells, outputs: row.tokens <= ALL_OUTPUTS ? row.tokens : 1 },
        { repacked: row.repacked === 1 },
      ),
      ms: row.ms,
    }));
}

/** The network that `random-model.ts` writes for a row's shape. */
export function networkOf(row: ProfileRow): LanguageModel {
  const { type, layers, width, heads, kvHeads, headWidth, feedForward, vocabulary, experts } = row;
  const { blockSize, blockBytes } = [...TENSOR_TYPES.values()].find(({ name }) => name === type)!;
  const matrix = (layer: number, name: string, inputs: number, outputs: number, many = 1): WeightMatrix => ({
    ...{ name, type, inputs, outputs, layer, experts: many },
    bytes: ((inputs * outputs * many) / blockSize) * blockBytes,
  });
  const many = Math.max(1, experts);
  const router = (layer: number): WeightMatrix => ({
    ...{ name: 'ffn_gate_inp', type: 'F32', inputs: width, outputs: experts, layer, experts: 1 },
    bytes: 4 * width * experts,
  });
  const matrices = Array.from({ length: layers }, (_, layer) => [
    matrix(layer, 'attn_q', width, heads * headWidth),
    matrix(layer, 'attn_k', width, kvHeads * headWidth),
    matrix(layer, 'attn_v', width, kvHeads * headWidth),
    matrix(layer, 'attn_output', heads * headWidth, width),
    ...(experts > 0 ? [router(layer)] : []),
    matrix(layer, 'ffn_gate', width, feedForward, many),
    matrix(layer, 'ffn_up', width, feedForward, many),
    matrix(layer, 'ffn_down', feedForward, width, many),
  ]).flat();
  const head = matrix(-1, 'output', width, vocabulary);
  const vectorBytes = 4 * width * (2 * layers + 1);
  const weightBytes =
    matrices.reduce((sum, { bytes }) => sum + bytes, vectorBytes) + head.bytes * (row.tied === 1 ? 1 : 2);
  return {
    name: row.model,
    architecture: 'llama',
    layers,
    width,
    vocabulary,
    contextTrain: 8192,
    parameters: 0,
    matrices: [...matrices, head],
    attention: Array.from({ length: layers }, () => ({
      ...{ heads, kvHeads, keyLength: headWidth, valueLength: headWidth, window: undefined },
    })),
    experts,
    expertsUsed: row.expertsUsed,
    embedding: { type, bytes: head.bytes },
    tied: row.tied === 1,
    vectorBytes,
    normsPerLayer: 2,
    weightBytes,
    fileBytes: row.fileBytes,
    cacheShape: { layers, headsKv: kvHeads, keyLength: headWidth, valueLength: headWidth },
  };
}
