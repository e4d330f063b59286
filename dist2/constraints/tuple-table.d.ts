/**
 * Numbers triples of integers, equal ones alike: a hash table with open addressing over typed arrays, which forgets
 * all in no time (a slot counts only where its entry says that it lies there: Briggs and Torczon, "An Efficient
 * Representation for Sparse Sets", 1993).
 */
export declare class TupleTable {
    #private;
    /** Numbers are `1 <= number < size`. */
    size: number;
    get bytes(): number;
    first(number: number): number;
    second(number: number): number;
    third(number: number): number;
    /** The number of a triple, a new one where it has not been seen. */
    number(first: number, second: number, third: number): number;
    /** Forgets all. */
    clear(): void;
}
/** The same with room for twice as many. */
export declare function longer(array: Int32Array): Int32Array<ArrayBuffer>;
export declare function mix(first: number, second: number, third: number): number;
