/** Writes messages by the tables that `messages.ts` reads them by: networks for tests and for the fuzzer. */
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import type { MessageType, PartialBytes } from './messages.js';

/** Values to write; fields that are absent are left out. */
export type Encodable<T> = { readonly [K in keyof T]?: Written<T[K]> };
type Written<V> = V extends readonly (infer Item)[]
  ? readonly Written<Item>[]
  : V extends PartialBytes
    ? Uint8Array
    : V extends object
      ? Encodable<V>
      : V;

export function encodeMessage<T extends object>(type: MessageType<T>, value: Encodable<T>): Uint8Array {
  return encode(type, value);
}

function encode(type: MessageType<object>, value: Readonly<Record<string, unknown>>): Uint8Array {
  const writer = new BinaryWriter();
  for (const [number, [key, field]] of type.byNumber) {
    const given = value[key];
    if (given === undefined) continue;
    for (const item of field.repeated ? (given as unknown[]) : [given])
      switch (field.kind) {
        case 'int':
          writer.tag(number, WireType.Varint).int64(BigInt(Math.trunc(item as number)));
          break;
        case 'float':
          writer.tag(number, WireType.Bit32).float(item as number);
          break;
        case 'double':
          writer.tag(number, WireType.Bit64).double(item as number);
          break;
        case 'text':
          writer.tag(number, WireType.LengthDelimited).string(item as string);
          break;
        case 'bytes':
          writer.tag(number, WireType.LengthDelimited).bytes(item as Uint8Array);
          break;
        case 'message':
          writer
            .tag(number, WireType.LengthDelimited)
            .bytes(encode(field.message!(), item as Readonly<Record<string, unknown>>));
          break;
      }
  }
  return writer.finish();
}
