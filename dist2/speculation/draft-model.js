import { token as asToken, position as asPosition } from '../base/types.js';
import { MOST_BRANCHES } from './tree.js';
export class DraftModelProposer {
    name = 'draft';
    #decoder;
    #isEndOfGeneration;
    #held;
    #onDecode;
    #now;
    #startedMs = 0;
    #decoded = false;
    /**
     * @param onDecode told of each decode: its tokens, the KV cells they attended to, and milliseconds with the
     *   choice of guesses after it
     */
    constructor(decoder, isEndOfGeneration, onDecode = () => undefined, now = () => performance.now()) {
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
    propose(tasks) {
        const able = tasks.filter((task) => task.length + task.maxTokens <= this.#decoder.sequenceCapacity);
        let started;
        try {
            let drafting = this.#catchUp(able);
            started = drafting;
            while (drafting.length > 0) {
                drafting = worthwhile(drafting.filter((one) => this.#guess(one)));
                this.#told();
                if (!this.#advance(drafting))
                    break;
            }
            this.#told();
        }
        finally {
            // The guesses moved the samplers' histories ahead of the text.
            for (const task of able)
                task.sampler.history.pop(task.proposal.tokens);
        }
        // The main chain stands first in a proposal.
        for (const one of started)
            addSeconds(one);
    }
    /** Tokens that are computed at once at most. */
    get batchSize() {
        return this.#decoder.batch.capacity;
    }
    /** Tokens to compute before the first guess for a text; at least 1, whose logits are needed. */
    catchUp(task) {
        const held = this.#held[task.sequence];
        return held.start === 0 ? task.length - this.#shared(task) : task.length;
    }
    /** The same when the last `window` tokens of the text are enough. */
    catchUpWithin(task, window) {
        const { start } = this.#held[task.sequence];
        return Math.min(task.length - start - this.#shared(task), task.length, window);
    }
    forgetRequest(_requestId) {
        // The cache stays: the next request in this sequence may share its beginning.
    }
    forgetSequence(sequence) {
        const held = this.#held[sequence];
        if (held === undefined || held.length === 0)
            return;
        this.#decoder.truncate(sequence, asPosition(0));
        held.length = 0;
        held.start = 0;
        held.checked = 0;
    }
    /**
     * Brings the draft's cache towards what is known, by one decode. A text that does not fit into it guesses
     * nothing yet, so that a long prompt delays the others by no more than one batch a step.
     */
    #catchUp(tasks) {
        const { batch } = this.#decoder;
        const drafting = [];
        batch.clear();
        for (const task of tasks) {
            const held = this.#trim(task);
            const from = held.start + held.length;
            const end = Math.min(task.length, from + batch.free);
            for (let at = from; at < end; at++) {
                const last = at === task.length - 1;
                const row = batch.add(asToken(task.tokens[at]), asPosition(at - held.start), task.sequence, last);
                if (last)
                    drafting.push({ task, grammar: task.grammar?.clone(), row, seconds: [], worth: undefined });
                hold(held, task.tokens[at]);
            }
        }
        if (batch.length > 0 && !this.#decode())
            return this.#abandon();
        return drafting;
    }
    /** Removes from the draft's cache what is not the beginning of the known text. */
    #trim(task) {
        const held = this.#held[task.sequence];
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
        if (!suits)
            held.start = window === undefined ? 0 : Math.max(0, task.length - window);
        return held;
    }
    /** How many tokens of the text the draft's cache holds from its start on, the last one left out. */
    #shared(task) {
        const held = this.#held[task.sequence];
        if (held.requestId !== task.requestId) {
            held.requestId = task.requestId;
            held.checked = 0;
        }
        // The last known token is always computed anew when nothing else is, for its logits are needed.
        const { start } = held;
        const limit = Math.max(0, Math.min(held.length, task.length - 1 - start));
        let same = Math.min(held.checked, limit);
        while (same < limit && held.tokens[same] === task.tokens[start + same])
            same += 1;
        held.checked = same;
        return same;
    }
    /** Makes one guess; false when this task needs no more after it. */
    #guess(one) {
        const guess = this.#draw(one);
        const { proposal, maxTokens, worth } = one.task;
        const goesOn = guess !== undefined && proposal.length < maxTokens && !this.#isEndOfGeneration(asToken(guess));
        one.worth = goesOn ? worth?.(proposal.signals.at(-1)) : undefined;
        return goesOn && (one.worth === undefined || one.worth.some((each) => each > 0));
    }
    /** Undefined when the grammar leaves nothing to guess. */
    #draw({ task, grammar, row, seconds }) {
        const position = task.length + task.proposal.length;
        const { token: guess, margin, second } = task.sampler.draw(this.#decoder.logits(row), position, grammar);
        if (guess < 0)
            return undefined;
        grammar?.accept(asToken(guess));
        if (task.alternatives && second >= 0)
            seconds.push({ token: second, parent: task.proposal.length - 1, margin });
        task.proposal.push(guess, margin, 'draft');
        task.sampler.history.push(guess);
        return guess;
    }
    /** Feeds the latest guess of each; false when there is nothing more to guess from. */
    #advance(drafting) {
        const { batch } = this.#decoder;
        batch.clear();
        for (const one of drafting) {
            const { task } = one;
            const latest = task.proposal.tokens.at(-1);
            const held = this.#held[task.sequence];
            const at = task.length + task.proposal.length - 1 - held.start;
            one.row = batch.add(asToken(latest), asPosition(at), task.sequence, true);
            hold(held, latest);
        }
        if (batch.length === 0)
            return false;
        if (this.#decode())
            return true;
        this.#abandon();
        return false;
    }
    #decode() {
        this.#startedMs = this.#now();
        this.#decoded = this.#decoder.decode() === 'done';
        return this.#decoded;
    }
    /** Tells what a decode and the guesses after it have taken. */
    #told() {
        const { batch } = this.#decoder;
        if (this.#decoded)
            this.#onDecode(batch.length, batch.attendedCells, this.#now() - this.#startedMs);
        this.#decoded = false;
    }
    /** The draft's cache is full or broken: start it anew next time, go on with the guesses there are. */
    #abandon() {
        this.#held.forEach((held, sequence) => {
            if (held.length > 0)
                this.forgetSequence(sequence);
        });
        return [];
    }
}
/** All that would go on, or nobody where that does not pay. Who guesses a fixed number does so anyway. */
function worthwhile(drafting) {
    const worths = drafting.flatMap(({ worth }) => (worth === undefined ? [] : [worth]));
    const pays = drafting[0]?.task.pays;
    return pays === undefined || worths.length < drafting.length || pays(worths) ? drafting : [];
}
/** The second choices of those positions where the first was preferred least. */
function addSeconds({ task, seconds }) {
    seconds.sort((a, b) => a.margin - b.margin);
    for (const { token, parent, margin } of seconds.slice(0, MOST_BRANCHES))
        task.proposal.add(token, parent, margin, 'alternative');
}
function hold(held, token) {
    if (held.length === held.tokens.length) {
        const grown = new Int32Array(held.tokens.length * 2);
        grown.set(held.tokens);
        held.tokens = grown;
    }
    held.tokens[held.length++] = token;
}
//# sourceMappingURL=draft-model.js.map