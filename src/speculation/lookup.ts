/**
 * Prompt lookup: when the last tokens of a text occurred before in it, what followed then is a good guess for
 * what follows now (Saxena, "Prompt Lookup Decoding", 2023). Costs no model; an index per request is kept up
 * to date as tokens arrive.
 */
import type { SequenceId } from '../base/types.js';
import { pruneByGrammar, type DraftTask, type Proposer } from './proposer.js';

/** Longest n-gram that is looked up first; longer matches are more often right. */
const MAX_NGRAM = 4;

export interface LookupOptions {
  /** Shortest n-gram that is trusted, 1 to 4. */
  readonly minNgram: number;
}

/** Where each n-gram of one text last ended, so that a lookup is a few map reads. */
class NgramIndex {
  /** [n - minNgram]: key of an n-gram -> position after its most recent occurrence. */
  readonly #ends: Map<string, number>[];
  readonly #minNgram: number;
  #indexed = 0;

  constructor(minNgram: number) {
    this.#minNgram = minNgram;
    this.#ends = Array.from({ length: MAX_NGRAM - minNgram + 1 }, () => new Map<string, number>());
  }

  /** Position in `tokens` from which to copy, or undefined. Indexes what came since the last call. */
  find(tokens: Int32Array, length: number): number | undefined {
    // An n-gram that ends at the end of the text has no continuation yet: it is indexed one call later.
    for (let end = this.#indexed + 1; end < length; end++) {
      this.#ends.forEach((ends, index) => {
        const n = index + this.#minNgram;
        if (end >= n) ends.set(keyOf(tokens, end - n, end), end);
      });
    }
    this.#indexed = Math.max(this.#indexed, length - 1);
    for (let n = Math.min(MAX_NGRAM, length); n >= this.#minNgram; n--) {
      const end = this.#ends[n - this.#minNgram]!.get(keyOf(tokens, length - n, length));
      if (end !== undefined) return end;
    }
    return undefined;
  }
}

function keyOf(tokens: Int32Array, from: number, to: number): string {
  let key = '';
  for (let index = from; index < to; index++) key += `${tokens[index]!},`;
  return key;
}

export class LookupProposer implements Proposer {
  readonly name = 'lookup';
  readonly #indices = new Map<number, NgramIndex>();
  readonly #options: LookupOptions;

  constructor(options: LookupOptions) {
    this.#options = options;
  }

  propose(tasks: readonly DraftTask[]): void {
    for (const task of tasks) {
      const { tokens, length, maxTokens, proposal } = task;
      let index = this.#indices.get(task.requestId);
      if (index === undefined) {
        index = new NgramIndex(this.#options.minNgram);
        this.#indices.set(task.requestId, index);
      }
      const from = index.find(tokens, length);
      if (from === undefined) continue;
      // Copying may run past the end of the known text into its own guesses: "a b a b" goes on "a b".
      for (let count = 0; count < maxTokens; count++) {
        const source = from + count;
        const guess = source < length ? tokens[source]! : proposal.tokens[source - length]!;
        proposal.push(guess, this.#options.minNgram, 'lookup');
      }
      if (task.grammar !== undefined) pruneByGrammar(proposal, task.grammar);
    }
  }

  forgetRequest(requestId: number): void {
    this.#indices.delete(requestId);
  }

  forgetSequence(_sequence: SequenceId): void {
    // The index belongs to the text, not to a cache.
  }
}
