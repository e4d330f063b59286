/** What a draft is worth to texts: how its guesses along them fare, by position, and what its tokens cost beside its target's. */
import { calibrate } from '../costs/calibrate.js';
import type { DraftCosts, TargetCosts } from '../costs/cost-table.js';
import { GREEDY } from '../base/sampling-options.js';
import { sequenceId } from '../base/types.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { TokenSampler } from '../sampling/sampler.js';
import { LookupProposer } from '../speculation/lookup.js';
import { Proposal } from '../speculation/proposal.js';
import type { CorpusText } from './corpus.js';
import { type Agreement, measureAgreement } from './evaluate.js';

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
 * @throws ForetokenError as loading a model
 */
export async function measureDraftOn(
  draft: string,
  texts: readonly CorpusText[],
  options: { readonly threads?: number; readonly signal?: AbortSignal } = {},
): Promise<ReadonlyMap<string, Agreement>> {
  const model = LlamaModel.load(draft);
  let decoder: LlamaDecoder | undefined;
  try {
    decoder = new LlamaDecoder(model, { batchSize: 512, threads: options.threads ?? 1 });
    return (await measureAgreement(decoder, texts, options.signal, MEASURED_POSITIONS)).byTask;
  } finally {
    decoder?.dispose();
    model.dispose();
  }
}

/**
 * What decodes of a draft cost beside its target's.
 * @param threads of the server; 0: physical cores
 */
export function draftCostsOf(draft: string, target: TargetCosts, threads: number): DraftCosts {
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
  const survived = new Array<number>(LOOKED_UP).fill(0);
  /** [k] steps with a guess that were not too near to the end of their text for so many. */
  const possible = new Array<number>(LOOKED_UP).fill(0);
  let [tokenCount, steps, guessed] = [0, 0, 0];
  texts.forEach(({ tokens: list, promptLength }, index) => {
    const tokens = Int32Array.from(list);
    const sampler = new TokenSampler(tokens, GREEDY);
    tokenCount += Math.max(0, tokens.length - promptLength);
    for (let length = promptLength; length < tokens.length; length++, steps++) {
      const proposal = new Proposal();
      lookup.propose([
        {
          ...{
            requestId: index,
            label: 0,
            sequence: sequenceId(0),
            tokens,
            length,
            maxTokens: LOOKED_UP,
          },
          ...{
            grammar: undefined,
            window: undefined,
            alternatives: false,
            worth: undefined,
            pays: undefined,
            proposal,
          },
          sampler,
        },
      ]);
      if (proposal.length === 0) continue;
      guessed += 1;
      for (let k = 0; k < LOOKED_UP && length + k < tokens.length; k++) possible[k]! += 1;
      let accepted = 0;
      while (accepted < proposal.length && proposal.tokens[accepted] === tokens[length + accepted])
        survived[accepted++]! += 1;
      length += accepted;
    }
    lookup.forgetRequest(index);
  });
  return {
    texts: texts.length,
    tokens: tokenCount,
    coverage: steps === 0 ? 0 : guessed / steps,
    survival: survived.flatMap((count, k) => (possible[k] === 0 ? [] : [count / possible[k]!])),
  };
}
