/**
 * Prompt lookup: when the last tokens of a text occurred before in it, what followed then is a good guess for
 * what follows now (Saxena, "Prompt Lookup Decoding", 2023). Costs no model; an index per request is kept up
 * to date as tokens arrive.
 */
import { continuationSignal } from './continuation-signal.js';
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
      const match = index.find(tokens, length);
      if (match === undefined) continue;
      let { ends } = match;
      for (let count = 0; count < maxTokens; count++) {
        // Copying may run past the end of the known text into its own guesses: "a b a b" goes on "a b".
        const next = (end: number): number =>
          end + count < length ? tokens[end + count]! : proposal.tokens[end + count - length]!;
        const guess = next(ends[0]!);
        const agreeing = ends.filter((end) => next(end) === guess);
        // A guess is asked about only when those before it were accepted, and then they belong to the match.
        proposal.push(
          guess,
          continuationSignal(agreeing.length, ends.length, match.length + count),
          'lookup',
        );
        ends = agreeing;
      }
      if (task.grammar !== undefined) pruneByGrammar(proposal, task.grammar);
    }
  }

  forgetRequest(requestId: number): void {
    this.#indices.delete(requestId);
  }
}
