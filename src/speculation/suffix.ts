/**
 * Suffix drafting: what followed the end of the text in earlier outputs, most often, is a good guess for what
 * follows now (after Oliaro et al., "SuffixDecoding", NeurIPS 2025, with votes of the latest places in the stead of
 * counts over all). Costs no model; pays where answers repeat themselves from one request to the next. What the text
 * itself holds is prompt lookup's business.
 */
import { continuationSignal } from './continuation-signal.js';
import { OutputStore } from './output-store.js';
import { pruneByGrammar, type DraftTask, type Proposer } from './proposer.js';

/** A chain of guesses ends where less than this share of the texts went on like that. */
const MIN_CONFIDENCE = 0.1;
/** Tokens to index in a step, or a share of what waits when much does: one long output must not hold up a step. */
const STEP_WORK = 32;
const STEP_WORK_SHARE = 1 / 32;

export class SuffixProposer implements Proposer {
  readonly name = 'suffix';
  readonly #store: OutputStore;

  /**
   * @param maxBytes most memory of the store of earlier outputs
   * @throws ForetokenError `invalid_option` for a size that cannot be
   */
  constructor(maxBytes: number) {
    this.#store = new OutputStore(maxBytes);
  }

  /** Bytes of the store, and how much is in it. */
  get statistics(): { bytes: number; tokens: number; pending: number } {
    const { bytes, size, pending } = this.#store;
    return { bytes, tokens: size, pending };
  }

  /**
   * Stores the finished output `tokens[from, to)`. A few of the prompt's last tokens (8, say) belong to it: by
   * them its beginning is found. Copies, and leaves the rest of the work to later steps.
   */
  learn(tokens: Int32Array, from: number, to: number, label: number): void {
    this.#store.learn(tokens, from, to, label);
  }

  propose(tasks: readonly DraftTask[]): void {
    this.#store.work(Math.max(STEP_WORK, Math.ceil(this.#store.pending * STEP_WORK_SHARE)));
    for (const task of tasks) {
      this.#copy(task);
      if (task.grammar !== undefined) pruneByGrammar(task.proposal, task.grammar);
    }
  }

  #copy({ tokens, length, label, maxTokens, proposal }: DraftTask): void {
    const match = this.#store.find(tokens, length, label);
    if (match === undefined) return;
    let { ends } = match;
    let confidence = 1;
    for (let count = 0; count < maxTokens; count++) {
      const [guess, agreeing] = this.#vote(ends, count);
      confidence *= agreeing.length / ends.length;
      if (confidence < MIN_CONFIDENCE) return;
      proposal.push(guess, continuationSignal(agreeing.length, ends.length, match.length + count), 'suffix');
      ends = agreeing;
    }
  }

  /** What most of the places go on with `count` tokens later, of equals the one seen last, and those that do; none where nobody goes on. */
  #vote(ends: readonly number[], count: number): readonly [guess: number, agreeing: readonly number[]] {
    const agreeing = new Map<number, number[]>();
    let best: readonly [number, readonly number[]] = [-1, []];
    for (const end of ends) {
      const token = this.#store.tokenAt(end + count);
      if (token < 0) continue;
      const those = agreeing.get(token) ?? [];
      agreeing.set(token, those);
      those.push(end);
    }
    for (const [token, those] of agreeing) if (those.length > best[1].length) best = [token, those];
    return best;
  }
}
