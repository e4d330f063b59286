import type { Position, SequenceId } from '../base/types.js';
import { TokenBatch } from '../decoder/batch.js';
import type { DecodeOutcome, Decoder } from '../decoder/decoder.js';
import { type UbatchShape } from '../costs/ubatches.js';
import { type SimRequest } from './workload.js';
/** What a decoder says at a position, and what it costs to ask. */
export interface Voice {
    /**
     * Time passes for this batch.
     * @param tokenCells sum over tokens of the cells each attends to
     * @param parts in which the library computes it, one after the other
     */
    spend(tokens: number, outputs: number, tokenCells: number, parts: readonly UbatchShape[]): void;
    /** The choice for `position` of a request's text, the next best one and how far behind that is in nats. */
    say(request: SimRequest, position: number, depth: number): Choice;
    /** The first look at a row of logits. */
    look?(): void;
}
export interface Choice {
    readonly token: number;
    readonly second: number;
    readonly margin: number;
}
export interface SimDecoderShape {
    readonly maxSequences: number;
    readonly sequenceCapacity: number;
    readonly batchSize: number;
    readonly unified: boolean;
}
export declare class SimDecoder implements Decoder {
    #private;
    readonly vocabularySize = 256;
    readonly cellCount: number;
    readonly sequenceCapacity: number;
    readonly maxSequences: number;
    readonly unified: boolean;
    /** A simulation grows no token trees. */
    readonly branchSequences = 0;
    readonly exactRows: number;
    readonly canTruncate = true;
    readonly batch: TokenBatch;
    /** Outcomes that the next decodes report instead of working. */
    readonly faults: DecodeOutcome[];
    /** [k]: how often a sequence had k guesses beside its last token in a batch. */
    readonly lengths: number[];
    /** Sum over decodes of the sequences that wanted logits. */
    sampledSequences: number;
    /** Real, not virtual, time inside `decode`, milliseconds. */
    wallMs: number;
    /** @param target of a draft */
    constructor(shape: SimDecoderShape, requests: readonly SimRequest[], voice: Voice, target?: SimDecoder);
    decode(): DecodeOutcome;
    /** The next row of any sequence begins a new step's guesses. */
    resetDepths(): void;
    logits(row: number): Float32Array;
    truncate(sequence: SequenceId, from: Position): void;
    copyPrefix(source: SequenceId, destination: SequenceId, to: Position): void;
    share(): never;
    adopt(): never;
    lengthOf(sequence: SequenceId): number;
    dispose(): void;
}
