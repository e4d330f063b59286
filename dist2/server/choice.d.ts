import type { RequestEvent, RequestStatistics, RequestStream, TokenLogprob } from '../engine/types.js';
import { type AnswerParts, type Reading } from './answer-reader.js';
import type { TokenTable } from './codec.js';
import { type PlacedLogprob } from './logprobs.js';
/** What one event added for the client; often nothing while text is held back. */
export interface Piece extends AnswerParts {
    readonly logprobs: readonly PlacedLogprob[];
}
/** OpenAI's reasons that a choice ends well with. */
export type WireFinishReason = 'stop' | 'length' | 'tool_calls';
/** How a choice ended well. Other endings are thrown. */
export interface Ending {
    readonly reason: WireFinishReason;
    readonly statistics: RequestStatistics;
    /** The stop text that ended it; undefined where none did. */
    readonly stop: string | undefined;
}
export declare class Choice {
    #private;
    readonly index: number;
    /** Which of the request's prompts it continues. */
    readonly promptIndex: number;
    readonly stream: RequestStream;
    /** Tokens of the prompt whose log-probabilities are awaited. */
    readonly scoredTokens: number;
    constructor(index: number, 
    /** Which of the request's prompts it continues. */
    promptIndex: number, stream: RequestStream, table: TokenTable, stops: readonly string[], wantsLogprobs: boolean, 
    /** Tokens of the prompt whose log-probabilities are awaited. */
    scoredTokens: number, 
    /** How its text is told apart; undefined: all of it is content. */
    reading: Reading | undefined);
    /** Log-probabilities of the prompt's tokens from the second one on; undefined until all are there. */
    get promptLogprobs(): readonly TokenLogprob[] | undefined;
    /** Tokens that the engine has generated up to here. */
    get outputTokens(): number;
    /** Mean log-probability of its tokens, where the engine tells them; 0 without any. */
    get meanLogprob(): number;
    get ending(): Ending | undefined;
    /** @throws ForetokenError when the event says that the request failed or was cancelled. */
    take(event: RequestEvent): Piece;
}
