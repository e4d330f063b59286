/**
 * The oracle's knowledge: for the draft model the true probabilities, known before anything has been seen. What
 * lookup and suffix find depends on the texts, so that is learned as always.
 */
import { AcceptanceModel, type AcceptanceSource, type RequestRates } from '../acceptance/acceptance-model.js';
import type { DraftTruth } from './draft-truth.js';
import type { SimRequest } from './workload.js';
import type { GuessSource } from '../speculation/proposal.js';

export class KnownAcceptance implements AcceptanceSource {
  readonly #learned = new AcceptanceModel();
  readonly #requests: readonly SimRequest[];
  readonly #truth: DraftTruth;

  constructor(requests: readonly SimRequest[], truth: DraftTruth) {
    this.#requests = requests;
    this.#truth = truth;
  }

  request(label: number, id: number): RequestRates {
    const learned = this.#learned.request(label);
    const request = this.#requests[id]!;
    const truth = this.#truth;
    const secondIsRight = truth.secondProbability(request);
    return {
      expected(source, position, optimism) {
        if (source === 'draft') return truth.probability(request, position);
        return source === 'alternative' ? secondIsRight : learned.expected(source, position, optimism);
      },
      probability(source, position, signal) {
        if (source === 'draft') return truth.posterior(request, position, signal);
        return source === 'alternative' ? secondIsRight : learned.probability(source, position, signal);
      },
      /** What is known needs no optimism. */
      optimismBonus: (source) => (isLearned(source) ? learned.optimismBonus(source) : 0),
      observe(source, ...seen) {
        if (isLearned(source)) learned.observe(source, ...seen);
      },
      observeGuess(source, ...seen) {
        if (isLearned(source)) learned.observeGuess(source, ...seen);
      },
    };
  }
}

const isLearned = (source: GuessSource): boolean => source === 'lookup' || source === 'suffix';
