/**
 * A grammar as data, rendered to GBNF, llama.cpp's notation (its `grammars/README.md`).
 *
 * Kept as data rather than text so that what the native parser would only refuse or, worse, never finish can
 * be found here and named: rules that begin with themselves, rules that no finite text satisfies, and
 * repetitions so large that they would cost seconds to expand.
 */
import type { CodePoints } from './code-points.js';
export type GbnfNode = {
    readonly kind: 'text';
    readonly text: string;
} | {
    readonly kind: 'set';
    readonly set: CodePoints;
} | {
    readonly kind: 'rule';
    readonly name: string;
} | {
    readonly kind: 'sequence';
    readonly nodes: readonly GbnfNode[];
} | {
    readonly kind: 'choice';
    readonly nodes: readonly GbnfNode[];
} | {
    readonly kind: 'repeat';
    readonly node: GbnfNode;
    readonly min: number;
    readonly max: number;
};
export declare const text: (value: string) => GbnfNode;
export declare const oneOf: (set: CodePoints) => GbnfNode;
export declare const rule: (name: string) => GbnfNode;
export declare const sequence: (...nodes: readonly GbnfNode[]) => GbnfNode;
export declare const choice: (...nodes: readonly GbnfNode[]) => GbnfNode;
export declare const EMPTY: GbnfNode;
export declare const optional: (node: GbnfNode) => GbnfNode;
/** For single characters and rules; anything larger goes through `GbnfGrammar.repeat`. */
export declare const repeat: (node: GbnfNode, min: number, max: number) => GbnfNode;
/** What is wrong with a grammar, and the rule where it shows. */
export declare class GrammarFault extends Error {
    readonly rule: string;
    constructor(message: string, ruleName: string);
}
export declare class GbnfGrammar {
    private readonly rules;
    /** Names that `reserve` does not give away. */
    private readonly taken;
    private readonly nameByContent;
    /** The next number to try for names of one beginning. */
    private readonly nextNumber;
    private expansions;
    constructor(taken: Iterable<string>);
    /** A free rule name like `hint`, to be given its content by `define`. */
    reserve(hint: string): string;
    define(name: string, node: GbnfNode): void;
    has(name: string): boolean;
    /** Makes a rule of a node, or finds the one that has the same content. */
    named(hint: string, node: GbnfNode): GbnfNode;
    /** `node` from `min` to `max` times; `max` may be Infinity. */
    repeat(hint: string, node: GbnfNode, min: number, max: number): GbnfNode;
    private counted;
    private count;
    /** The grammar itself. @throws GrammarFault */
    checked(): ReadonlyMap<string, GbnfNode>;
    /** The text of the grammar; `root` first. @throws GrammarFault */
    render(): string;
    private check;
    /** A rule that may begin with itself. Without recursion: chains of rules may be long. */
    private leftRecursive;
    /**
     * Least fixed point: the rules of which a property holds, given the rules of which it holds already. Each
     * rule is looked at again when one that it names has joined.
     */
    private namesWhere;
}
