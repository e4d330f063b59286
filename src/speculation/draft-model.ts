/**
 * Guesses by a small model with the target's vocabulary (Leviathan et al., "Fast Inference from Transformers
 * via Speculative Decoding", ICML 2023), all requests in one batch per depth. It draws with each request's
 * own sampler and thus with the very noise that the target will use, which makes agreement as likely as the
 * two distributions allow without a correction step (Daliri et al., "Coupling without Communication", 2024).
 */
import type { Grammar } from '../base/grammar.js';
import { token as asToken, position as asPosition, type SequenceId } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
import type { DraftTask, Proposer } from './proposer.js';
import { MOST_BRANCHES } from './tree.js';

interface Drafting {
  readonly task: DraftTask;
  readonly grammar: Grammar | undefined;
  /** Row of the logits for its next guess. */
  row: number;
  /** Of each position, when they are wanted. */
  readonly seconds: SecondChoice[];
  /** What further guesses are worth; undefined where nobody asks. */
  worth: readonly number[] | undefined;
}

interface SecondChoice {
  readonly token: number;
  readonly parent: number;
  /** How much the first was preferred, nats. */
  readonly margin: number;
}

/** The tokens of one sequence in the draft's KV cache. */
interface Held {
  tokens: Int32Array;
  length: number;
  /** Place in the text of the first of them: not 0 only while the draft sees no more than the end of a text. */
  start: number;
  /** Of these, how many are known to be the beginning of `requestId`'s text. */
  checked: number;
  requestId: number;
}

/** The text that a draft is asked about. */
type DraftText = Pick<DraftTask, 'requestId' | 'sequence' | 'tokens' | 'length'>;

export class DraftModelProposer implements Proposer {
  readonly name = 'draft';
  readonly #decoder: Decoder;
  readonly #isEndOfGeneration: (token: ReturnType<typeof asToken>) => boolean;
  readonly #held: Held[];
  readonly #onDecode: (tokens: number, tokenCells: number, ms: number) => void;
  readonly #now: () => number;
  #startedMs = 0;
  #decoded = false;

