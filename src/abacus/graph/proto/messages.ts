/**
 * Protocol Buffers by declared fields: each message is a table of what we need of it, and everything else is stepped over without
 * being read. Messages larger than a window (weights) are walked over in the file. The wire format itself is
 * @bufbuild/protobuf's (https://protobuf.dev/programming-guides/encoding). Bounds: depth, number of values, lengths.
 */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { ForetokenError } from '../../../base/errors.js';
import { WINDOW_BYTES, type ByteSource } from './byte-source.js';

const MOST_DEPTH = 48;
/** Fields of one file that are read or stepped over; the largest network here has under 100,000. */
const MOST_FIELDS = 5_000_000;
/** Texts and byte strings longer than this are cut off: names and small constants are all that is wanted. */
const MOST_TEXT_BYTES = 1 << 16;

/** Bytes of which only a beginning was kept. */
export interface PartialBytes {
  readonly length: number;
  readonly bytes: Uint8Array;
}

type Kind = 'int' | 'float' | 'double' | 'text' | 'bytes' | 'message';
interface Field<T> {
  readonly kind: Kind;
  readonly number: number;
  readonly repeated: boolean;
  readonly message?: () => MessageType<object>;
  /** For `bytes` and repeated numbers: how much is kept. */
  readonly keep: number;
  /** What an absent field is; lists are replaced by one of their own when something is put into them. */
  readonly value: T;
}
type Fields = Readonly<Record<string, Field<unknown>>>;
type Values<F extends Fields> = { -readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };
export interface MessageType<T extends object> {
  readonly name: string;
  readonly byNumber: ReadonlyMap<number, readonly [string, Field<unknown>]>;
  readonly empty: () => T;
}
export type Decoded<M> = M extends MessageType<infer T> ? T : never;

export function message<F extends Fields>(name: string, fields: F): MessageType<Values<F>> {
  const entries = Object.entries(fields);
  const initial = Object.fromEntries(entries.map(([key, { value }]) => [key, value])) as Values<F>;
  return {
    name,
    byNumber: new Map(entries.map((entry) => [entry[1].number, entry])),
    // A copy of one object is much faster than an object made field by field.
    empty: () => ({ ...initial }),
  };
}

/** Every list that nothing was put into. */
const NOTHING: readonly never[] = Object.freeze([]);

const field = <T>(kind: Kind, number: number, value: T, more: Partial<Field<T>> = {}): Field<T> => ({
  kind,
  number,
  value,
  repeated: false,
  keep: MOST_TEXT_BYTES,
  ...more,
});
/** A whole number or enumeration; 64-bit ones beyond 2^53 lose their last digits. */
export const int = (number: number): Field<number> => field('int', number, 0);
export const optionalInt = (number: number): Field<number | undefined> =>
  field<number | undefined>('int', number, undefined);
export const float = (number: number): Field<number> => field('float', number, 0);
export const text = (number: number): Field<string> => field('text', number, '');
export const ints = (number: number, keep = 65_536): Field<number[]> =>
  field<number[]>('int', number, NOTHING as never[], { repeated: true, keep });
export const floats = (number: number, keep = 65_536): Field<number[]> =>
  field<number[]>('float', number, NOTHING as never[], { repeated: true, keep });
export const doubles = (number: number, keep = 65_536): Field<number[]> =>
  field<number[]>('double', number, NOTHING as never[], { repeated: true, keep });
export const texts = (number: number): Field<string[]> =>
  field<string[]>('text', number, NOTHING as never[], { repeated: true });
/** Only the first `keep` bytes are read. */
export const bytes = (number: number, keep: number): Field<PartialBytes | undefined> =>
  field<PartialBytes | undefined>('bytes', number, undefined, { keep });
/** Messages that are rarely wanted: their bytes, for `decodeMessage`. */
export const undecoded = (number: number): Field<PartialBytes[]> =>
  field<PartialBytes[]>('bytes', number, NOTHING as never[], { repeated: true });
export const one = <T extends object>(number: number, type: () => MessageType<T>): Field<T | undefined> =>
  field<T | undefined>('message', number, undefined, { message: type });
export const many = <T extends object>(number: number, type: () => MessageType<T>): Field<T[]> =>
  field<T[]>('message', number, NOTHING as never[], { message: type, repeated: true });

/** Reads the whole of `source` as one message. Throws `invalid_network` with `what` in its sentence. */
export function decodeMessage<T extends object>(source: ByteSource, type: MessageType<T>, what: string): T {
  try {
    return new Decoder(source).message(type, 0, source.size, 0);
  } catch (cause) {
    if (cause instanceof ForetokenError) throw cause;
    const reason = cause instanceof Error ? cause.message : 'unreadable';
    throw new ForetokenError('invalid_network', `${what} is damaged: ${reason}. Export it again.`, { cause });
  }
}

type Record_ = Record<string, unknown>;

/** Tags of one byte, the usual ones, by that byte; undefined for bytes that are none. */
const SHORT_TAGS: readonly (readonly [number, WireType] | undefined)[] = Array.from(
  { length: 128 },
  (_, byte) => {
    try {
      return new BinaryReader(Uint8Array.of(byte)).tag();
    } catch {
      return undefined;
    }
  },
);

class Decoder {
  private fields = 0;

  constructor(private readonly source: ByteSource) {}

  message<T extends object>(type: MessageType<T>, start: number, end: number, depth: number): T {
    const value = type.empty();
    if (end - start <= WINDOW_BYTES) {
      const window = this.source.view(start, end - start);
      if (window.length < end - start) throw new RangeError('it ends too early');
      this.fill(type, value as Record_, new BinaryReader(window), bufferOf(window), window.length, depth);
    } else this.walk(type, value as Record_, start, end, depth);
    return value;
  }

