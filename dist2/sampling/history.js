export class TokenHistory {
    /** Token -> occurrences in the output (presence and frequency penalty). */
    outputCounts = new Map();
    /** Token -> occurrences among the last `repeatLastN` of prompt and output (repeat penalty). */
    recentCounts = new Map();
    #recent = [];
    #repeatLastN;
    #active;
    constructor(prompt, options) {
        this.#repeatLastN = options.repeatPenalty === 1 ? 0 : options.repeatLastN;
        this.#active = this.#repeatLastN > 0 || options.presencePenalty !== 0 || options.frequencyPenalty !== 0;
        if (this.#repeatLastN > 0) {
            for (const token of prompt.subarray(Math.max(0, prompt.length - this.#repeatLastN)))
                this.#remember(token);
        }
    }
    /** True when any penalty depends on what was said before. */
    get active() {
        return this.#active;
    }
    push(token) {
        if (!this.#active)
            return;
        add(this.outputCounts, token, 1);
        if (this.#repeatLastN > 0)
            this.#remember(token);
    }
    /** Takes back the last `count` pushed tokens. */
    pop(tokens) {
        if (!this.#active)
            return;
        for (let index = tokens.length - 1; index >= 0; index--) {
            add(this.outputCounts, tokens[index], -1);
            if (this.#repeatLastN === 0)
                continue;
            this.#recent.pop();
            add(this.recentCounts, tokens[index], -1);
            // What the popped token had pushed out of the window comes back.
            const back = this.#recent[this.#recent.length - this.#repeatLastN];
            if (back !== undefined)
                add(this.recentCounts, back, 1);
        }
    }
    #remember(token) {
        this.#recent.push(token);
        add(this.recentCounts, token, 1);
        const gone = this.#recent[this.#recent.length - 1 - this.#repeatLastN];
        if (gone !== undefined)
            add(this.recentCounts, gone, -1);
    }
}
function add(counts, token, change) {
    const count = (counts.get(token) ?? 0) + change;
    if (count === 0)
        counts.delete(token);
    else
        counts.set(token, count);
}
//# sourceMappingURL=history.js.map