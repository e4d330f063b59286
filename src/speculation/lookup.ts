/**
 * Prompt lookup: when the last tokens of a text occurred before in it, what followed then is a good guess for
 * what follows now (Saxena, "Prompt Lookup Decoding", 2023). Costs no model; an index per request is kept up
 * to date as tokens arrive.
 */
import { NgramIndex } from './ngram-index.js';
import { pruneByGrammar, type DraftTask, type Proposer } from './proposer.js';

export class LookupProposer implements Proposer {
  readonly name = 'lookup';
  readonly #indices = new Map<number, NgramIndex>();
  readonly #minNgram: number;

  /** @param minNgram shortest n-gram that is trusted, >= 1 */
  constructor(minNgram: number) {
    this.#minNgram = minNgram;
  }

  propose(tasks: readonly DraftTask[]): void {
    for (const task of tasks) {
      const { tokens, length, maxTokens, proposal } = task;
      let index = this.#indices.get(task.requestId);
      if (index === undefined) {
        index = new NgramIndex(this.#minNgram);
        this.#indices.set(task.requestId, index);
      }
      const place = index.find(tokens, length);
      if (place === undefined) continue;
      // Copying may run past the end of the known text into its own guesses: "a b a b" goes on "a b".
      for (let count = 0; count < maxTokens; count++) {
        const source = place.end + count;
        const guess = source < length ? tokens[source]! : proposal.tokens[source - length]!;
        // A guess is asked about only when those before it stood, and then they belong to the match.
        proposal.push(guess, place.length + count, 'lookup');
      }
      if (task.grammar !== undefined) pruneByGrammar(proposal, task.grammar);
    }
  }

  forgetRequest(requestId: number): void {
    this.#indices.delete(requestId);
  }
}
