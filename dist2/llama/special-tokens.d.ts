/**
 * Tells special tokens that a template writes from the same characters in what people write. Text may be
 * *guarded*: characters of it are replaced by private ones, which spell no special token, pass through a
 * template as any other character, and are turned back before the text between the template's own special
 * tokens becomes tokens.
 */
/** A special token's name at [start, end) of a text. */
export interface SpecialMatch {
    readonly spelling: Spelling;
    readonly start: number;
    readonly end: number;
}
export interface Spelling {
    readonly token: number;
    /** The library looks for those with more bytes first. */
    readonly bytes: number;
    /** The token swallows white space in front of its name, or behind it. */
    readonly stripsLeft: boolean;
    readonly stripsRight: boolean;
}
/** The part of a vocabulary that it is made from. */
export interface SpecialSource {
    readonly size: number;
    text(token: number): string;
    attributes(token: number): number;
}
export declare class SpecialTokens {
    #private;
    /** Only those that the library leaves alone when it is told not to parse special tokens. */
    constructor(source: SpecialSource);
    /** Where special tokens are named, in order; of names that overlap the longer, as the library takes them. */
    find(text: string): SpecialMatch[];
    /** Whether a text could be a part of a special token's name that something else completes. */
    couldComplete(text: string): boolean;
    /** The text with every name of a special token in it guarded. */
    guardNames(text: string): string;
    /**
     * The text with everything guarded that could be the beginning, the end or all the inside of such a name.
     * @param isWord a template may compare it with a word of its own
     */
    guardParts(text: string, isWord?: boolean): string;
}
/** A guarded text as it was. */
export declare const unguard: (text: string) => string;
/**
 * Applies `guard` to every string of a value. `isWord` says that a template may compare it with a word of its
 * own: names of fields, roles, types.
 */
export declare function guardTree(value: unknown, guard: (text: string, isWord: boolean) => string, isWord?: boolean): unknown;
/** Whether any string of a value, names of fields included, is such. */
export declare function someString(value: unknown, is: (text: string) => boolean): boolean;
