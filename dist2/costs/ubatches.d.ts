/**
 * How the library cuts a batch when every sequence has a stream of KV cells of its own: into parts of equally
 * many tokens of sequences that follow each other by number (llama.cpp, `llama_batch_allocr::split_equal` with
 * `sequential`), each computed by itself. So 1, 2, 3 and 4 tokens of four sequences are four decodes of 4, 3, 2
 * and 1 tokens, and cost about as much: 12.8 ms instead of 7.4 ms for ten tokens in one piece (demo model,
 * 1 thread, EPYC Genoa); 4 sequences with a token each take 3.7 ms in order, 6.6 ms in the opposite order and
 * 6.5 ms as sequences 0, 2, 4 and 6. In one pool of cells every batch is one part.
 */
/** The tokens of one sequence in a batch. */
export interface SequenceShare {
    readonly sequence: number;
    readonly tokens: number;
}
/** A part of a batch, computed by itself. */
export interface UbatchShape {
    readonly sequences: number;
    /** Of all of them together. */
    readonly tokens: number;
}
/**
 * Tokens of each part, in order of computing.
 * @param shares one for each sequence, in the order of their first tokens in the batch
 * @param unified one pool of cells for all sequences
 */
export declare function ubatchesOf(shares: readonly SequenceShare[], unified: boolean): number[];
/** The same with the sequences that each part is of. */
export declare function ubatchShapesOf(shares: readonly SequenceShare[], unified: boolean): UbatchShape[];
/** Two lists in ascending order of sequences as one; what both hold of a sequence is added up. */
export declare function mergeShares(a: readonly SequenceShare[], b: readonly SequenceShare[]): SequenceShare[];
