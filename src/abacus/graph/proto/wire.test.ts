/** The reader of the wire format against @bufbuild/protobuf's, on numbers of all lengths and on random bytes. */
import { BinaryReader, BinaryWriter, WireType as LibraryType } from '@bufbuild/protobuf/wire';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { below, randomNumbers } from '../../../base/random.js';
import { WireReader, WireType } from './wire.js';

/** What a reader makes of bytes, and where it stands after; undefined where it refuses. */
const outcome = (read: () => readonly unknown[]): readonly unknown[] | undefined => {
  try {
    return read();
  } catch {
    return undefined;
  }
};

describe('the wire format', () => {
  it('reads what the library writes', () => {
    const random = randomNumbers(1);
    for (let bits = 0; bits < 64; bits++)
      for (let round = 0; round < 20; round++) {
        const value = BigInt.asIntN(
          64,
          (1n << BigInt(bits)) + BigInt(Math.floor(random() * 2 ** Math.min(bits, 52))),
        );
        for (const signed of [value, -value]) {
          const fits = BigInt.asIntN(64, signed);
          const bytes = new BinaryWriter().int64(fits).finish();
          const reader = new WireReader(bytes);
          assert.equal(reader.int64(), Number(fits));
          assert.equal(reader.pos, bytes.length);
          assert.equal(new WireReader(bytes).uint32(), Number(BigInt.asUintN(32, fits)));
        }
      }
    const bytes = new BinaryWriter().float(0.1).double(Math.PI).finish();
    const reader = new WireReader(bytes);
    assert.deepEqual([reader.float(), reader.double()], [Math.fround(0.1), Math.PI]);
  });

  it('takes random bytes as the library does, and refuses what it refuses', () => {
    const random = randomNumbers(2);
    const counts = { read: 0, refused: 0 };
    for (let round = 0; round < 100_000; round++) {
      // Many bytes with the highest bit, so that numbers are long; many tags of groups.
      const bytes = Uint8Array.from({ length: below(random, 14) }, () =>
        random() < 0.3
          ? 0x80 + below(random, 128)
          : random() < 0.3
            ? 0x0b + below(random, 2)
            : below(random, 64),
      );
      const own = outcome(() => {
        const reader = new WireReader(bytes);
        const [number, type] = reader.tag();
        reader.skip(type, number);
        return [number, type, reader.pos];
      });
      const theirs = outcome(() => {
        const reader = new BinaryReader(bytes);
        const [number, type] = reader.tag();
        // A group that ends where none began is stepped over there.
        if (type === LibraryType.EndGroup) throw new RangeError('no group');
        reader.skip(type, number);
        return [number, type, reader.pos];
      });
      assert.deepEqual(own, theirs, Buffer.from(bytes).toString('hex'));
      counts[own === undefined ? 'refused' : 'read'] += 1;
    }
    assert.ok(counts.read > 10_000 && counts.refused > 10_000, JSON.stringify(counts));
  });

  it('bounds groups within each other', () => {
    const reader = new WireReader(new Uint8Array(1e6).fill(0x0b));
    assert.throws(() => {
      reader.skip(WireType.StartGroup, 1);
    }, /nest deeper/);
  });
});
