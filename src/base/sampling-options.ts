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
export type SamplingDefaults = Pick<
  SamplingOptions,
  'temperature' | 'topK' | 'topP' | 'minP' | 'repeatPenalty' | 'repeatLastN'
>;

/** The model's own distribution, as OpenAI's API has it. */
export const PLAIN_SAMPLING: SamplingDefaults = {
  temperature: 1,
  topK: 0,
  topP: 1,
  minP: 0,
  repeatPenalty: 1,
  repeatLastN: 64,
};

/** The likeliest token, always; a start for other settings too (`{ ...GREEDY, temperature: 0.7 }`). */
export const GREEDY: SamplingOptions = {
  temperature: 0,
  topK: 0,
  topP: 1,
  minP: 0,
  presencePenalty: 0,
  frequencyPenalty: 0,
  repeatPenalty: 1,
  repeatLastN: 64,
  logitBias: [],
  seed: 0,
};

/** 64 bits, as in OpenAI's API. */
export const MOST_SEED = 2n ** 64n - 1n;

/** 32 bits reach the engine; of a longer seed the lower ones. */
export const engineSeed = (seed: bigint): number => Number(BigInt.asUintN(32, seed));
