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
import { TokenHistory } from './history.js';
import { MAX_GUMBEL, PositionNoise } from './noise.js';
import { Truncation } from './truncation.js';

export class TokenSampler {
  readonly history: TokenHistory;
  readonly #options: SamplingOptions;
  readonly #noise = new PositionNoise();
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
    const choice = this.#choose(processed, position);
    if (grammar === undefined || grammar.allows(asToken(choice))) return choice;
    // The likeliest token overall is not allowed: mask all that are not, and choose anew. Asking for one
    // token first saves the mask over the whole vocabulary in nearly every case.
    const masked = this.#own(processed);
    grammar.mask(masked);
    return this.#choose(masked, position);
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

  #choose(logits: Float32Array, position: number): number {
    const { temperature, seed } = this.#options;
    if (temperature === 0) return argmax(logits);
    const noise = this.#noise.at(seed, position);
    if (this.#truncation !== undefined) {
      return noisyArgmaxOf(this.#truncation.keep(logits), logits, temperature, noise);
    }
    return noisyArgmax(logits, temperature, noise);
  }
}

/** Index of the highest value, the lowest such index on ties. */
export function argmax(values: Float32Array): number {
  let best = 0;
  let highest = -Infinity;
  for (let index = 0; index < values.length; index++) {
    const value = values[index]!;
    if (value > highest) {
      highest = value;
      best = index;
    }
  }
  return best;
}

function noisyArgmax(logits: Float32Array, temperature: number, noise: PositionNoise): number {
  // Starting at the likeliest token makes the bound tight at once: a token that even the highest possible
  // noise cannot lift above the best so far needs no draw, which spares most of a large vocabulary.
  let best = argmax(logits);
  let highest = logits[best]! / temperature + noise.gumbel(best);
  const reach = MAX_GUMBEL * temperature;
  let floor = highest * temperature - reach;
  for (let token = 0; token < logits.length; token++) {
    if (logits[token]! < floor || token === best) continue;
    const value = logits[token]! / temperature + noise.gumbel(token);
    if (value > highest || (value === highest && token < best)) {
      highest = value;
      best = token;
      floor = highest * temperature - reach;
    }
  }
  return best;
}

function noisyArgmaxOf(
  candidates: Int32Array,
  logits: Float32Array,
  temperature: number,
  noise: PositionNoise,
): number {
  let best = candidates[0]!;
  let highest = -Infinity;
  for (const token of candidates) {
    const value = logits[token]! / temperature + noise.gumbel(token);
    if (value > highest || (value === highest && token < best)) {
      highest = value;
      best = token;
    }
  }
  return best;
}
