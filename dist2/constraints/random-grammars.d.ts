/** Random GBNF, for fuzzing: grammars that parse, grammars that hardly do, and texts that once were grammars. */
export declare class GrammarMaker {
    #private;
    /** @param next numbers in [0, 1) */
    constructor(next: () => number);
    /** Valid, or nearly always so but for left recursion and rules that lead nowhere. */
    grammar(): string;
    /** A grammar with some of it exchanged, left out or doubled. */
    mutant(): string;
    /** A text with one place changed. */
    changed(text: string): string;
}
