/** Models for the tests of this folder: the demo model, and variations of it made in a temporary folder. */
import { readFileSync, writeFileSync } from 'node:fs';
import { bundledTarget } from '../base/bundled.js';
import type { Vocabulary } from './vocabulary.js';

export const DEMO_MODEL = bundledTarget();

export { temporaryFolder } from '../base/test-folder.js';

/** The demo model with one text among its metadata replaced by another of the same length. */
export function patchedModel(file: string, from: string, to: string): string {
  const bytes = readFileSync(DEMO_MODEL);
  const pattern = ggufString(from);
  const at = bytes.indexOf(pattern);
  if (at < 0 || Buffer.byteLength(from) !== Buffer.byteLength(to))
    throw new Error(`cannot replace "${from}" by "${to}" in ${DEMO_MODEL}`);
  ggufString(to).copy(bytes, at);
  writeFileSync(file, bytes);
  return file;
}

/** A word that no other is made of, so that a file in which it is another is still plausible. */
export function specialWord(vocabulary: Vocabulary): string {
  const control = 8; // LLAMA_TOKEN_ATTR_CONTROL
  for (let id = 0; id < vocabulary.size; id++)
    if ((vocabulary.attributes(id) & control) !== 0) return vocabulary.text(id);
  throw new Error(`${DEMO_MODEL} has no special tokens`);
}

/** A LoRA adapter that changes the query matrix of the first layer: [width x rank] and [rank x width]. */
export function writeAdapter(file: string, width: number, scale: number): string {
  const rank = 4;
  const values = Float32Array.from({ length: width * rank }, (_, i) => scale * Math.sin(i));
  const tensors = [
    { name: 'blk.0.attn_q.weight.lora_a', shape: [width, rank] },
    { name: 'blk.0.attn_q.weight.lora_b', shape: [rank, width] },
  ];
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(4),
    ...[
      ['general.type', 'adapter'],
      ['general.architecture', 'llama'],
      ['adapter.type', 'lora'],
    ].flatMap(([key, value]) => [ggufString(key!), u32(8), ggufString(value!)]),
    ggufString('adapter.lora.alpha'),
    u32(6),
    Buffer.from(Float32Array.of(rank).buffer),
    ...tensors.flatMap(({ name, shape }, index) => [
      ggufString(name),
      u32(shape.length),
      ...shape.map(u64),
      u32(0),
      u64(index * values.byteLength),
    ]),
  ]);
  const padding = Buffer.alloc((32 - (head.length % 32)) % 32);
  const data = Buffer.from(values.buffer);
  writeFileSync(file, Buffer.concat([head, padding, data, data]));
  return file;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

function u64(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

function ggufString(text: string): Buffer {
  return Buffer.concat([u64(Buffer.byteLength(text)), Buffer.from(text)]);
}
