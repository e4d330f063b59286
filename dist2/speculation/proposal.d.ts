/** Parent of the guesses for the very next token. */
export declare const ROOT = -1;
export declare class Proposal {
    /** [node] guessed token. */
    readonly tokens: number[];
    /** [node] the node before it, or `ROOT`. */
    readonly parents: number[];
    /** [node] 0 for the next token, 1 for the one after it … */
    readonly depths: number[];
    /**
     * [node] how sure its proposer is, greater is surer, in the proposer's own unit: of a draft model how far
     * its choice lies before its second choice in nats, of lookup and suffix the length of the match in tokens.
     * The acceptance model learns what each is worth.
     */
    readonly signals: number[];
    /** [node] */
    readonly sources: NodeSource[];
    get length(): number;
    /** Adds a guess after `parent`; the number of its node. */
    add(token: number, parent: number, signal: number, source: NodeSource): number;
    /** Adds a guess after the newest one. */
    push(token: number, signal: number, source: NodeSource): void;
    /** Makes a chain at least so long, by tokens that nobody expects to stand. */
    pad(length: number, token: number): void;
    /** Nodes that somebody guessed. */
    get guesses(): number;
    /** The node that guesses `token` right after `parent`, or undefined. */
    child(parent: number, token: number): number | undefined;
    /** The nodes after which nothing is guessed; the end of the main chain first, the others in order. */
    leaves(): number[];
    /** A proposal of the nodes for which `kept` says so; one whose parent is left out is left out, too. */
    select(kept: readonly boolean[]): Proposal;
    /** Keeps the first `length` nodes. */
    cut(length: number): void;
}
/** Where a guess came from; `alternative` is the second choice of a draft model, the side branch of a tree. */
export type GuessSource = 'grammar' | 'lookup' | 'suffix' | 'draft' | 'alternative';
/**
 * Where a node of a proposal came from. `padding` nobody guessed: it only makes a proposal as long as others, where
 * unequal ones would cost more.
 */
export type NodeSource = GuessSource | 'padding';