  /** A message that is in memory as a whole. */
  private fill(
    type: MessageType<object>,
    into: Record_,
    reader: BinaryReader,
    window: Buffer,
    end: number,
    depth: number,
  ): void {
    this.checkDepth(depth);
    while (reader.pos < end) {
      this.count();
      const known = SHORT_TAGS[window[reader.pos]!];
      if (known !== undefined) reader.pos += 1;
      const tag = known ?? reader.tag();
      const number = tag[0];
      const wire = tag[1];
      const entry = type.byNumber.get(number);
      if (entry === undefined) {
        reader.skip(wire, number);
      } else if (wire === WireType.LengthDelimited) {
        const short = window[reader.pos]!;
        if (short < 0x80) reader.pos += 1;
        const length = short < 0x80 ? short : reader.uint32();
        const stop = reader.pos + length;
        if (stop > end) throw new RangeError(`a field of ${type.name} is longer than what holds it`);
        const key = entry[0];
        const declared = entry[1];
        if (declared.message !== undefined) {
          const child = declared.message();
          const value = child.empty();
          this.fill(child, value as Record_, reader, window, stop, depth + 1);
          put(into, key, declared, value);
        } else delimited(into, key, declared, window, reader.pos, length);
        reader.pos = stop;
      } else this.scalar(into, entry, reader, window, wire);
      if (reader.pos > end) throw new RangeError(`a field of ${type.name} is longer than what holds it`);
    }
  }

  /** A message too large for memory: its fields are looked at one by one, and only those that are wanted are read. */
  private walk(type: MessageType<object>, into: Record_, start: number, end: number, depth: number): void {
    this.checkDepth(depth);
    let at = start;
    while (at < end) {
      this.count();
      // A tag and a length, or a tag and a scalar, take 20 bytes at most.
      const start = this.source.view(at, Math.min(20, end - at));
      const head = new BinaryReader(start);
      const [number, wire] = head.tag();
      const entry = type.byNumber.get(number);
      if (wire !== WireType.LengthDelimited) {
        if (entry === undefined) head.skip(wire, number);
        else this.scalar(into, entry, head, start, wire);
        at += head.pos;
        continue;
      }
      const length = head.uint32();
      const begin = at + head.pos;
      at = begin + length;
      if (at > end) throw new RangeError(`a field of ${type.name} is longer than what holds it`);
      if (entry === undefined) continue;
      const [key, declared] = entry;
      if (declared.message !== undefined) {
        put(into, key, declared, this.message(declared.message(), begin, at, depth + 1));
      } else if (declared.kind === 'bytes') {
        const kept = this.source.view(begin, Math.min(length, declared.keep));
        delimited(into, key, declared, bufferOf(kept), 0, length);
      } else {
        // Long packed numbers are cut to a window, which is more than any `keep`; the cut may fall into a number.
        delimited(into, key, declared, bufferOf(this.source.view(begin, length)), 0, length);
      }
    }
  }

  private scalar(
    into: Record_,
    [key, declared]: readonly [string, Field<unknown>],
    reader: BinaryReader,
    window: Uint8Array,
    wire: WireType,
  ): void {
    const wanted =
      declared.kind === 'int' ? WireType.Varint : declared.kind === 'float' ? WireType.Bit32 : WireType.Bit64;
    if (wire !== wanted || declared.message !== undefined)
      throw new RangeError(`field ${key} has the wrong type`);
    const value = scalarOf(declared.kind, reader, window);
    if (!declared.repeated || (into[key] as number[]).length < declared.keep) put(into, key, declared, value);
  }

  private count(): void {
    this.fields += 1;
    if (this.fields > MOST_FIELDS) throw new RangeError(`it has more than ${MOST_FIELDS} fields`);
  }

  private checkDepth(depth: number): void {
    if (depth > MOST_DEPTH) throw new RangeError(`it nests deeper than ${MOST_DEPTH} messages`);
  }
}

function put(into: Record_, key: string, declared: Field<unknown>, value: unknown): void {
  if (!declared.repeated) into[key] = value;
  else if (into[key] === NOTHING) into[key] = [value];
  else (into[key] as unknown[]).push(value);
}

/** Content of a field with a length, from `at` in `window`, which may end before it. */
function delimited(
  into: Record_,
  key: string,
  declared: Field<unknown>,
  window: Buffer,
  at: number,
  length: number,
): void {
  const end = Math.min(window.length, at + length);
  if (declared.kind === 'text' || declared.kind === 'bytes') {
    const keptEnd = Math.min(end, at + declared.keep);
    put(
      into,
      key,
      declared,
      declared.kind === 'text'
        ? window.toString('utf8', at, keptEnd)
        : { length, bytes: Uint8Array.from(window.subarray(at, keptEnd)) },
    );
    return;
  }
  if (!declared.repeated) throw new RangeError(`field ${key} has the wrong type`);
  const list = into[key] === NOTHING ? (into[key] = []) : (into[key] as number[]);
  const raw = window.subarray(at, end);
  const reader = new BinaryReader(raw);
  // The last number of a list that was cut off may be incomplete.
  const stop = raw.length < length ? raw.length - 10 : raw.length;
  while (reader.pos < stop && list.length < declared.keep) list.push(scalarOf(declared.kind, reader, raw));
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function scalarOf(kind: Kind, reader: BinaryReader, window: Uint8Array): number {
  switch (kind) {
    case 'int':
      // One byte is the usual case; 64-bit numbers are made of two halves.
      return window[reader.pos]! < 0x80 ? reader.uint32() : Number(reader.int64());
    case 'float':
      return reader.float();
    case 'double':
      return reader.double();
    case 'text':
    case 'bytes':
    case 'message':
      throw new RangeError('a field has the wrong type');
  }
}
