/** The same network with weights of other types, as llama.cpp's quantiser would write it. */
import { TENSOR_TYPES } from '../../gguf/types.js';
import type { LanguageModel, WeightMatrix } from './language-model.js';

/** Best text first; bits are those of the layers' matrices. */
export const QUANTISATIONS: readonly string[] = [
  'F16',
  'Q8_0',
  'Q6_K',
  'Q5_K',
  'Q4_K',
  'IQ4_NL',
  'Q4_1',
  'Q4_0',
  'Q3_K',
  'Q2_K',
];

/** Types from which on text suffers visibly; they are recommended only where nothing better fits. */
export const LOSSY: ReadonlySet<string> = new Set(['Q3_K', 'Q2_K']);

/** What the quantiser takes where rows are no multiple of a type's block (llama-quant.cpp, `tensor_type_fallback`). */
const FALLBACK: Readonly<Record<string, string>> = {
  Q2_K: 'IQ4_NL',
  Q3_K: 'IQ4_NL',
  Q4_K: 'Q5_0',
  Q5_K: 'Q5_1',
  Q6_K: 'Q8_0',
};
/** The output head keeps more than the layers do. */
const HEAD = 'Q6_K';
const HEAD_FROM: ReadonlySet<string> = new Set(['F16', 'Q8_0']);

const BY_NAME = new Map([...TENSOR_TYPES.values()].map((type) => [type.name, type]));

export function withType(model: LanguageModel, type: string): LanguageModel {
  const matrices = model.matrices.map((matrix) =>
    retyped(matrix, matrix.layer === -1 && !HEAD_FROM.has(type) ? HEAD : type),
  );
  const head = matrices.at(-1)!;
  const before = model.matrices.reduce((sum, { bytes }) => sum + bytes, 0);
  const after = matrices.reduce((sum, { bytes }) => sum + bytes, 0);
  const embeddingBytes = model.tied ? 0 : retyped({ ...head, bytes: 0 }, type).bytes;
  const weightBytes =
    model.weightBytes - before + after - (model.tied ? 0 : model.embedding.bytes) + embeddingBytes;
  return {
    ...model,
    matrices,
    embedding: { type: model.tied ? head.type : type, bytes: model.tied ? head.bytes : embeddingBytes },
    weightBytes,
    fileBytes: model.fileBytes - model.weightBytes + weightBytes,
  };
}

function retyped(matrix: WeightMatrix, wanted: string): WeightMatrix {
  const fits = (type: string): boolean => matrix.inputs % BY_NAME.get(type)!.blockSize === 0;
  const type = [wanted, FALLBACK[wanted] ?? 'F16', 'F16'].find(fits)!;
  const { blockSize, blockBytes } = BY_NAME.get(type)!;
  return {
    ...matrix,
    type,
    bytes: ((matrix.inputs * matrix.outputs * matrix.experts) / blockSize) * blockBytes,
  };
}
