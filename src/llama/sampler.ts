/**
 * llama.cpp's own sampler chains. Foretoken samples by itself (`sampling/`); these are an independent
 * reference for it.
 */
import { ForetokenError } from '../base/errors.js';
import { token, type Token } from '../base/types.js';
import type { Llama, Pointer } from './declarations.js';
import { NativeHandle } from './handle.js';
import type { Library } from './library.js';
import { TokenCandidates } from './token-candidates.js';

export type SamplerStep =
  | { readonly kind: 'greedy' }
  | { readonly kind: 'dist'; readonly seed: number }
  | { readonly kind: 'top-k'; readonly k: number }
  | { readonly kind: 'top-p'; readonly p: number; readonly minKeep?: number }
  | { readonly kind: 'min-p'; readonly p: number; readonly minKeep?: number }
  | { readonly kind: 'temperature'; readonly temperature: number }
  | {
      readonly kind: 'penalties';
      readonly lastN: number;
      readonly repeat?: number;
      readonly frequency?: number;
      readonly presence?: number;
    };

export class SamplerChain {
  readonly #llama: Llama;
  readonly #handle: NativeHandle;
  readonly #candidates: TokenCandidates;

  private constructor(llama: Llama, chain: Pointer, vocabularySize: number) {
    this.#llama = llama;
    this.#candidates = new TokenCandidates(vocabularySize);
    this.#handle = new NativeHandle('sampler', chain, (pointer) => {
      llama.samplerFree(pointer);
    });
  }

  /** The steps in order; one that chooses (`greedy`, `dist`) comes last. */
  static create(library: Library, vocabularySize: number, steps: readonly SamplerStep[]): SamplerChain {
    const { llama } = library;
    const chain = llama.samplerChain({ no_perf: true });
    for (const step of steps) llama.samplerAdd(chain, createStep(llama, step, vocabularySize));
    return new SamplerChain(llama, chain, vocabularySize);
  }

  /** The chosen token for a row of logits, which stays as it is. Not yet accepted. */
  sample(logits: Float32Array): Token {
    const { selected, tokens } = this.apply(logits);
    if (selected < 0)
      throw new ForetokenError('invalid_option', 'The sampler chain has no step that chooses a token.');
    return token(tokens[selected]!);
  }

  /** What is left after all steps, with probabilities where a step computes them. */
  apply(logits: Float32Array): ReturnType<TokenCandidates['read']> {
    if (logits.length !== this.#candidates.capacity)
      throw new ForetokenError(
        'internal_error',
        `${logits.length} logits for a sampler over ${this.#candidates.capacity} tokens`,
      );
    const pointer = this.#handle.pointer;
    this.#candidates.set(logits);
    this.#llama.samplerApply(pointer, this.#candidates.pointer);
    return this.#candidates.read();
  }

  /** Tells the steps that remember (penalties) which token was chosen. */
  accept(chosen: Token): void {
    this.#llama.samplerAccept(this.#handle.pointer, chosen);
  }

  /** Forgets the accepted tokens. */
  reset(): void {
    this.#llama.samplerReset(this.#handle.pointer);
  }

  clone(): SamplerChain {
    return new SamplerChain(
      this.#llama,
      this.#llama.samplerClone(this.#handle.pointer),
      this.#candidates.capacity,
    );
  }

  dispose(): void {
    this.#handle.dispose();
  }
}

function createStep(llama: Llama, step: SamplerStep, vocabularySize: number): Pointer {
  switch (step.kind) {
    case 'greedy':
      return llama.samplerGreedy();
    case 'dist':
      return llama.samplerDist(step.seed);
    case 'top-k':
      return llama.samplerTopK(step.k);
    case 'top-p':
      return llama.samplerTopP(step.p, step.minKeep ?? 1);
    case 'min-p':
      return llama.samplerMinP(step.p, step.minKeep ?? 1);
    case 'temperature':
      return llama.samplerTemperature(step.temperature);
    case 'penalties':
      return llama.samplerPenalties(
        vocabularySize,
        step.lastN,
        step.repeat ?? 1,
        step.frequency ?? 0,
        step.presence ?? 0,
      );
  }
}
