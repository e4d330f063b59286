/** The cost predictor for users (DNNAbacus, arXiv 2205.12095): from a file to the time and memory of a step (network-costs.ts). */
import { readNetwork } from './graph/read.js';
import { type LearnedCosts, readCosts, SHIPPED_COSTS } from './model-file.js';
import { type CostPrediction, type CostQuestion, NetworkCosts } from './network-costs.js';

export type { CostPrediction, CostQuestion, OperatorCost } from './network-costs.js';

export class CostModel {
  readonly #costs: NetworkCosts;

  private constructor(learned: LearnedCosts) {
    this.#costs = new NetworkCosts(learned);
  }

  /**
   * Reads the shipped model, or another one.
   * @throws ForetokenError `file_not_found`; `invalid_option` for a file of another version
   */
  static load(file: string = SHIPPED_COSTS): CostModel {
    return new CostModel(readCosts(file));
  }

  static of(learned: LearnedCosts): CostModel {
    return new CostModel(learned);
  }

  /**
   * Predicts time and memory of a step.
   * @throws ForetokenError `unknown_device`; `file_not_found` or `invalid_network` for the network; `invalid_option` for a
   * batch below 1 or a precision that the device does not have
   */
  predict(question: CostQuestion): CostPrediction {
    const { network } = question;
    return this.#costs.predict(typeof network === 'string' ? readNetwork(network) : network, question);
  }
}
