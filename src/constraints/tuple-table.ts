/** Numbers triples of integers, equal ones alike: a hash table with open addressing over typed arrays. */

const FIRST_SLOTS = 64;

export class TupleTable {
  /** Numbers are `1 <= number < size`. */
  size = 1;
  #columns: readonly [Int32Array, Int32Array, Int32Array] = columns(FIRST_SLOTS / 2);
  /** The number that is found in a slot; 0 where it is free. */
  #slots = new Int32Array(FIRST_SLOTS);

  get bytes(): number {
    return this.#slots.byteLength + 3 * this.#columns[0].byteLength;
  }

  first(number: number): number {
    return this.#columns[0][number]!;
  }

  second(number: number): number {
    return this.#columns[1][number]!;
  }

  third(number: number): number {
    return this.#columns[2][number]!;
  }

  /** The number of a triple, a new one where it has not been seen. */
  number(first: number, second: number, third: number): number {
    const slot = this.#slot(first, second, third);
    const known = this.#slots[slot]!;
    if (known !== 0) return known;
    const number = this.size++;
    this.#slots[slot] = number;
    this.#columns[0][number] = first;
    this.#columns[1][number] = second;
    this.#columns[2][number] = third;
    if (this.size === this.#columns[0].length) this.#grow();
    return number;
  }

  /** Forgets all; what it had grown to is given back. */
  clear(): void {
    if (this.#slots.length > 32 * FIRST_SLOTS && this.size < this.#slots.length / 8) {
      this.#slots = new Int32Array(FIRST_SLOTS);
      this.#columns = columns(FIRST_SLOTS / 2);
    } else this.#slots.fill(0);
    this.size = 1;
  }

  #slot(first: number, second: number, third: number): number {
    const mask = this.#slots.length - 1;
    const [a, b, c] = this.#columns;
    let slot = mix(first, second, third) & mask;
    for (let number = this.#slots[slot]!; number !== 0; number = this.#slots[slot]!) {
      if (a[number] === first && b[number] === second && c[number] === third) break;
      slot = (slot + 1) & mask;
    }
    return slot;
  }

  #grow(): void {
    const grown = columns(2 * this.#columns[0].length);
    grown.forEach((column, at) => {
      column.set(this.#columns[at]!);
    });
    this.#columns = grown;
    this.#slots = new Int32Array(2 * this.#slots.length);
    const [a, b, c] = grown;
    for (let number = 1; number < this.size; number++)
      this.#slots[this.#slot(a[number]!, b[number]!, c[number]!)] = number;
  }
}

function columns(length: number): readonly [Int32Array, Int32Array, Int32Array] {
  return [new Int32Array(length), new Int32Array(length), new Int32Array(length)];
}

export function mix(first: number, second: number, third: number): number {
  let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77) ^ Math.imul(third, 0xc2b2ae3d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return hash ^ (hash >>> 13);
}
