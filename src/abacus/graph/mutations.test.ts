/** The short form of `npm run fuzz:networks`. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type FuzzOutcome, inspectNetwork, Mutations } from './mutations.js';
import { memorySource } from './proto/byte-source.js';
import { networkOf } from './read.js';

const CASES = 3000;

describe('damaged networks', () => {
  it('are refused with a reason or read, and nothing else', () => {
    const mutations = new Mutations(17);
    const outcomes: Record<FuzzOutcome, number> = { refused: 0, read: 0 };
    for (let number = 0; number < CASES; number++) {
      try {
        outcomes[inspectNetwork(mutations.at(number))] += 1;
      } catch (error) {
        throw new Error(`case ${number} of seed 17`, { cause: error });
      }
    }
    // Each way out is taken, or the damage is not what it is meant to be.
    for (const count of Object.values(outcomes)) assert.ok(count > CASES / 20, JSON.stringify(outcomes));
  });

  it('are the same each time', () => {
    const [one, other] = [new Mutations(3), new Mutations(3)];
    for (let number = 0; number < 50; number++) assert.deepEqual(one.at(number), other.at(number));
  });

  it('are refused where they claim lengths or nest without end', () => {
    const bytes: Record<string, number[]> = {
      'a graph of 4 GiB': [0x08, 0x08, 0x3a, 0xff, 0xff, 0xff, 0xff, 0x0f],
      'a number without end': [0x08, ...new Array<number>(40).fill(0xff)],
      'groups within groups': new Array<number>(5000).fill(0x0b),
      'nothing known': [0x52, 0x01, 0x00],
    };
    for (const [what, list] of Object.entries(bytes))
      assert.throws(
        () => networkOf(memorySource(Uint8Array.from(list)), what),
        { code: 'invalid_network' },
        what,
      );
    // Branches within branches: each wraps the last in a node with a graph attribute of a graph.
    let graph: Uint8Array = Uint8Array.from([0x12, 0x00]);
    const wrap = (tag: number, inner: Uint8Array): Uint8Array => {
      const length: number[] = [];
      for (let rest = inner.length; ; rest >>>= 7) {
        length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
        if (rest <= 0x7f) break;
      }
      return Uint8Array.from([tag, ...length, ...inner]);
    };
    for (let depth = 0; depth < 60; depth++) graph = wrap(0x0a, wrap(0x2a, wrap(0x32, graph)));
    const model = wrap(0x3a, graph);
    assert.throws(() => networkOf(memorySource(Uint8Array.from([0x08, 0x08, ...model])), 'deep'), {
      code: 'invalid_network',
      message: /nests deeper/,
    });
  });
});
