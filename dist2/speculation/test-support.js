/** A task for a proposer, for tests: greedy, without a grammar, of sequence 0. */
import { GREEDY } from '../base/sampling-options.js';
import { sequenceId } from '../base/types.js';
import { TokenSampler } from '../sampling/sampler.js';
import { Proposal } from './proposal.js';
export function taskOf(text, options = {}) {
    const tokens = Int32Array.from(text);
    return {
        requestId: 1,
        label: 0,
        sequence: sequenceId(0),
        tokens,
        length: text.length,
        maxTokens: 4,
        sampler: new TokenSampler(tokens, GREEDY),
        grammar: undefined,
        window: undefined,
        alternatives: false,
        worth: undefined,
        pays: undefined,
        proposal: new Proposal(),
        ...options,
    };
}
//# sourceMappingURL=test-support.js.map