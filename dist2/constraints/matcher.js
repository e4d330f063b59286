/**
 * A grammar in use: what all requests with it share, and the place of one of them. A place is one integer, so a copy
 * costs nothing and going back is keeping a copy.
 */
import { ForetokenError } from '../base/errors.js';
import { DEAD, EXCEEDED } from './automaton.js';
import { HabitMemory, Habits } from './habits.js';
import { KEPT_BYTES, MOST_CONFIGURATIONS, MOST_STEPS_OF_A_BYTE } from './limits.js';
import { Network } from './network.js';
import { TokenAutomaton } from './token-automaton.js';
/** What is known of one grammar under one vocabulary; grows with use, and starts anew when it has grown too large. */
export class SharedGrammar {
    trie;
    #network;
    #tokens;
    #habits;
    #adoptedBytes = 0;
    constructor(compiled, trie) {
        this.trie = trie;
        this.#network = new Network(compiled);
    }
    /** Made when first asked for: a request that waits needs none. */
    get tokens() {
        this.#tokens ??= new TokenAutomaton(this.#network, this.trie);
        return this.#tokens;
    }
    /** Of the automaton of today. */
    get habits() {
        this.#habits ??= new Habits(this.tokens, this.trie);
        return this.#habits;
    }
    get bytes() {
        return this.#tokens?.bytes ?? 0;
    }
    /** Whoever has a place in the old automaton takes it along when it moves next. */
    forgetIfLarge() {
        if (this.bytes > Math.max(KEPT_BYTES, 3 * this.#adoptedBytes)) {
            this.#tokens = undefined;
            this.#habits = undefined;
            this.#adoptedBytes = 0;
        }
    }
    /** A place has been taken along: what it needs is no reason to start anew again soon. */
    adopted() {
        this.#adoptedBytes = this.bytes;
    }
    matcher() {
        return new GrammarMatcher(this);
    }
}
export class GrammarMatcher {
    shared;
    fault;
    /** Of the request: copies share it. */
    #memory;
    /** Undefined while nothing has been asked. */
    #tokens;
    #state = DEAD;
    constructor(shared, memory = new HabitMemory()) {
        this.shared = shared;
        this.#memory = memory;
    }
    allows(token) {
        const next = this.#moveToCurrent().next(this.#state, token);
        if (next === EXCEEDED)
            this.#exceeded();
        return next > EXCEEDED;
    }
    few() {
        return this.#moveToCurrent().few(this.#state);
    }
    mask(logits) {
        if (this.#moveToCurrent().mask(this.#state, logits))
            return;
        this.#exceeded();
        logits.fill(-Infinity);
    }
    accept(token) {
        const next = this.#moveToCurrent().next(this.#state, token);
        if (next <= EXCEEDED)
            throw new ForetokenError('internal_error', `The grammar does not allow token ${token} here.`);
        this.#state = next;
        this.shared.forgetIfLarge();
    }
    likely(previous) {
        this.#moveToCurrent();
        return this.shared.habits.likely(this.#state, previous, this.#memory);
    }
    learn(previous, token) {
        this.#moveToCurrent();
        this.shared.habits.learn(this.#state, previous, token, this.#memory);
    }
    clone() {
        const copy = new GrammarMatcher(this.shared, this.#memory);
        copy.#tokens = this.#tokens;
        copy.#state = this.#state;
        copy.fault = this.fault;
        return copy;
    }
    /** The automaton of today, to which the place has been taken. */
    get tokens() {
        return this.#moveToCurrent();
    }
    #moveToCurrent() {
        const current = this.shared.tokens;
        if (this.#tokens === current)
            return current;
        if (this.#tokens === undefined)
            this.#state = current.automaton.start;
        else {
            this.#state = current.automaton.adopt(this.#tokens.automaton, this.#state);
            this.shared.adopted();
        }
        this.#tokens = current;
        return current;
    }
    #exceeded() {
        this.fault ??=
            `The grammar can be read in too many ways at this place of the text: more than ${MOST_CONFIGURATIONS} at once, ` +
                `or more than ${MOST_STEPS_OF_A_BYTE} steps for one character. Write it with fewer alternatives that begin ` +
                'alike, and with repetitions that cannot be empty.';
    }
}
//# sourceMappingURL=matcher.js.map