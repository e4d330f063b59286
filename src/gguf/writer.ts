/**
 * Writes GGUF version 3. The file appears under its name only when it is complete and on the disk: it is
 * written beside it, flushed, and renamed.
 */
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { assert, ForetokenError } from '../base/errors.js';
import {
  alignUp,
  DEFAULT_ALIGNMENT,
  GGUF_MAGIC,
  GGUF_VERSION,
  type Metadata,
  type MetadataValue,
  type NumberType,
  tensorBytes,
  VALUE_TYPES,
} from './types.js';

type MetadataArray = Extract<MetadataValue, { type: 'array' }>;

export interface TensorToWrite {
  readonly name: string;
  /** The fastest dimension first. */
  readonly shape: readonly number[];
  readonly type: number;
  /** Called when its turn comes, so that only one tensor is in memory at a time. */
  readonly data: () => Uint8Array;
}

export interface GgufContent {
  readonly metadata: Metadata;
  readonly tensors: readonly TensorToWrite[];
}

/** @throws ForetokenError `invalid_option` when the path cannot be written, `storage_failed` when the disk is full meanwhile. */
export function writeGguf(file: string, content: GgufContent): void {
  const temporary = path.join(
    path.dirname(file),
    `.${path.basename(file)}.${process.pid}-${Math.random().toString(36).slice(2, 8)}.tmp`,
  );
  let fd: number;
  try {
    fd = openSync(temporary, 'wx');
  } catch (error) {
    throw new ForetokenError('invalid_option', `Cannot write ${file}: ${(error as Error).message}`, {
      cause: error,
    });
  }
  try {
    writeContent(fd, content);
    fsyncSync(fd);
    closeSync(fd);
    fd = -1;
    renameSync(temporary, file);
  } catch (error) {
    if (fd !== -1) closeSync(fd);
    rmSync(temporary, { force: true });
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof ForetokenError || code === undefined) throw error;
    throw new ForetokenError(
      'storage_failed',
      `Cannot write ${file}: ${message}; what was there before is as it was.`,
      { cause: error },
    );
  }
}

/** The bytes of a file up to its weights. */
export function ggufHead({ metadata, tensors }: GgufContent): Uint8Array {
  const alignment = alignmentOf(metadata);
  const head = new ByteWriter();
  head.u32(GGUF_MAGIC);
  head.u32(GGUF_VERSION);
  head.u64(tensors.length);
  head.u64(metadata.size);
  for (const [key, value] of metadata) {
    head.string(key);
    head.u32(VALUE_TYPES.indexOf(value.type));
    head.value(value);
  }
  let offset = 0;
  for (const { name, shape, type } of tensors) {
    head.string(name);
    head.u32(shape.length);
    for (const size of shape) head.u64(size);
    head.u32(type);
    head.u64(offset);
    offset = alignUp(offset + tensorBytes(type, shape), alignment);
  }
  return head.finish();
}

const alignmentOf = (metadata: Metadata): number =>
  Number(metadata.get('general.alignment')?.value ?? DEFAULT_ALIGNMENT);

function writeContent(fd: number, content: GgufContent): void {
  const alignment = alignmentOf(content.metadata);
  const headBytes = ggufHead(content);
  writeAll(fd, headBytes);
  let written = headBytes.length;
  const pad = (): void => {
    const padding = alignUp(written, alignment) - written;
    writeAll(fd, new Uint8Array(padding));
    written += padding;
  };
  pad();
  for (const tensor of content.tensors) {
    const bytes = tensor.data();
    assert(
      bytes.length === tensorBytes(tensor.type, tensor.shape),
      `tensor ${tensor.name} of shape ${tensor.shape.join(' x ')} has ${bytes.length} bytes`,
    );
    writeAll(fd, bytes);
    written += bytes.length;
    pad();
  }
}

function writeAll(fd: number, bytes: Uint8Array): void {
  let written = 0;
  while (written < bytes.length) written += writeSync(fd, bytes, written, bytes.length - written);
}

class ByteWriter {
  readonly #parts: Uint8Array[] = [];

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }

  u32(value: number): void {
    this.#number('u32', value);
  }

  u64(value: number): void {
    this.#number('u64', value);
  }

  string(value: string): void {
    this.#bytes(Buffer.from(value, 'utf8'));
  }

  value(entry: MetadataValue): void {
    if (entry.type === 'string') this.string(entry.value);
    else if (entry.type === 'bool') this.#number('u8', entry.value ? 1 : 0);
    else if (entry.type === 'array') this.#array(entry);
    else this.#number(entry.type, entry.value);
  }

  #array({ itemType, value }: MetadataArray): void {
    this.u32(VALUE_TYPES.indexOf(itemType));
    this.u64(value.length);
    if (itemType === 'string') for (let i = 0; i < value.length; i++) this.#bytes(value.bytesAt(i));
    else if (itemType === 'array') for (const item of value) this.value(item);
    else this.#parts.push(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }

  #bytes(bytes: Uint8Array): void {
    this.u64(bytes.length);
    this.#parts.push(bytes);
  }

  #number(type: NumberType, value: number | bigint): void {
    const bytes = Buffer.alloc(8);
    const number = Number(value);
    const size = {
      u8: () => bytes.writeUInt8(number),
      i8: () => bytes.writeInt8(number),
      u16: () => bytes.writeUInt16LE(number),
      i16: () => bytes.writeInt16LE(number),
      u32: () => bytes.writeUInt32LE(number),
      i32: () => bytes.writeInt32LE(number),
      f32: () => bytes.writeFloatLE(number),
      f64: () => bytes.writeDoubleLE(number),
      u64: () => bytes.writeBigUInt64LE(BigInt(value)),
      i64: () => bytes.writeBigInt64LE(BigInt(value)),
    }[type]();
    this.#parts.push(bytes.subarray(0, size));
  }
}
