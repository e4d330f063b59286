/** Machines with known costs, for tests: what a decode takes by a table, and decoders that move a clock by it. */
import type { DecodeOutcome, EngineModel } from '../decoder/decoder.js';
import { FakeDecoder, type FakeDecoderOptions } from '../decoder/fake.js';
import { type CostCurve, type CostTable } from './cost-table.js';
/** A curve with bends, as small models on a processor have them. */
export declare const BENT: CostCurve;
export declare const MACHINE: CostTable;
/** A machine on which nothing costs anything but a decode of the target: for tests that set what matters to them. */
export declare const FREE: CostTable;
export interface Clock {
    ms: number;
    /** The decoder that ran last. */
    latest?: unknown;
}
/** A decoder that takes as long as a table says, on a clock of its own. */
export declare class TimedDecoder extends FakeDecoder {
    #private;
    constructor(options: FakeDecoderOptions, clock: Clock, costs: CostTable, factor?: () => number);
    decode(): DecodeOutcome;
}
/** The costs of the draft as if it were a target. */
export declare function asTarget(costs: CostTable): CostTable;
/** A model that takes as long as a table says. */
export declare function timedModel(costs: CostTable, clock: Clock, options?: FakeDecoderOptions, factor?: () => number): EngineModel & {
    readonly decoder: TimedDecoder;
};
