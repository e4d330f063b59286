/** Where the planner's costs come from at the start: measured earlier on this machine, measured now, or guessed. */
import type { LlamaEngineModel } from '../llama/engine-model.js';
import type { CostTable } from '../costs/cost-table.js';
import type { EngineOptions, ModelOptions } from './types.js';
/** @param note told in words of what went wrong; costs are found all the same */
export declare function knownCosts(model: LlamaEngineModel, options: ModelOptions, speculation: EngineOptions['speculation'], note: (text: string) => void): CostTable | undefined;
