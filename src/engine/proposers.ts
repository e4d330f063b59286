/**
 * All that can guess here, and what becomes of those that fail. Guesses are optional: when a proposer fails, the step is
 * slower and the text the same, and it is left out for a while.
 */
import { ForetokenError } from '../base/errors.js';
import type { SequenceId } from '../base/types.js';
import type { EngineModel } from '../decoder/decoder.js';
import { DraftModelProposer } from '../speculation/draft-model.js';
import { GrammarProposer } from '../speculation/grammar.js';
import { LookupProposer } from '../speculation/lookup.js';
import type { DraftTask, Proposer } from '../speculation/proposer.js';
import { SuffixProposer } from '../speculation/suffix.js';
import { DraftSet, type Draft } from './draft-set.js';
import type { EngineOptions, ProposerName } from './types.js';

/** Steps that a proposer is left out after it has failed. */
const BACKOFF_STEPS = 64;

export class Proposers {
  readonly drafts: DraftSet;
  readonly suffix: SuffixProposer | undefined;
  /** Those whose guesses cost next to nothing. */
  readonly free: readonly Proposer[];
  /** What may guess at all: allowed, and able to with this target. */
  readonly #able: readonly ProposerName[];
  readonly #grows: boolean;
  /** [name of a proposer, or key of a draft] the step from which it is asked again. */
  readonly #leftOut = new Map<string, number>();
  #step = 0;
  readonly #told = new Set<string>();
  #failures: string[] = [];

  /**
   * @param onDrafted told of each decode of a draft
   * @param onDraftGone told of a draft that nobody has any more
   */
  constructor(
    model: EngineModel,
    options: EngineOptions['speculation'],
    now: () => number,
    onDrafted: (key: string, tokens: number, tokenCells: number, ms: number) => void,
    onDraftGone: (draft: Draft) => void,
  ) {
    const { canTruncate, branchSequences } = model.decoder;
    this.#able = options.mode !== 'off' && canTruncate ? options.proposers : [];
    this.#grows = branchSequences > 0;
    this.drafts = new DraftSet(
      options.draftBytes ?? Infinity,
      ({ decoder }, key) =>
        new DraftModelProposer(
          decoder,
          (token) => model.isEndOfGeneration(token),
          (...decode) => {
            onDrafted(key, ...decode);
          },
          now,
        ),
      onDraftGone,
    );
    const can = (name: ProposerName): boolean => this.#able.includes(name);
    if (can('suffix')) this.suffix = new SuffixProposer(options.suffixBytes);
    this.free = [
      can('lookup') ? new LookupProposer(options.lookupMinNgram) : undefined,
      this.suffix,
      can('grammar') ? new GrammarProposer() : undefined,
    ].filter((proposer) => proposer !== undefined);
  }

  /** Whether anything may guess, now or once a draft is loaded. */
  get any(): boolean {
    return this.#able.length > 0;
  }

  /** What can guess now. */
  get names(): readonly ProposerName[] {
    return this.#able.filter((name) => {
      if (name === 'draft') return this.drafts.available;
      if (name === 'tree') return this.#grows && this.drafts.available;
      return this.free.some((proposer) => proposer.name === name);
    });
  }

  beginStep(): void {
    this.#step += 1;
  }

  /** @param key the proposer's name, or the draft's key */
  isLeftOut(key: string): boolean {
    return this.#step < (this.#leftOut.get(key) ?? 0);
  }

  /** Has the proposals of tasks filled; false when that came to nothing. @param key as in `isLeftOut` */
  ask(proposer: Proposer, tasks: readonly DraftTask[], key: string = proposer.name): boolean {
    if (tasks.length === 0 || this.isLeftOut(key)) return false;
    try {
      proposer.propose(tasks);
      return true;
    } catch (thrown) {
      this.#leftOut.set(key, this.#step + BACKOFF_STEPS);
      this.#tell(`${proposer.name}: ${ForetokenError.from(thrown).message}`);
      return false;
    }
  }

  /** What has failed since the last call, each kind of failure once in all: it may repeat every step. */
  takeFailures(): readonly string[] {
    const failures = this.#failures;
    if (failures.length > 0) this.#failures = [];
    return failures;
  }

  #tell(failure: string): void {
    if (this.#told.has(failure)) return;
    this.#told.add(failure);
    this.#failures.push(failure);
  }

  /** A request leaves its place: it has ended or is to come back. */
  forgetRequest(id: number): void {
    this.drafts.release(id);
    for (const proposer of this.free) proposer.forgetRequest?.(id);
  }

  /** The target's cache of this sequence was cleared. */
  forgetSequence(sequence: SequenceId): void {
    for (const { proposer } of this.drafts.all) proposer.forgetSequence(sequence);
  }
}
