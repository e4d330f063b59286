/**
 * Tokens to text as they come. A character may be spread over several tokens; its bytes are held back until
 * it is whole, so that all parts together are exactly the text of all tokens together.
 */
import { type Vocabulary } from './vocabulary.js';
export declare class StreamingDetokenizer {
    #private;
    constructor(vocabulary: Pick<Vocabulary, 'tokenBytes'>);
    /** The text that these tokens complete; may be empty. */
    push(tokens: Iterable<number>): string;
    /** What is held back, U+FFFD for a character that was never completed. Afterwards a new text begins. */
    end(): string;
}
