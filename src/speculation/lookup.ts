/**
 * Prompt lookup: when the last tokens of a text occurred before in it, what followed then is a good guess for
 * what follows now (Saxena, "Prompt Lookup Decoding", 2023). Costs no model; an index per request is kept up
 * to date as tokens arrive.
 */
import { continuationSignal } from './continuation-signal.js';
import { NgramIndex, type IndexedText } from './ngram-index.js';
import { pruneByGrammar, type DraftTask, type Proposer } from './proposer.js';

/** Places that say how sure a guess is. */
const MOST_PLACES = 16;
/** Positions that an index begins with. */
const LEAST_CAPACITY = 256;

interface TextIndex {
  readonly ngrams: NgramIndex;
  /** The n-grams that end up to here are in it. */
  indexed: number;
}

export class LookupProposer implements Proposer {
  readonly name = 'lookup';
  readonly #indices = new Map<number, TextIndex>();
  readonly #minNgram: number;

  /** @param minNgram shortest n-gram that is trusted, >= 1 */
  constructor(minNgram: number) {
    this.#minNgram = minNgram;
  }

  propose(tasks: readonly DraftTask[]): void {
    for (const task of tasks) {
      const { tokens, length, maxTokens, proposal } = task;
      const text = { tokens, mask: -1, oldest: 0 };
      const index = this.#indexOf(task, text);
      const match = index.find(text, tokens, length, MOST_PLACES);
      if (match === undefined) continue;
      // To look for the longest match among all the places gave no more on the demo's held-out answers, and 0.3 % more
      // tokens a step on source files of 1,500 tokens and more.
      const same = index.extend(text, match.ends[0]!, tokens, length, match.length);
      let { ends } = match;
      for (let count = 0; count < maxTokens; count++) {
        // Copying may run past the end of the known text into its own guesses: "a b a b" goes on "a b".
        const next = (end: number): number =>
          end + count < length ? tokens[end + count]! : proposal.tokens[end + count - length]!;
        const guess = next(ends[0]!);
        const agreeing = ends.filter((end) => next(end) === guess);
        // A guess is asked about only when those before it were accepted, and then they belong to the match.
        proposal.push(guess, continuationSignal(agreeing.length, ends.length, same + count), 'lookup');
        ends = agreeing;
      }
      if (task.grammar !== undefined) pruneByGrammar(proposal, task.grammar);
    }
  }

  forgetRequest(requestId: number): void {
    this.#indices.delete(requestId);
  }

  /** With what came since the last call; an n-gram at the end of the text has no continuation yet. */
  #indexOf({ requestId, length }: DraftTask, text: IndexedText): NgramIndex {
    let own = this.#indices.get(requestId);
    if (own === undefined || own.ngrams.capacity < length) {
      const capacity = Math.max(LEAST_CAPACITY, 2 ** Math.ceil(Math.log2(length)));
      own = { ngrams: new NgramIndex(this.#minNgram, capacity), indexed: 0 };
      this.#indices.set(requestId, own);
    }
    while (own.indexed < length - 1) own.ngrams.add(text, ++own.indexed);
    return own.ngrams;
  }
}
