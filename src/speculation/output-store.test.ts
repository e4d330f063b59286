/** The store of outputs against a plain search through those that must still be in it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomIndices } from '../base/random.js';
import { MAX_BYTES, MIN_BYTES, OutputStore } from './output-store.js';

/** Positions of a store of `MIN_BYTES`. */
const CAPACITY = MIN_BYTES / 32;
/** As `OutputStore` has them. */
const MOST_PLACES = 32;
const MAX_NGRAM = 4;
const MAX_MATCH = 32;

/** All that a store was told, in order; -1 before each output. */
class Reference {
  readonly #tokens: number[] = [];
  readonly #labels: number[] = [];

  constructor(readonly store: OutputStore) {}

  learn(output: readonly number[], label: number): void {
    this.store.learn(Int32Array.from(output), 0, output.length, label);
    if (output.length < 2) return;
    for (const token of [-1, ...output.slice(-(CAPACITY - 1))]) {
      this.#tokens.push(token);
      this.#labels.push(label);
    }
  }

  /** How many tokens before a place are as the end of a text. */
  #same(end: number, text: readonly number[], most: number): number {
    let same = 0;
    const oldest = Math.max(0, this.#tokens.length - CAPACITY);
    const is = (back: number): boolean =>
      end - back >= oldest && text.length >= back && this.#tokens[end - back] === text[text.length - back];
    while (same < most && is(same + 1)) same += 1;
    return same;
  }

  /** The latest places with the longest end of a text, if all is indexed; of many the longest are told. */
  find(text: readonly number[], label: number): { ends: number[]; length: number } | undefined {
    const all: number[] = [];
    for (let end = this.#tokens.length - 1; end > 0; end--)
      if (this.#labels[end - 1] === label && this.#tokens[end]! >= 0) all.push(end);
    for (let n = MAX_NGRAM; n >= 1; n--) {
      const ends = all.filter((end) => this.#same(end, text, n) === n).slice(0, MOST_PLACES);
      if (ends.length === 0) continue;
      const most = n < MAX_NGRAM ? n : MAX_MATCH;
      const longest = Math.max(...ends.map((end) => this.#same(end, text, most)));
      return { ends: ends.filter((end) => this.#same(end, text, most) === longest), length: longest };
    }
    return undefined;
  }
}

const find = (store: OutputStore, text: readonly number[], label = 0): ReturnType<OutputStore['find']> =>
  store.find(Int32Array.from(text), text.length, label);

/** Outputs that share pieces with earlier ones, so that long and short matches occur. */
function randomOutput(
  random: (limit: number) => number,
  alphabet: number,
  earlier: readonly (readonly number[])[],
): number[] {
  const output: number[] = [];
  const length = 2 + random(120);
  while (output.length < length) {
    const source = earlier[random(earlier.length + 1)];
    if (source === undefined || random(3) === 0) output.push(random(alphabet));
    else output.push(...source.slice(random(source.length)).slice(0, 1 + random(80)));
  }
  return output;
}

describe('the store of outputs', () => {
  it('finds and forgets as a plain search does (fixed seeds)', () => {
    let long = 0;
    for (const [seed, alphabet] of [2, 3, 10, 50, 300].entries()) {
      const random = randomIndices(seed);
      const reference = new Reference(new OutputStore(MIN_BYTES));
      const { store } = reference;
      const outputs: number[][] = [];
      for (let round = 0; round < 80; round++) {
        outputs.push(randomOutput(random, alphabet, outputs.slice(-20)));
        reference.learn(outputs.at(-1)!, random(3));
        // Often stops in the middle of an output.
        store.work(random(3) > 0 ? Infinity : random(200));
        if (store.pending > 0) continue;
        for (let query = 0; query < 6; query++) {
          const text = randomOutput(random, alphabet, outputs.slice(-20));
          const label = random(3);
          const found = find(store, text, label);
          assert.deepEqual(found, reference.find(text, label), `seed ${seed}, text ${text.join()}`);
          if ((found?.length ?? 0) > MAX_NGRAM) long += 1;
        }
      }
      assert.equal(store.size, CAPACITY, 'the store never became full: the test is too small');
    }
    assert.ok(long > 200, `${long} long matches compared`);
  });

  it('goes on where an output does, and nowhere behind its end', () => {
    const store = new OutputStore(MIN_BYTES);
    store.learn(Int32Array.of(7, 8, 9), 0, 3, 0);
    store.learn(Int32Array.of(5, 6), 0, 2, 0);
    store.work(Infinity);
    const [end] = find(store, [7, 8])!.ends;
    assert.deepEqual([store.tokenAt(end!), store.tokenAt(end! + 1)], [9, -1]);
    assert.equal(find(store, [8, 9]), undefined);
    assert.equal(find(store, [6]), undefined);
  });

  it('never takes more memory than it was given, whatever comes', () => {
    for (const bytes of [MIN_BYTES, MIN_BYTES + 1, 100_003, 2 ** 20, 2 ** 22 + 12_345]) {
      const store = new OutputStore(bytes);
      const random = randomIndices(bytes);
      assert.ok(store.bytes <= bytes && store.bytes > bytes / 2, `uses ${store.bytes} of ${bytes}`);
      for (let round = 0; round < 50; round++) {
        const output = Int32Array.from({ length: random(3000) }, () => random(1 + random(1000)));
        store.learn(output, 0, output.length, random(5));
        store.work(random(3000));
        assert.ok(store.pending <= store.size && store.size <= store.bytes / 32);
      }
    }
  });

  it('forgets the oldest output first', () => {
    const store = new OutputStore(MIN_BYTES);
    store.learn(Int32Array.of(5001, 5002, 5003), 0, 3, 0);
    store.work(Infinity);
    assert.equal(find(store, [5001, 5002])!.length, 2);
    for (let round = 0; round < 40; round++) {
      store.learn(
        Int32Array.from({ length: 100 }, (_, at) => round * 100 + at),
        0,
        100,
        0,
      );
      store.work(Infinity);
    }
    assert.equal(find(store, [5001]), undefined);
    assert.equal(find(store, [3997, 3998])!.length, 2);
  });

  it('keeps labels apart', () => {
    const store = new OutputStore(MIN_BYTES);
    store.learn(Int32Array.of(1, 2, 3), 0, 3, 1);
    store.learn(Int32Array.of(1, 2, 4), 0, 3, 2);
    store.work(Infinity);
    for (const [label, token] of [
      [1, 3],
      [2, 4],
    ] as const)
      assert.deepEqual(
        find(store, [1, 2], label)!.ends.map((end) => store.tokenAt(end)),
        [token],
      );
    assert.equal(find(store, [1, 2]), undefined);
  });

  it('keeps the end of an output for which there is no room', () => {
    const store = new OutputStore(MIN_BYTES);
    const output = Int32Array.from({ length: 100_000 }, (_, at) => at);
    store.learn(output, 0, output.length, 0);
    store.work(Infinity);
    assert.equal(store.find(output, output.length - 1, 0)!.length, MAX_MATCH);
    assert.equal(store.find(output, 1, 0), undefined);
  });

  it('refuses sizes that cannot be', () => {
    for (const bytes of [0, -1, NaN, 1.5, MIN_BYTES - 1, MAX_BYTES + 1]) {
      assert.throws(() => new OutputStore(bytes), { code: 'invalid_option', param: 'suffixBytes' });
    }
  });
});
