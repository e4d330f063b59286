/**
 * Notices a text that goes round in circles, as small models do when they are asked for the likeliest token.
 *
 * The rule: the last 256 tokens are one piece of at most 32 tokens, eight times or more in a row, token for token.
 * Lists, tables and refrains of ordinary answers vary within such a length.
 */
/** Tokens that a loop is noticed after. */
export declare const LOOP_TOKENS = 256;
export declare class LoopWatch {
    #private;
    /**
     * Takes the next token.
     * @returns the piece that is repeated, once the text is a loop
     */
    push(token: number): readonly number[] | undefined;
}
