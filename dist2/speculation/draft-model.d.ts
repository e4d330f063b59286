import { token as asToken, type SequenceId } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
import type { DraftTask, Proposer } from './proposer.js';
/** The text that a draft is asked about. */
type DraftText = Pick<DraftTask, 'requestId' | 'sequence' | 'tokens' | 'length'>;
export declare class DraftModelProposer implements Proposer {
    #private;
    readonly name = "draft";
    /**
     * @param onDecode told of each decode: its tokens, the KV cells they attended to, and milliseconds with the
     *   choice of guesses after it
     */
    constructor(decoder: Decoder, isEndOfGeneration: (token: ReturnType<typeof asToken>) => boolean, onDecode?: (tokens: number, tokenCells: number, ms: number) => void, now?: () => number);
    propose(tasks: readonly DraftTask[]): void;
    /** Tokens that are computed at once at most. */
    get batchSize(): number;
    /** Tokens to compute before the first guess for a text; at least 1, whose logits are needed. */
    catchUp(task: DraftText): number;
    /** The same when the last `window` tokens of the text are enough. */
    catchUpWithin(task: DraftText, window: number): number;
    forgetRequest(_requestId: number): void;
    forgetSequence(sequence: SequenceId): void;
}
export {};
