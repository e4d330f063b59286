/**
 * Chooses the next token of one request from a row of logits.
 *
 * The chain is llama.cpp's default order: penalties and bias, top-k, top-p, min-p, temperature; then the
 * token with the highest logit / T + Gumbel noise, which is a draw from the softmax (Gumbel 1954; Maddison
 * et al., "A* Sampling", NeurIPS 2014). Greedy (T = 0) is the same without noise. Ties go to the lower id.
 */
import type { SamplingOptions } from '../base/sampling-options.js';
import type { Grammar } from '../decoder/decoder.js';
import { token as asToken } from '../base/types.js';
import { Choice, type Ranks } from './choice.js';
import { TokenHistory } from './history.js';
import { PositionNoise } from './noise.js';
import { Truncation } from './truncation.js';

/**
 * Forbidden runners-up are struck out one by one so often before all forbidden tokens are masked: the demo
 * model's 8,192 tokens take llama.cpp's grammar 530 us to mask, 2 us to ask for one (EPYC Milan).
 */
const MOST_STRUCK = 4;

/** A draft's choice. */
export interface Draw {
  readonly token: number;
  /** How far the runner-up's score lies behind, nats, >= 0; Infinity when there is none. */
  readonly margin: number;
  /** The runner-up; -1 when truncation or grammar leave none. */
  readonly second: number;
}

export class TokenSampler {
  readonly history: TokenHistory;
  readonly #options: SamplingOptions;
  readonly #noise = new PositionNoise();
  readonly #choice = new Choice();
  readonly #truncation: Truncation | undefined;
  /** Logits after penalties and bias; made when first needed. */
  #scratch: Float32Array | undefined;

  constructor(prompt: Int32Array, options: SamplingOptions) {
    this.#options = options;
    this.history = new TokenHistory(prompt, options);
    const truncates = options.topK > 0 || options.topP < 1 || options.minP > 0;
    this.#truncation = truncates && options.temperature > 0 ? new Truncation(options) : undefined;
  }

  /**
   * The token for a position. Changes nothing but the scratch memory.
   * @param logits [vocabularySize], left as they are.
   * @param position index of the token in the whole text, prompt included.
   * @param grammar when given, only tokens it allows are chosen.
   */
  sample(logits: Float32Array, position: number, grammar?: Grammar): number {
    const processed = this.#process(logits);
    this.#choose(processed, position, 1);
    if (grammar !== undefined && !grammar.allows(asToken(this.#choice.token)))
      this.#chooseAllowed(processed, position, 1, grammar);
    return this.#choice.token;
  }

  /**
   * The token that `sample` gives for the same arguments, and the runner-up.
   * @returns valid until the next call.
   */
  draw(logits: Float32Array, position: number, grammar?: Grammar): Draw {
    const processed = this.#process(logits);
    const candidates = this.#choose(processed, position, 2);
    if (grammar !== undefined) {
      if (grammar.allows(asToken(this.#choice.token)))
        this.#findAllowedSecond(processed, position, grammar, candidates);
      else this.#chooseAllowed(processed, position, 2, grammar);
    }
    return this.#choice;
  }

  /**
   * The likeliest token overall is not allowed: masks all that are not, and chooses anew. Asking for one
   * token first saves the mask over the whole vocabulary in nearly every case.
   */
  #chooseAllowed(processed: Float32Array, position: number, ranks: Ranks, grammar: Grammar): void {
    const masked = this.#own(processed);
    grammar.mask(masked);
    this.#choose(masked, position, ranks);
  }

  /** The first is allowed; strikes out runners-up until one is, among the same candidates. */
  #findAllowedSecond(
    processed: Float32Array,
    position: number,
    grammar: Grammar,
    candidates: Int32Array | undefined,
  ): void {
    const choice = this.#choice;
    for (let struck = 0; choice.second >= 0 && !grammar.allows(asToken(choice.second)); struck++) {
      const masked = this.#own(processed);
      if (struck < MOST_STRUCK) masked[choice.second] = -Infinity;
      else grammar.mask(masked);
      processed = masked;
      this.#rank(masked, position, 2, candidates);
    }
  }

  #process(logits: Float32Array): Float32Array {
    const { logitBias } = this.#options;
    if (!this.history.active && logitBias.length === 0) return logits;
    const processed = this.#own(logits);
    this.#penalise(processed);
    for (const [token, bias] of logitBias) {
      if (token < processed.length) processed[token]! += bias;
    }
    return processed;
  }

  #own(logits: Float32Array): Float32Array {
    if (logits === this.#scratch) return logits;
    this.#scratch ??= new Float32Array(logits.length);
    this.#scratch.set(logits);
    return this.#scratch;
  }

  #penalise(logits: Float32Array): void {
    const { presencePenalty, frequencyPenalty, repeatPenalty } = this.#options;
    for (const [token, count] of this.history.outputCounts) {
      logits[token]! -= presencePenalty + count * frequencyPenalty;
    }
    for (const token of this.history.recentCounts.keys()) {
      const logit = logits[token]!;
      logits[token] = logit <= 0 ? logit * repeatPenalty : logit / repeatPenalty;
    }
  }

  /** Sets the choice; the candidates that truncation left, where it is on. */
  #choose(logits: Float32Array, position: number, ranks: Ranks): Int32Array | undefined {
    const candidates = this.#truncation?.keep(logits);
    this.#rank(logits, position, ranks, candidates);
    return candidates;
  }

  #rank(logits: Float32Array, position: number, ranks: Ranks, candidates: Int32Array | undefined): void {
    const { temperature, seed } = this.#options;
    if (temperature === 0) {
      this.#choice.greedy(logits);
      return;
    }
    const noise = this.#noise.at(seed, position);
    if (candidates === undefined) this.#choice.noisy(logits, temperature, noise, ranks);
    else this.#choice.noisyOf(candidates, logits, temperature, noise);
  }
}
