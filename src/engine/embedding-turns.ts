/**
 * Embeddings beside the step loop: one piece of one text at a time, and while requests generate, no more time for
 * embeddings than for them. First come, first served; clients send their texts one by one.
 */
import { ForetokenError, type PlainError } from '../base/errors.js';
import type { Answer } from './messages.js';

/** Computes a piece at each `next`; the embedding is what it returns. */
export type EmbeddingPieces = Generator<void, Float32Array, void>;

export class EmbeddingTurns {
  readonly #begin: (tokens: Int32Array) => EmbeddingPieces;
  readonly #now: () => number;
  readonly #waiting: { readonly id: number; readonly tokens: Int32Array }[] = [];
  #current: { readonly id: number; readonly pieces: EmbeddingPieces } | undefined;
  /** What the latest piece took, less what steps have taken since. */
  #debtMs = 0;

  constructor(begin: (tokens: Int32Array) => EmbeddingPieces, now = (): number => performance.now()) {
    this.#begin = begin;
    this.#now = now;
  }

  get idle(): boolean {
    return this.#current === undefined && this.#waiting.length === 0;
  }

  add(id: number, tokens: Int32Array): void {
    this.#waiting.push({ id, tokens });
  }

  cancel(id: number): void {
    if (this.#current?.id === id) this.#current = undefined;
    const at = this.#waiting.findIndex((one) => one.id === id);
    if (at >= 0) this.#waiting.splice(at, 1);
  }

  /**
   * Computes a piece if it is the embeddings' turn.
   * @param stepMs what the step before took; undefined when no request generates
   */
  turn(stepMs: number | undefined): Answer | undefined {
    if (stepMs !== undefined) {
      this.#debtMs -= stepMs;
      if (this.#debtMs > 0) return undefined;
    }
    if (this.idle) return undefined;
    const startMs = this.#now();
    const answer = this.#piece();
    this.#debtMs = this.#now() - startMs;
    return answer;
  }

  /** The answers to all that wait. */
  failAll(error: PlainError): Answer[] {
    const ids = [...(this.#current === undefined ? [] : [this.#current]), ...this.#waiting.splice(0)];
    this.#current = undefined;
    return ids.map(({ id }) => ({ id, error }));
  }

  #piece(): Answer | undefined {
    const id = this.#current?.id ?? this.#waiting[0]!.id;
    try {
      if (this.#current === undefined) {
        const { tokens } = this.#waiting.shift()!;
        this.#current = { id, pieces: this.#begin(tokens) };
      }
      const { done, value } = this.#current.pieces.next();
      if (done !== true) return undefined;
      this.#current = undefined;
      return { id, value };
    } catch (thrown) {
      this.#current = undefined;
      return { id, error: ForetokenError.from(thrown).toPlain() };
    }
  }
}
