import type { Position, SequenceId } from '../base/types.js';
import { TokenBatch } from './batch.js';
import type { DecodeOutcome, Decoder, EngineModel } from './decoder.js';
/** Fills `logits` for the token that follows `tokens`. */
export type NextTokenModel = (tokens: readonly number[], logits: Float32Array) => void;
export interface FakeDecoderOptions {
    readonly vocabularySize?: number;
    readonly cellCount?: number;
    readonly maxSequences?: number;
    readonly branchSequences?: number;
    readonly batchSize?: number;
    readonly unified?: boolean;
    readonly canTruncate?: boolean;
    readonly exactRows?: number;
    readonly next?: NextTokenModel;
}
/**
 * A Markov text of the given order: logits are hashes of the last tokens, so every context has its own fixed
 * distribution. `sharpness` spreads the logits (nats); two models with the same `salt` agree, and
 * `disagreement` is the share of contexts in which a model goes its own way.
 */
export declare function hashedModel(options: {
    salt: number;
    order?: number;
    sharpness?: number;
    disagreement?: number;
}): NextTokenModel;
export declare class FakeDecoder implements Decoder {
    #private;
    readonly vocabularySize: number;
    readonly cellCount: number;
    readonly sequenceCapacity: number;
    readonly maxSequences: number;
    readonly branchSequences: number;
    readonly unified: boolean;
    readonly canTruncate: boolean;
    readonly exactRows: number;
    readonly batch: TokenBatch;
    /** Outcomes that the next decodes report instead of working; for fault tests. */
    readonly faults: DecodeOutcome[];
    decodes: number;
    constructor(options?: FakeDecoderOptions);
    decode(): DecodeOutcome;
    logits(row: number): Float32Array;
    truncate(sequence: SequenceId, from: Position): void;
    copyPrefix(source: SequenceId, destination: SequenceId, to: Position): void;
    share(source: SequenceId, destination: SequenceId, from: Position, to: Position): void;
    adopt(source: SequenceId, destination: SequenceId, from: Position): void;
    lengthOf(sequence: SequenceId): number;
    /** Distinct cells held by all sequences. */
    get cellsInUse(): number;
    dispose(): void;
}
/**
 * The whole model in fake: token t is the letter chr(97 + t % 26) in text, and token 0 ends a generation.
 */
export declare function fakeModel(options?: FakeDecoderOptions & {
    draft?: FakeDecoderOptions;
}): EngineModel & {
    readonly decoder: FakeDecoder;
    readonly draft: FakeDecoder | undefined;
};
