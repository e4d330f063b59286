/**
 * How much work one schema may cause. Automata can grow exponentially with the text that asks for them, so every
 * step of their making is paid for, and a schema that asks for too much is refused instead of waited for.
 */
/** What is wrong with an automaton or a pattern, in words that follow "the pattern" or "the text". */
export class AutomatonFault extends Error {
}
/** About a second on a slow machine, for all automata of a schema together. */
const MOST_STEPS = 4_000_000;
export class Budget {
    steps;
    whole;
    left;
    paid = new Set();
    constructor(steps = MOST_STEPS, whole) {
        this.steps = steps;
        this.whole = whole;
        this.left = steps;
    }
    /** A part of it for one piece of work, which may fail without the rest being lost. */
    part(steps) {
        return new Budget(steps, this);
    }
    /** @throws AutomatonFault when all is spent. */
    spend(steps) {
        this.left -= steps;
        this.whole?.spend(steps);
        if (this.left < 0)
            throw new AutomatonFault(`needs more than ${this.steps} steps to be made into an automaton; make it simpler or shorter`);
    }
    /** Spends of the whole, once for each thing of one name. @throws AutomatonFault */
    spendOnce(name, steps) {
        if (this.whole)
            this.whole.spendOnce(name, steps);
        else if (!this.paid.has(name)) {
            this.paid.add(name);
            this.spend(steps);
        }
    }
}
//# sourceMappingURL=budget.js.map