import type { TokenLogprob } from '../engine/types.js';
import type { TokenTable } from './codec.js';
import type { Prompt } from './completion-request.js';
import type { ServerContext } from './context.js';
import { type CompletionLogprobs } from './logprobs.js';
export interface Echo {
    readonly text: string;
    /** Its tokens, where their log-probabilities are asked for. */
    readonly tokens: readonly EchoToken[];
}
interface EchoToken {
    readonly text: string;
    /** Characters (Unicode code points) of the prompt that begin in it. */
    readonly characters: number;
}
/**
 * @param encoded the prompt as it is computed
 * @param topLogprobs likeliest tokens at each place; -1 where no log-probabilities are asked for
 */
export declare function echoOf(context: ServerContext, prompt: Prompt, encoded: Int32Array, topLogprobs: number): Promise<Echo>;
/** @throws ForetokenError `invalid_request` where the answer would be too large. */
export declare function requireScorable(prompts: readonly Int32Array[], topLogprobs: number): void;
/**
 * `logprobs` of a prompt's tokens: the first has none, since nothing comes before it.
 * @param entries of the second token and those behind it
 */
export declare function echoLogprobs({ text, tokens }: Echo, entries: readonly TokenLogprob[], table: TokenTable): CompletionLogprobs;
/** The prompt's figures, and behind them those of what follows it. */
export declare function joinLogprobs(prompt: CompletionLogprobs, answer: CompletionLogprobs): CompletionLogprobs;
export declare const charactersOf: (text: string) => number;
export {};
