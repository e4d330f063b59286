/**
 * Integers that must not be mixed up, branded so that the compiler tells them apart. All are plain numbers
 * at run time.
 */
declare const brand: unique symbol;
type Branded<Name extends string> = number & {
    readonly [brand]: Name;
};
/** Index into the target's vocabulary, `0 <= token < vocabularySize`. */
export type Token = Branded<'Token'>;
/** Index of a sequence in a decoder's KV cache, `0 <= sequence < maxSequences`. */
export type SequenceId = Branded<'SequenceId'>;
/** Position of a token within its sequence, counted from 0. */
export type Position = Branded<'Position'>;
export declare const token: (value: number) => Token;
export declare const sequenceId: (value: number) => SequenceId;
export declare const position: (value: number) => Position;
export {};
