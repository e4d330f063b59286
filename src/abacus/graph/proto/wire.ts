/**
 * Reading Protocol Buffers' wire format (https://protobuf.dev/programming-guides/encoding): numbers of variable and fixed length,
 * tags, and stepping over fields. @bufbuild/protobuf reads the same, and loading it took a quarter of the time of a prediction from
 * the command line; wire.test.ts holds this reader against it. Files are still written by it (encode.ts).
 */
export const WireType = {
  Varint: 0,
  Bit64: 1,
  LengthDelimited: 2,
  StartGroup: 3,
  EndGroup: 4,
  Bit32: 5,
} as const;
export type WireType = (typeof WireType)[keyof typeof WireType];

/** Groups within each other. No network has any. */
const MOST_GROUPS = 48;
const WORD = 2 ** 32;

/** Reads from `pos` on; all methods throw RangeError at what is no such value or ends too early. */
export class WireReader {
  pos = 0;
  private readonly view: DataView;
  private high = 0;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A signed number of 64 bits, as near as a double is. */
  int64(): number {
    const low = this.varint();
    return (this.high | 0) * WORD + low;
  }

  /** The lower 32 bits. */
  uint32(): number {
    return this.varint();
  }

  float(): number {
    this.pos += 4;
    this.checkEnd();
    return this.view.getFloat32(this.pos - 4, true);
  }

  double(): number {
    this.pos += 8;
    this.checkEnd();
    return this.view.getFloat64(this.pos - 8, true);
  }

  tag(): readonly [number: number, type: WireType] {
    const tag = this.uint32();
    const [number, type] = [tag >>> 3, tag & 7];
    if (number === 0 || type > WireType.Bit32 || this.high !== 0)
      throw new RangeError(`field ${number} has no type of wire format ${type}`);
    return [number, type as WireType];
  }

  /** Steps over a field whose tag has been read. */
  skip(type: WireType, number: number): void {
    const open: number[] = [];
    let [own, field] = [type, number];
    for (;;) {
      if (own === WireType.StartGroup) {
        if (open.length >= MOST_GROUPS) throw new RangeError(`groups nest deeper than ${MOST_GROUPS}`);
        open.push(field);
      } else if (own === WireType.EndGroup) {
        if (open.pop() !== field) throw new RangeError(`group ${field} ends where none began`);
      } else this.step(own);
      if (open.length === 0) return;
      [field, own] = this.tag();
    }
  }

  private step(type: WireType): void {
    if (type === WireType.Varint) this.varint();
    else if (type === WireType.LengthDelimited) {
      const length = this.uint32();
      this.pos += length;
    } else this.pos += type === WireType.Bit64 ? 8 : 4;
    this.checkEnd();
  }

  /** Seven bits a byte, the lowest first, in at most ten bytes. Gives the lower word and leaves the upper one in `high`. */
  private varint(): number {
    const { bytes } = this;
    let [low, high] = [0, 0];
    for (let at = 0; at < 10; at++) {
      const byte = bytes[this.pos]!;
      this.pos += 1;
      this.checkEnd();
      const bits = byte & 0x7f;
      if (at < 4) low |= bits << (7 * at);
      else if (at === 4) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (7 * at - 32);
      if (byte < 0x80) {
        this.high = high;
        return low >>> 0;
      }
    }
    throw new RangeError('a number takes more than ten bytes');
  }

  private checkEnd(): void {
    if (this.pos > this.bytes.length) throw new RangeError('it ends too early');
  }
}
