/**
 * Whether one schema's texts can be told from another's: `oneOf` demands that exactly one branch holds, and a
 * grammar can only promise that at least one does. So `oneOf` is taken where the branches provably exclude
 * each other, which is what it is mostly used for (a union of types, objects told apart by a constant).
 */
import { type Schema } from './schema.js';
/** Follows references and folds `allOf`; a schema with `anyOf` comes back as its branches. */
export type Unfold = (schema: unknown, path: string) => readonly Schema[];
export declare class Exclusive {
    private readonly unfold;
    private readonly plain;
    private readonly texts;
    private left;
    constructor(unfold: Unfold);
    /** The first two branches of which a value that is written for one may be valid for the other. */
    overlapping(branches: readonly unknown[], path: string): readonly [number, number] | undefined;
    /** True when no text that the grammar writes for `a` is valid for `b`. */
    private excludes;
    private unfolded;
    private spend;
    private textsOf;
    private plainExcludes;
    private objectExcludes;
}