  /**
   * @param onDecode told of each decode: its tokens, the KV cells they attended to, and milliseconds with the
   *   choice of guesses after it
   */
  constructor(
    decoder: Decoder,
    isEndOfGeneration: (token: ReturnType<typeof asToken>) => boolean,
    onDecode: (tokens: number, tokenCells: number, ms: number) => void = () => undefined,
    now: () => number = () => performance.now(),
  ) {
    this.#decoder = decoder;
    this.#isEndOfGeneration = isEndOfGeneration;
    this.#onDecode = onDecode;
    this.#now = now;
    this.#held = Array.from({ length: decoder.maxSequences }, () => ({
      tokens: new Int32Array(64),
      length: 0,
      start: 0,
      checked: 0,
      requestId: -1,
    }));
  }

  propose(tasks: readonly DraftTask[]): void {
    const able = tasks.filter((task) => task.length + task.maxTokens <= this.#decoder.sequenceCapacity);
    let started: readonly Drafting[];
    try {
      let drafting = this.#catchUp(able);
      started = drafting;
      while (drafting.length > 0) {
        drafting = worthwhile(drafting.filter((one) => this.#guess(one)));
        this.#told();
        if (!this.#advance(drafting)) break;
      }
      this.#told();
    } finally {
      // The guesses moved the samplers' histories ahead of the text.
      for (const task of able) task.sampler.history.pop(task.proposal.tokens);
    }
    // The main chain stands first in a proposal.
    for (const one of started) addSeconds(one);
  }

  /** Tokens that are computed at once at most. */
  get batchSize(): number {
    return this.#decoder.batch.capacity;
  }

  /** Tokens to compute before the first guess for a text; at least 1, whose logits are needed. */
  catchUp(task: DraftText): number {
    const held = this.#held[task.sequence]!;
    return held.start === 0 ? task.length - this.#shared(task) : task.length;
  }

  /** The same when the last `window` tokens of the text are enough. */
  catchUpWithin(task: DraftText, window: number): number {
    const { start } = this.#held[task.sequence]!;
    return Math.min(task.length - start - this.#shared(task), task.length, window);
  }

  /** The target's cache of this sequence was cleared. When a request ends, the cache stays: the next may begin alike. */
  forgetSequence(sequence: SequenceId): void {
    const held = this.#held[sequence];
    if (held === undefined || held.length === 0) return;
    this.#decoder.truncate(sequence, asPosition(0));
    held.length = 0;
    held.start = 0;
    held.checked = 0;
  }

  /**
   * Brings the draft's cache towards what is known, by one decode. A text that does not fit into it guesses
   * nothing yet, so that a long prompt delays the others by no more than one batch a step.
   */
  #catchUp(tasks: readonly DraftTask[]): Drafting[] {
    const { batch } = this.#decoder;
    const drafting: Drafting[] = [];
    batch.clear();
    for (const task of tasks) {
      const held = this.#trim(task);
      const from = held.start + held.length;
      const end = Math.min(task.length, from + batch.free);
      for (let at = from; at < end; at++) {
        const last = at === task.length - 1;
        const row = batch.add(asToken(task.tokens[at]!), asPosition(at - held.start), task.sequence, last);
        if (last) drafting.push({ task, grammar: task.grammar?.clone(), row, seconds: [], worth: undefined });
        hold(held, task.tokens[at]!);
      }
    }
    if (batch.length > 0 && !this.#decode()) return this.#abandon();
    return drafting;
  }

  /** Removes from the draft's cache what is not the beginning of the known text. */
  #trim(task: DraftTask): Held {
    const held = this.#held[task.sequence]!;
    const { window } = task;
    let same = this.#shared(task);
    const suits = window === undefined ? held.start === 0 : task.length - held.start - same <= window;
    if (!suits) {
      same = 0;
      held.checked = 0;
    }
    if (same < held.length) {
      this.#decoder.truncate(task.sequence, asPosition(same));
      held.length = same;
    }
    if (!suits) held.start = window === undefined ? 0 : Math.max(0, task.length - window);
    return held;
  }

  /** How many tokens of the text the draft's cache holds from its start on, the last one left out. */
  #shared(task: DraftText): number {
    const held = this.#held[task.sequence]!;
    if (held.requestId !== task.requestId) {
      held.requestId = task.requestId;
      held.checked = 0;
    }
    // The last known token is always computed anew when nothing else is, for its logits are needed.
    const { start } = held;
    const limit = Math.max(0, Math.min(held.length, task.length - 1 - start));
    let same = Math.min(held.checked, limit);
    while (same < limit && held.tokens[same] === task.tokens[start + same]) same += 1;
    held.checked = same;
    return same;
  }

  /** Makes one guess; false when this task needs no more after it. */
  #guess(one: Drafting): boolean {
    const guess = this.#draw(one);
    const { proposal, maxTokens, worth } = one.task;
    const goesOn =
      guess !== undefined && proposal.length < maxTokens && !this.#isEndOfGeneration(asToken(guess));
    one.worth = goesOn ? worth?.(proposal.signals.at(-1)!) : undefined;
    return goesOn && (one.worth === undefined || one.worth.some((each) => each > 0));
  }

  /** Undefined when the grammar leaves nothing to guess. */
  #draw({ task, grammar, row, seconds }: Drafting): number | undefined {
    const position = task.length + task.proposal.length;
    const { token: guess, margin, second } = task.sampler.draw(this.#decoder.logits(row), position, grammar);
    if (guess < 0) return undefined;
    grammar?.accept(asToken(guess));
    if (task.alternatives && second >= 0)
      seconds.push({ token: second, parent: task.proposal.length - 1, margin });
    task.proposal.push(guess, margin, 'draft');
    task.sampler.history.push(guess);
    return guess;
  }

  /** Feeds the latest guess of each; false when there is nothing more to guess from. */
  #advance(drafting: readonly Drafting[]): boolean {
    const { batch } = this.#decoder;
    batch.clear();
    for (const one of drafting) {
      const { task } = one;
      const latest = task.proposal.tokens.at(-1)!;
      const held = this.#held[task.sequence]!;
      const at = task.length + task.proposal.length - 1 - held.start;
      one.row = batch.add(asToken(latest), asPosition(at), task.sequence, true);
      hold(held, latest);
    }
    if (batch.length === 0) return false;
    if (this.#decode()) return true;
    this.#abandon();
    return false;
  }

  #decode(): boolean {
    this.#startedMs = this.#now();
    this.#decoded = this.#decoder.decode() === 'done';
    return this.#decoded;
  }

  /** Tells what a decode and the guesses after it have taken. */
  #told(): void {
    const { batch } = this.#decoder;
    if (this.#decoded) this.#onDecode(batch.length, batch.attendedCells, this.#now() - this.#startedMs);
    this.#decoded = false;
  }

  /** The draft's cache is full or broken: start it anew next time, go on with the guesses there are. */
  #abandon(): [] {
    this.#held.forEach((held, sequence) => {
      if (held.length > 0) this.forgetSequence(sequence as SequenceId);
    });
    return [];
  }
}

/** All that would go on, or nobody where that does not pay. Who guesses a fixed number does so anyway. */
function worthwhile(drafting: Drafting[]): Drafting[] {
  const worths = drafting.flatMap(({ worth }) => (worth === undefined ? [] : [worth]));
  const pays = drafting[0]?.task.pays;
  return pays === undefined || worths.length < drafting.length || pays(worths) ? drafting : [];
}

/** The second choices of those positions where the first was preferred least. */
function addSeconds({ task, seconds }: Drafting): void {
  seconds.sort((a, b) => a.margin - b.margin);
  for (const { token, parent, margin } of seconds.slice(0, MOST_BRANCHES))
    task.proposal.add(token, parent, margin, 'alternative');
}

function hold(held: Held, token: number): void {
  if (held.length === held.tokens.length) {
    const grown = new Int32Array(held.tokens.length * 2);
    grown.set(held.tokens);
    held.tokens = grown;
  }
  held.tokens[held.length++] = token;
}
