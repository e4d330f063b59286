/** Requests that only generate, greedily and past any end of the text: of simulations, trials and warming up. */
import { GREEDY } from '../base/sampling-options.js';
import { AS_THE_ENGINE, type EngineRequest } from './types.js';

export function plainRequest(
  id: number,
  prompt: Int32Array,
  maxTokens: number,
  more: Partial<EngineRequest> = {},
): EngineRequest {
  return {
    id,
    prompt,
    maxTokens,
    sampling: GREEDY,
    stop: [],
    ignoreEndOfGeneration: true,
    grammar: undefined,
    topLogprobs: -1,
    speculation: AS_THE_ENGINE,
    label: 0,
    ...more,
  };
}
