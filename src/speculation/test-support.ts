/** A task for a proposer, for tests: greedy, without a grammar, of sequence 0. */
import { GREEDY } from '../base/sampling-options.js';
import { sequenceId } from '../base/types.js';
import { TokenSampler } from '../sampling/sampler.js';
import { Proposal } from './proposal.js';
import type { DraftTask } from './proposer.js';

export function taskOf(text: readonly number[], options: Partial<DraftTask> = {}): DraftTask {
  const tokens = Int32Array.from(text);
  return {
    requestId: 1,
    label: 0,
    sequence: sequenceId(0),
    tokens,
    length: text.length,
    maxTokens: 4,
    sampler: new TokenSampler(tokens, GREEDY),
    proposal: new Proposal(),
    ...options,
  };
}
