/**
 * What a grammar's text is likely to go on with, without a model. Where the next bytes are forced, the tokens that
 * spell them; where there is a choice, what was chosen last time in the same state, by this request or another with
 * the same grammar; and, for blanks and punctuation of a request's own style, what it wrote last after the same token.
 *
 * A signal tells how sure a guess is (`SIGNAL`); what each is worth is learned by the planner. Of 876 tokens of
 * SmolLM2's JSON, four answers of 20 fields, 473 were so guessed right and 109 wrong, mostly where little was known yet.
 */
import { CERTAIN } from '../base/grammar.js';
import { token as asToken } from '../base/types.js';
import { EXCEEDED } from './automaton.js';
const SIGNAL = {
    /** The request wrote the same after the same token three times in a row or more. */
    often: 12,
    /** The same choice in this state twice or more. */
    again: 8,
    /** Among forced bytes. */
    forced: 7,
    /** Forced bytes that one token spells to their end, where one that goes on could come: as last time. */
    forcedToEnd: 6,
    /** The choice in this state last time. */
    once: 4,
    /** The request wrote it after the same token; or it came several times in a row among many. */
    seldom: 2,
};
/** Forced bytes that are looked at. */
const MOST_FORCED = 64;
/** In a state of many choices (inside a string), so many equal ones in a row make the next likely. */
const RUN_AMONG_MANY = 3;
/** States, and tokens, of which the latest choice is kept. */
const MOST_KEPT = 8_192;
/** What one request has written, whatever the state. */
export class HabitMemory {
    /** By token: what came after it where there was little choice. */
    after = new Map();
    /** By the last of the bytes that were forced: the token that came there, which may go on beyond them. */
    afterForced = new Map();
}
export class Habits {
    #tokens;
    #trie;
    #inState = new Map();
    /** [state] the guess that forced bytes give; null where they give none. */
    #forced = new Map();
    constructor(tokens, trie) {
        this.#tokens = tokens;
        this.#trie = trie;
    }
    likely(state, previous, memory) {
        const few = this.#tokens.few(state);
        if (few?.length === 1)
            return this.#guess(few[0], CERTAIN);
        const here = this.#inState.get(state);
        if (few === undefined)
            return here !== undefined && here.run >= RUN_AMONG_MANY
                ? this.#guess(here.token, SIGNAL.seldom)
                : undefined;
        const own = this.#fitting(memory.after.get(previous), state);
        if (own !== undefined && own.run > 2)
            return this.#guess(own.token, SIGNAL.often);
        if (here !== undefined && here.run > 1)
            return this.#guess(here.token, SIGNAL.again);
        const forced = this.#forcedIn(state);
        if (forced !== undefined && !forced.toEnd)
            return this.#guess(forced.token, SIGNAL.forced);
        const usual = forced && this.#fitting(memory.afterForced.get(forced.text), state);
        if (usual !== undefined)
            return this.#guess(usual.token, SIGNAL.forcedToEnd);
        if (here !== undefined)
            return this.#guess(here.token, SIGNAL.once);
        if (own !== undefined)
            return this.#guess(own.token, SIGNAL.seldom);
        return forced && this.#guess(forced.token, SIGNAL.once);
    }
    learn(state, previous, token, memory) {
        count(this.#inState, state, token);
        if (this.#tokens.few(state) === undefined)
            return;
        count(memory.after, previous, token);
        const forced = this.#forcedIn(state);
        if (forced?.toEnd === true)
            count(memory.afterForced, forced.text, token);
    }
    #fitting(habit, state) {
        return habit !== undefined && this.#tokens.next(state, habit.token) > EXCEEDED ? habit : undefined;
    }
    /** Nothing follows the end of a text. */
    #guess(token, signal) {
        return this.#trie.endsGeneration(token) ? undefined : { token: asToken(token), signal };
    }
    #forcedIn(state) {
        let forced = this.#forced.get(state);
        if (forced === undefined) {
            forced = this.#spell(state) ?? null;
            if (this.#forced.size < MOST_KEPT)
                this.#forced.set(state, forced);
        }
        return forced ?? undefined;
    }
    /** The first token of what is forced. */
    #spell(state) {
        const { automaton } = this.#tokens;
        const bytes = [];
        let reached = state;
        for (let byte = automaton.onlyByte(reached); byte >= 0; byte = automaton.onlyByte(reached)) {
            if (bytes.push(byte) === MOST_FORCED)
                break;
            reached = automaton.next(reached, byte);
        }
        const first = this.#trie.first(Uint8Array.from(bytes));
        if (first === undefined)
            return undefined;
        const toEnd = first.length === bytes.length;
        return { token: first.token, toEnd, text: toEnd ? bytes.join() : '' };
    }
}
function count(habits, key, token) {
    const habit = habits.get(key);
    if (habit === undefined) {
        if (habits.size < MOST_KEPT)
            habits.set(key, { token, run: 1 });
    }
    else if (habit.token === token)
        habit.run += 1;
    else {
        habit.token = token;
        habit.run = 1;
    }
}
//# sourceMappingURL=habits.js.map