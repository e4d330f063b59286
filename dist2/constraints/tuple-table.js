/**
 * Numbers triples of integers, equal ones alike: a hash table with open addressing over typed arrays, which forgets
 * all in no time (a slot counts only where its entry says that it lies there: Briggs and Torczon, "An Efficient
 * Representation for Sparse Sets", 1993).
 */
const FIRST_ENTRIES = 32;
export class TupleTable {
    /** Numbers are `1 <= number < size`. */
    size = 1;
    #first = new Int32Array(FIRST_ENTRIES);
    #second = new Int32Array(FIRST_ENTRIES);
    #third = new Int32Array(FIRST_ENTRIES);
    /** [number] its slot */
    #slotOf = new Int32Array(FIRST_ENTRIES);
    /** [slot] a number, or what was one before all was forgotten. */
    #slots = new Int32Array(2 * FIRST_ENTRIES);
    get bytes() {
        return 6 * this.#first.byteLength;
    }
    first(number) {
        return this.#first[number];
    }
    second(number) {
        return this.#second[number];
    }
    third(number) {
        return this.#third[number];
    }
    /** The number of a triple, a new one where it has not been seen. */
    number(first, second, third) {
        const mask = this.#slots.length - 1;
        let slot = mix(first, second, third) & mask;
        for (;;) {
            const number = this.#slots[slot];
            if (number === 0 || number >= this.size || this.#slotOf[number] !== slot)
                break;
            if (this.#first[number] === first && this.#second[number] === second && this.#third[number] === third)
                return number;
            slot = (slot + 1) & mask;
        }
        const number = this.size++;
        this.#first[number] = first;
        this.#second[number] = second;
        this.#third[number] = third;
        this.#slotOf[number] = slot;
        this.#slots[slot] = number;
        if (this.size === this.#first.length)
            this.#grow();
        return number;
    }
    /** Forgets all. */
    clear() {
        this.size = 1;
    }
    #grow() {
        this.#first = longer(this.#first);
        this.#second = longer(this.#second);
        this.#third = longer(this.#third);
        this.#slotOf = longer(this.#slotOf);
        this.#slots = new Int32Array(2 * this.#slots.length);
        const mask = this.#slots.length - 1;
        for (let number = 1; number < this.size; number++) {
            let slot = mix(this.#first[number], this.#second[number], this.#third[number]) & mask;
            while (this.#slots[slot] !== 0)
                slot = (slot + 1) & mask;
            this.#slots[slot] = number;
            this.#slotOf[number] = slot;
        }
    }
}
/** The same with room for twice as many. */
export function longer(array) {
    const grown = new Int32Array(2 * array.length);
    grown.set(array);
    return grown;
}
export function mix(first, second, third) {
    let hash = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca77) ^ Math.imul(third, 0xc2b2ae3d);
    hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
    return hash ^ (hash >>> 13);
}
//# sourceMappingURL=tuple-table.js.map