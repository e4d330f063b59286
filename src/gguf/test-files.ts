/** Small GGUF files for tests. */
import { GgufStrings } from './strings.js';
import type { MetadataValue } from './types.js';
import type { GgufContent } from './writer.js';
import { quantize } from './quantization.js';

export { temporaryFolder } from '../base/test-folder.js';

export const metadataOfEveryType = (): Map<string, MetadataValue> =>
  new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'llama' }],
    ['a.u8', { type: 'u8', value: 200 }],
    ['a.i8', { type: 'i8', value: -100 }],
    ['a.u16', { type: 'u16', value: 60000 }],
    ['a.i16', { type: 'i16', value: -30000 }],
    ['a.u32', { type: 'u32', value: 4e9 }],
    ['a.i32', { type: 'i32', value: -2e9 }],
    ['a.f32', { type: 'f32', value: 0.5 }],
    ['a.bool', { type: 'bool', value: true }],
    ['a.u64', { type: 'u64', value: 2n ** 60n }],
    ['a.u64.small', { type: 'u64', value: 7 }],
    ['a.i64', { type: 'i64', value: -(2 ** 50) }],
    ['a.f64', { type: 'f64', value: Math.PI }],
    ['a.empty', { type: 'string', value: '' }],
    [
      'a.words',
      { type: 'array', itemType: 'string', value: GgufStrings.from(['', 'ä', '日本', 'x'.repeat(99)]) },
    ],
    ['a.floats', { type: 'array', itemType: 'f32', value: Float32Array.of(1, -2.5, 1e9) }],
    ['a.longs', { type: 'array', itemType: 'u64', value: BigUint64Array.of(1n, 2n ** 63n) }],
    ['a.bools', { type: 'array', itemType: 'bool', value: Uint8Array.of(1, 0, 1) }],
    ['a.none', { type: 'array', itemType: 'i32', value: new Int32Array(0) }],
    [
      'a.nested',
      {
        type: 'array',
        itemType: 'array',
        value: [{ type: 'array', itemType: 'i16', value: Int16Array.of(-1, 1) }],
      },
    ],
  ]);

export const numbers = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(i) * (1 + (i % 7)));

export const smallContent = (): GgufContent => ({
  metadata: metadataOfEveryType(),
  tensors: [
    { name: 'one', shape: [3], type: 0, data: () => quantize(numbers(3), 0) },
    { name: 'two', shape: [32, 2], type: 8, data: () => quantize(numbers(64), 8) },
    { name: 'three', shape: [5, 2, 3, 1], type: 1, data: () => quantize(numbers(30), 1) },
  ],
});
