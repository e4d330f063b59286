/**
 * The step loop of continuous batching. It knows no thread and no clock but the one it is given, so that it
 * is tested step by step over a fake decoder.
 *
 * Iteration-level scheduling after Yu et al., "Orca" (OSDI 2022); one token batch for prefill, decode and
 * verification after vLLM's scheduler.
 */
import { type PlainError } from '../base/errors.js';
import { GrammarPool } from '../constraints/grammar-pool.js';
import type { EngineModel } from '../decoder/decoder.js';
import type { CostTable } from '../costs/cost-table.js';
import { KvPool } from './kv-pool.js';
import { Speculator } from './speculator.js';
import { type EngineOptions, type EngineRequest, type RequestEvent, type StepReport } from './types.js';
import type { AcceptanceSource } from '../acceptance/acceptance-source.js';
/** What a step is doing, in words for `EngineStall`. */
export type Phase = 'admitting' | 'planning' | 'drafting' | 'computing prompts' | 'decoding' | 'sampling';
export declare class EngineCore {
    #private;
    readonly pool: KvPool;
    readonly grammars: GrammarPool;
    readonly speculator: Speculator;
    /** Whether the records of ended requests bring their tokens. */
    tellsTokens: boolean;
    /** @param known what decodes cost and how likely guesses stand, as far as that is known, and the clock. */
    constructor(model: EngineModel, options: EngineOptions, known?: {
        readonly costs?: CostTable | undefined;
        readonly acceptance?: AcceptanceSource;
        readonly now?: () => number;
        /** Told what it does from here on. */
        readonly onPhase?: (phase: Phase) => void;
    });
    /** True when a step would do nothing: there is no request, or all are paused. */
    get idle(): boolean;
    get running(): number;
    get waiting(): number;
    /** The news since the last call. */
    takeEvents(): RequestEvent[];
    /** Queues a request; one that cannot run is answered with an error event. */
    submit(request: EngineRequest): void;
    /** Ends a request and frees its place; nothing happens when it has ended already. */
    cancel(id: number): void;
    /**
     * Nothing more is computed for a request until `resume`. It keeps its place for as long as nobody else needs it,
     * and what it has computed for longer: its text does not change.
     */
    pause(id: number): void;
    resume(id: number): void;
    /** Ends all requests with an error. */
    failAll(error: PlainError): void;
    /** Each phase takes what it needs of those before it and returns a value. */
    step(): StepReport;
}
