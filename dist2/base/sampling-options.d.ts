/** How the next token is chosen: one record shared by requests, sampler and drafts. */
/** Sampling parameters of one request. All act on the target's logits, so none is changed by speculation. */
export interface SamplingOptions {
    /** 0 is greedy. */
    readonly temperature: number;
    /** Keep the k likeliest tokens; 0 is off. */
    readonly topK: number;
    /** Keep the likeliest tokens whose probabilities sum to this; 1 is off. */
    readonly topP: number;
    /** Drop tokens less likely than this share of the likeliest; 0 is off. */
    readonly minP: number;
    readonly presencePenalty: number;
    readonly frequencyPenalty: number;
    /** llama.cpp's repeat penalty over the output and prompt's last `repeatLastN` tokens; 1 is off. */
    readonly repeatPenalty: number;
    readonly repeatLastN: number;
    /** Added to the logit of a token; pairs of token and bias. -Infinity bans. */
    readonly logitBias: readonly (readonly [token: number, bias: number])[];
    /** 32-bit unsigned. With the prompt and these parameters it determines the text. */
    readonly seed: number;
}
/** How words are chosen where a request does not say: what a model's file and the operator may set. */
export type SamplingDefaults = Pick<SamplingOptions, 'temperature' | 'topK' | 'topP' | 'minP' | 'repeatPenalty' | 'repeatLastN'>;
/** The model's own distribution, as OpenAI's API has it. */
export declare const PLAIN_SAMPLING: SamplingDefaults;
/** The likeliest token, always; a start for other settings too (`{ ...GREEDY, temperature: 0.7 }`). */
export declare const GREEDY: SamplingOptions;
