/**
 * How much work one schema may cause. Automata can grow exponentially with the text that asks for them, so every
 * step of their making is paid for, and a schema that asks for too much is refused instead of waited for.
 */
/** What is wrong with an automaton or a pattern, in words that follow "the pattern" or "the text". */
export declare class AutomatonFault extends Error {
}
export declare class Budget {
    private readonly steps;
    private readonly whole?;
    private left;
    private readonly paid;
    constructor(steps?: number, whole?: Budget | undefined);
    /** A part of it for one piece of work, which may fail without the rest being lost. */
    part(steps: number): Budget;
    /** @throws AutomatonFault when all is spent. */
    spend(steps: number): void;
    /** Spends of the whole, once for each thing of one name. @throws AutomatonFault */
    spendOnce(name: string, steps: number): void;
}
