/** Log-probabilities of the model's own distribution (before penalties, truncation and temperature). */
export interface Logprob {
    readonly token: number;
    readonly logprob: number;
}
/**
 * @param logits [vocabularySize]
 * @param top how many of the likeliest tokens to list
 */
export declare function logprobsOf(logits: Float32Array, token: number, top: number): {
    token: number;
    logprob: number;
    top: Logprob[];
};
