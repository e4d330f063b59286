/**
 * Turns the tokens of one generation into text that can be sent on at once.
 *
 * Held back until it is decided: bytes of a character that is not complete, and the longest end of the text
 * that could be the beginning of a stop string. The engine alone decides where a stop string matches; here it
 * only must not have been sent by then.
 */
import type { TokenTable } from './codec.js';
export declare class TextAssembler {
    #private;
    constructor(table: TokenTable, stops: readonly string[]);
    /** Bytes of all text returned so far. */
    get emittedBytes(): number;
    /** Takes the tokens of one step. @returns the text that is certain now. */
    push(tokens: readonly number[]): string;
    /**
     * Takes the last tokens and cuts the end of the text. A character that stays incomplete is dropped.
     * @param trimBytes bytes at the end of the text that are not part of the output
     */
    finish(tokens: readonly number[], trimBytes: number): string;
}
/** Bytes at the end that begin a UTF-8 character without completing it: 0 to 3. */
export declare function incompleteTail(bytes: Uint8Array): number;
