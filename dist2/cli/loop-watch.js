/**
 * Notices a text that goes round in circles, as small models do when they are asked for the likeliest token.
 *
 * The rule: the last 256 tokens are one piece of at most 32 tokens, eight times or more in a row, token for token.
 * Lists, tables and refrains of ordinary answers vary within such a length.
 */
/** Tokens that a loop is noticed after. */
export const LOOP_TOKENS = 256;
/** Most tokens of the piece that is repeated. */
const LONGEST_PIECE = 32;
export class LoopWatch {
    #tokens = [];
    /** [period - 1] how many tokens in a row, the latest included, are what came so many tokens before. */
    #runs = new Uint32Array(LONGEST_PIECE);
    /**
     * Takes the next token.
     * @returns the piece that is repeated, once the text is a loop
     */
    push(token) {
        const tokens = this.#tokens;
        const at = tokens.push(token) - 1;
        for (let period = 1; period <= LONGEST_PIECE; period++) {
            const runs = at >= period && tokens[at - period] === token ? this.#runs[period - 1] + 1 : 0;
            this.#runs[period - 1] = runs;
            if (runs + period >= LOOP_TOKENS)
                return tokens.slice(-period);
        }
        return undefined;
    }
}
//# sourceMappingURL=loop-watch.js.map