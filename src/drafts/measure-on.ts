/** What a draft is worth to texts: how its guesses along them fare, by position, and what its tokens cost beside its target's. */
import { calibrate } from '../costs/calibrate.js';
import type { ModelCosts } from '../costs/cost-table.js';
import { GREEDY } from '../base/sampling-options.js';
import { sum } from '../base/statistics.js';
import { sequenceId } from '../base/types.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { TokenSampler } from '../sampling/sampler.js';
import { LookupProposer } from '../speculation/lookup.js';
import { Proposal } from '../speculation/proposal.js';
import type { CorpusText } from './corpus.js';
import { type Agreement, measureAgreement, StepCounts } from './evaluate.js';

/** Positions told apart; what lies beyond follows the last. */
export const MEASURED_POSITIONS = 8;
/** For the costs of a draft. */
const CALIBRATION_MS = 300;
/** Guesses of a step of lookup, as `--draft-max` is where nobody says otherwise. */
const LOOKED_UP = 16;
/** As `--lookup-min-ngram` is where nobody says otherwise. */
const LOOKUP_MIN_NGRAM = 2;

/**
 * How a draft guesses along texts that it was not trained on, by task.
 * @param options.positions guesses of each step
 * @throws ForetokenError as loading a model
 */
export async function measureDraftOn(
  draft: string,
  texts: readonly CorpusText[],
  options: { readonly threads?: number; readonly signal?: AbortSignal; readonly positions?: number } = {},
): Promise<ReadonlyMap<string, Agreement>> {
  const model = LlamaModel.load(draft);
  let decoder: LlamaDecoder | undefined;
  try {
    decoder = new LlamaDecoder(model, { batchSize: 512, threads: options.threads ?? 1 });
    const { signal, positions = MEASURED_POSITIONS } = options;
    return (await measureAgreement(decoder, texts, signal, positions)).byTask;
  } finally {
    decoder?.dispose();
    model.dispose();
  }
}

/**
 * What decodes of a draft cost beside its target's.
 * @param threads of the server; 0: physical cores
 */
export function draftCostsOf(draft: string, target: ModelCosts, threads: number): ModelCosts {
  const model = LlamaModel.load(draft);
  let decoder: LlamaDecoder | undefined;
  try {
    // Two threads wait for each other whenever somebody else has a core.
    decoder = new LlamaDecoder(model, { contextSize: 1024, batchSize: 512, threads, adaptThreads: true });
    decoder.warmUp();
    return calibrate({ draft: decoder, known: target }, { budgetMs: CALIBRATION_MS }).draft!;
  } finally {
    decoder?.dispose();
    model.dispose();
  }
}

/** How often looking up in the text itself has a guess, and how its guesses fare then, in steps as a server takes them. */
export interface LookupAgreement {
  readonly texts: number;
  readonly tokens: number;
  /** Share of steps with a guess. */
  readonly coverage: number;
  /** [k] share of those steps in which the first k + 1 guesses are accepted. */
  readonly survival: readonly number[];
}

export function measureLookup(texts: readonly CorpusText[]): LookupAgreement {
  const lookup = new LookupProposer(LOOKUP_MIN_NGRAM);
  const counts = new StepCounts(LOOKED_UP);
  let steps = 0;
  texts.forEach(({ tokens: list, promptLength }, requestId) => {
    const tokens = Int32Array.from(list);
    const sampler = new TokenSampler(tokens, GREEDY);
    const asked = { requestId, label: 0, sequence: sequenceId(0), maxTokens: LOOKED_UP, sampler };
    for (let length = promptLength; length < tokens.length; length++, steps++) {
      const proposal = new Proposal();
      lookup.propose([{ ...asked, tokens, length, proposal }]);
      if (proposal.length === 0) continue;
      let accepted = 0;
      while (accepted < proposal.length && proposal.tokens[accepted] === tokens[length + accepted])
        accepted++;
      counts.add(accepted, tokens.length - length);
      length += accepted;
    }
    lookup.forgetRequest(requestId);
  });
  return {
    texts: texts.length,
    tokens: sum(texts, ({ tokens, promptLength }) => Math.max(0, tokens.length - promptLength)),
    coverage: steps === 0 ? 0 : counts.steps / steps,
    survival: counts.survival,
  };
}
