import { type GrammarSource } from './grammar-source.js';
import type { CompiledGrammar } from './network.js';
export interface CompilerLimits {
    /** For one grammar, while it is compiled. */
    readonly timeMs: number;
    /** Grammars that may wait; one more is refused. */
    readonly waiting: number;
    /** Characters of all that wait. */
    readonly waitingCharacters: number;
    /** Of the results that are kept. */
    readonly keptBytes: number;
    /** Heap of the thread. */
    readonly heapMegabytes: number;
}
export declare class GrammarCompiler {
    #private;
    constructor(limits?: Partial<CompilerLimits>);
    /** @throws ForetokenError `invalid_grammar`, `invalid_schema`, `queue_full`, `shutting_down` */
    compile(source: GrammarSource): Promise<CompiledGrammar>;
    /** Answers who waits with `shutting_down` and ends the thread. */
    close(): Promise<void>;
}
