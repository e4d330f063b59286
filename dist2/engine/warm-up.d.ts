import type { EngineModel } from '../decoder/decoder.js';
import type { CostTable } from '../costs/cost-table.js';
import { type EngineOptions } from './types.js';
export declare class WarmUp {
    #private;
    /** Undefined where there is nothing to gain. */
    static for(model: EngineModel, options: EngineOptions, costs: CostTable | undefined): WarmUp | undefined;
    private constructor();
    /** One step; false when it has been enough. */
    step(): boolean;
    /** Leaves the caches empty. */
    end(): void;
}
