/**
 * Chooses the next token of one request from a row of logits.
 *
 * The chain is llama.cpp's default order: penalties and bias, top-k, top-p, min-p, temperature; then the
 * token with the highest logit / T + Gumbel noise, which is a draw from the softmax (Gumbel 1954; Maddison
 * et al., "A* Sampling", NeurIPS 2014). Greedy (T = 0) is the same without noise. Ties go to the lower id.
 */
import type { Grammar } from '../base/grammar.js';
import type { SamplingOptions } from '../base/sampling-options.js';
import { token as asToken } from '../base/types.js';
import { Choice, type Ranks } from './choice.js';
import { TokenHistory } from './history.js';
import { PositionNoise } from './noise.js';
import { Truncation } from './truncation.js';

/**
 * Forbidden tokens are struck out one by one so often before all forbidden ones are masked: a mask over 49,152 tokens
 * takes a millisecond where its state is new, and some 0.1 ms of each row where it is not.
 */
const MOST_STRUCK = 4;

/**
 * Below this the noise cannot decide between logits that differ at all, and logit / T would leave the range of numbers:
 * the choice is greedy.
 */
const LEAST_TEMPERATURE = 1e-8;

/** A draft's choice. */
export interface Draw {
  /** -1 when none is possible. */
  readonly token: number;
  /** How far the runner-up's score lies behind, nats, >= 0; Infinity when there is none. */
  readonly margin: number;
  /** The runner-up; -1 when truncation or grammar leave none. */
  readonly second: number;
}

/** Tokens that may not come at positions below `before`. */
export interface Delayed {
  readonly tokens: readonly number[];
  readonly before: number;
}

export class TokenSampler {
  readonly history: TokenHistory;
  readonly #options: SamplingOptions;
  readonly #delayed: Delayed | undefined;
  readonly #noise = new PositionNoise();
  readonly #choice = new Choice();
  readonly #truncation: Truncation | undefined;
  /** Logits after penalties and bias; made when first needed. */
  #scratch: Float32Array | undefined;

  constructor(prompt: Int32Array, options: SamplingOptions, delayed?: Delayed) {
    this.#delayed = delayed;
    const temperature = options.temperature < LEAST_TEMPERATURE ? 0 : options.temperature;
    this.#options = { ...options, temperature };
    this.history = new TokenHistory(prompt, options);
    const truncates = options.topK > 0 || options.topP < 1 || options.minP > 0;
    this.#truncation = truncates && temperature > 0 ? new Truncation(options) : undefined;
  }

  /**
   * The token for a position. Changes nothing but the scratch memory.
   * @param logits [vocabularySize], left as they are.
   * @param position index of the token in the whole text, prompt included.
   * @param grammar when given, only tokens it allows are chosen.
   * @returns -1 when bias and grammar leave none
   */
  sample(logits: Float32Array, position: number, grammar?: Grammar): number {
    this.#decide(this.#process(logits, this.#delayedAt(position)), position, 1, grammar);
    return this.#choice.token;
  }

  /** The same as if no token were delayed. */
  sampleFreely(logits: Float32Array, position: number, grammar?: Grammar): number {
    this.#decide(this.#process(logits, undefined), position, 1, grammar);
    return this.#choice.token;
  }

  /**
   * The token that `sample` gives for the same arguments, and the runner-up.
   * @returns valid until the next call.
   */
  draw(logits: Float32Array, position: number, grammar?: Grammar): Draw {
    this.#decide(this.#process(logits, this.#delayedAt(position)), position, 2, grammar);
    return this.#choice;
  }

  /**
   * Sets the choice. Where a grammar leaves only a few tokens, nothing else is looked at; where it leaves many, the
   * likeliest is mostly one of them. What truncation keeps depends on all tokens, so with it the likeliest are tried
   * first in any case.
   */
  #decide(processed: Float32Array, position: number, ranks: Ranks, grammar: Grammar | undefined): void {
    const few = this.#truncation === undefined ? grammar?.few() : undefined;
    if (few !== undefined) {
      this.#rank(processed, position, ranks, few);
      return;
    }
    let candidates = this.#choose(processed, position, ranks);
    if (grammar === undefined) return;
    const choice = this.#choice;
    let row = processed;
    for (let struck = 0; choice.token >= 0 && !grammar.allows(asToken(choice.token)); struck++) {
      row = this.#own(row);
      if (struck < MOST_STRUCK && this.#truncation === undefined) row[choice.token] = -Infinity;
      else grammar.mask(row);
      candidates = this.#choose(row, position, ranks);
    }
    if (ranks === 2) this.#findAllowedSecond(row, position, grammar, candidates);
  }

  /** The first is allowed; strikes out runners-up until one is, among the same candidates. */
  #findAllowedSecond(
    row: Float32Array,
    position: number,
    grammar: Grammar,
    candidates: Int32Array | undefined,
  ): void {
    const choice = this.#choice;
    let processed = row;
    for (let struck = 0; choice.second >= 0 && !grammar.allows(asToken(choice.second)); struck++) {
      const masked = this.#own(processed);
      if (struck < MOST_STRUCK) masked[choice.second] = -Infinity;
      else grammar.mask(masked);
      processed = masked;
      this.#rank(masked, position, 2, candidates);
    }
  }

  #delayedAt(position: number): readonly number[] | undefined {
    const delayed = this.#delayed;
    return delayed === undefined || position >= delayed.before ? undefined : delayed.tokens;
  }

  #process(logits: Float32Array, delayed: readonly number[] | undefined): Float32Array {
    const { logitBias } = this.#options;
    if (!this.history.active && logitBias.length === 0 && delayed === undefined) return logits;
    const processed = this.#own(logits);
    this.#penalise(processed);
    for (const [token, bias] of logitBias) {
      if (token < processed.length) processed[token]! += bias;
    }
    if (delayed !== undefined) for (const token of delayed) processed[token] = -Infinity;
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
      if (candidates === undefined) this.#choice.greedy(logits);
      else this.#choice.greedyOf(candidates, logits);
      return;
    }
    const noise = this.#noise.at(seed, position);
    if (candidates === undefined) this.#choice.noisy(logits, temperature, noise, ranks);
    else this.#choice.noisyOf(candidates, logits, temperature, noise);
  }
}
