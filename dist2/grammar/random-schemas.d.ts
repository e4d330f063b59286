/**
 * Random JSON schemas, for tests of the converter: every keyword that it takes, nested, alone and together, as
 * pydantic, zod and OpenAPI write them. Many allow nothing and are refused; a grammar that comes of the others
 * must write only what is valid.
 */
type Schema = Record<string, unknown>;
export declare class SchemaMaker {
    private readonly next;
    private definitions;
    /** @param next numbers in [0, 1) */
    constructor(next: () => number);
    /** A whole document. */
    document(): Schema;
    below(count: number): number;
    chance(share: number): boolean;
    pick<T>(list: readonly T[]): T;
    some<T>(list: readonly T[], most: number): T[];
    /** Keywords by chance: `keyword: [share, value]`. */
    maybe(keywords: Readonly<Record<string, readonly [number, () => unknown]>>): Schema;
    schema(level: number): Schema;
    private nullable;
    private notes;
}
export {};
