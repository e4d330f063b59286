/**
 * What a step costs, as one plain immutable record: the planner reads it, the latency model writes a new one
 * now and then, and a logged plan can be computed again from the very table it was made with.
 */
/**
 * Time of a decode of n tokens: straight lines between measured points, so that the dear step from one token
 * to two and other bends are in it; beyond the last point it goes on as between the last two.
 */
export interface CostCurve {
    /** Ascending; the first is 1. */
    readonly tokens: readonly number[];
    /** [point] milliseconds. */
    readonly ms: readonly number[];
}
export interface CostTable {
    /** Counts the tables of one run, so that plans can say which they used. */
    readonly version: number;
    /** A decode of the target with logits for every token, before any context is read. */
    readonly target: CostCurve;
    /** Milliseconds for each pair of a batch token and a KV cell that it attends to. */
    readonly targetMsPerTokenCell: number;
    /** Milliseconds less for each token that needs no logits. */
    readonly targetMsPerOutput: number;
    /** Added when a decode has another number of tokens than the one before: the library rebuilds its graph. */
    readonly targetResizeMs: number;
    /** Added when the draft has run since the decode before: its weights are now where the target's were in the caches. */
    readonly targetAfterDraftMs: number;
    /** A decode of the draft model; undefined without one. */
    readonly draft: CostCurve | undefined;
    readonly draftMsPerTokenCell: number;
    /** Added to the first of the draft's decodes in a step, for the same reason. */
    readonly draftAfterTargetMs: number;
    /** Per step outside all decodes, and more for each verified row: sampling, bookkeeping, events. */
    readonly overheadMs: number;
    readonly overheadMsPerRow: number;
    /** More for a step that guesses: planning, asking, learning. */
    readonly overheadMsGuessing: number;
}
/** The work of one decode of the target. */
export interface TargetWork {
    readonly tokens: number;
    /** Tokens whose logits are wanted. */
    readonly outputs: number;
    /** Sum over tokens of the cells each attends to. */
    readonly tokenCells: number;
    /** Whether the decode before had another number of tokens. */
    readonly resized: boolean;
    /** Whether the draft model has run since; undefined for not. */
    readonly afterDraft?: boolean;
    /**
     * Tokens of each part in which the library computes the batch, one after the other (`parts.ts`); undefined
     * or one part: in one piece.
     */
    readonly parts?: readonly number[] | undefined;
}
/** The point at which the stretch of a curve begins that `tokens` >= 1 tokens lie on. */
export declare function stretchOf(points: readonly number[], tokens: number): number;
/** Milliseconds for a decode of `tokens` >= 0 tokens by a curve; 0 for none. */
export declare function curveMs({ tokens: points, ms }: CostCurve, tokens: number): number;
/** Milliseconds of a decode of the target. */
export declare function targetMs(table: CostTable, work: TargetWork): number;
/** Graphs that the library builds anew for a decode: parts mostly differ in size. */
export declare function resizesOf({ resized, parts }: TargetWork): number;
/** Milliseconds of one decode of the draft model; 0 without one. */
export declare function draftMs(table: CostTable, tokens: number, tokenCells: number): number;
/** Milliseconds of a step outside the decodes, when `rows` rows of logits are sampled from. */
export declare function overheadMs(table: CostTable, rows: number, guessed: boolean): number;
