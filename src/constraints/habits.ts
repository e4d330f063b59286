/**
 * What a grammar's text is likely to go on with, without a model. Where the next bytes are forced, the tokens that
 * spell them; where there is a choice, what was chosen last time in the same state, by this request or another with
 * the same grammar; and where a state is new but leaves little choice (blanks between the parts of JSON), what came
 * last after the same token.
 *
 * A signal tells how sure a guess is (`SIGNAL`); what each is worth is learned by the planner.
 */
import { CERTAIN, type LikelyToken } from '../base/grammar.js';
import { token as asToken } from '../base/types.js';
import { EXCEEDED } from './automaton.js';
import type { TokenAutomaton } from './token-automaton.js';
import type { TokenTrie } from './token-trie.js';

const SIGNAL = {
  /** A token within forced bytes: only a token that spells more of them could come instead. */
  forced: 16,
  /** The same choice in this state twice or more. */
  again: 8,
  /** The last token of forced bytes: one that goes on beyond them could come instead. */
  forcedToEnd: 6,
  /** The choice in this state last time. */
  once: 4,
  /** After the same token, in another state: three times or more, and less often. */
  elsewhereOften: 3,
  elsewhere: 2,
} as const;
/** Forced bytes that are looked at. */
const MOST_FORCED = 64;
/** In a state of many choices (inside a string), so many equal ones in a row make the next likely. */
const RUN_AMONG_MANY = 3;
/** States, and tokens, of which the latest choice is kept. */
const MOST_KEPT = 8_192;

interface Habit {
  token: number;
  /** Times in a row. */
  run: number;
}

/** What is known of a grammar's texts whatever the state; outlives an automaton. */
export class HabitMemory {
  /** By token: what came next where there was little choice. */
  readonly after = new Map<number, Habit>();
  /** By the last of the bytes that were forced: the token that came there, which may go on beyond them. */
  readonly afterForced = new Map<string, Habit>();
}

interface Forced {
  /** The longest that spells the beginning of what is forced. */
  readonly token: number;
  /** Whether it spells all of it. */
  readonly toEnd: boolean;
  /** What is forced, where one token spells all of it. */
  readonly text: string;
}

export class Habits {
  readonly #tokens: TokenAutomaton;
  readonly #trie: TokenTrie;
  readonly #inState = new Map<number, Habit>();
  readonly #memory: HabitMemory;
  /** [state] the guess that forced bytes give; null where they give none. */
  readonly #forced = new Map<number, Forced | null>();

  constructor(tokens: TokenAutomaton, trie: TokenTrie, memory: HabitMemory) {
    this.#tokens = tokens;
    this.#trie = trie;
    this.#memory = memory;
  }

  likely(state: number, previous: number): LikelyToken | undefined {
    const few = this.#tokens.few(state);
    if (few?.length === 1) return this.#guess(few[0]!, CERTAIN);
    const here = this.#inState.get(state);
    if (few === undefined) {
      return here !== undefined && here.run >= RUN_AMONG_MANY
        ? this.#guess(here.token, SIGNAL.elsewhere)
        : undefined;
    }
    if (here !== undefined && here.run > 1) return this.#guess(here.token, SIGNAL.again);
    const forced = this.#forcedIn(state);
    if (forced !== undefined && !forced.toEnd) return this.#guess(forced.token, SIGNAL.forced);
    if (here !== undefined) return this.#guess(here.token, SIGNAL.once);
    if (forced !== undefined) {
      const usual = this.#memory.afterForced.get(forced.text);
      const fits = usual !== undefined && this.#tokens.next(state, usual.token) > EXCEEDED;
      return this.#guess(fits ? usual.token : forced.token, SIGNAL.forcedToEnd);
    }
    const before = this.#memory.after.get(previous);
    if (before === undefined || this.#tokens.next(state, before.token) <= EXCEEDED) return undefined;
    return this.#guess(before.token, before.run > 2 ? SIGNAL.elsewhereOften : SIGNAL.elsewhere);
  }

  learn(state: number, previous: number, token: number): void {
    count(this.#inState, state, token);
    if (this.#tokens.few(state) === undefined) return;
    count(this.#memory.after, previous, token);
    const forced = this.#forcedIn(state);
    if (forced?.toEnd === true) count(this.#memory.afterForced, forced.text, token);
  }

  /** Nothing follows the end of a text. */
  #guess(token: number, signal: number): LikelyToken | undefined {
    return this.#trie.endsGeneration(token) ? undefined : { token: asToken(token), signal };
  }

  #forcedIn(state: number): Forced | undefined {
    let forced = this.#forced.get(state);
    if (forced === undefined) {
      forced = this.#spell(state) ?? null;
      if (this.#forced.size < MOST_KEPT) this.#forced.set(state, forced);
    }
    return forced ?? undefined;
  }

  /** The longest token that spells the beginning of what is forced. */
  #spell(state: number): Forced | undefined {
    const { automaton } = this.#tokens;
    const bytes: number[] = [];
    let reached = state;
    for (let byte = automaton.onlyByte(reached); byte >= 0; byte = automaton.onlyByte(reached)) {
      if (bytes.push(byte) === MOST_FORCED) break;
      reached = automaton.next(reached, byte);
    }
    const longest = this.#trie.longest(Uint8Array.from(bytes));
    if (longest === undefined) return undefined;
    const toEnd = longest.length === bytes.length;
    return { token: longest.token, toEnd, text: toEnd ? bytes.join() : '' };
  }
}

function count<Key>(habits: Map<Key, Habit>, key: Key, token: number): void {
  const habit = habits.get(key);
  if (habit === undefined) {
    if (habits.size < MOST_KEPT) habits.set(key, { token, run: 1 });
  } else if (habit.token === token) habit.run += 1;
  else {
    habit.token = token;
    habit.run = 1;
  }
}
