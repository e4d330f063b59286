/** Puts drafts of a round into the registry, with what they were made of and how they guess. */
import type { Aligned, SplitTexts } from '../../drafts/align.js';
import { promptHash } from '../../drafts/corpus.js';
import type { Agreement } from '../../drafts/evaluate.js';
import { keepAcceptance } from '../../drafts/measured.js';
import { networkShape } from '../../drafts/network.js';
import type { DraftEntry } from '../../drafts/registry/entry.js';
import type { DraftRegistry } from '../../drafts/registry/registry.js';
import { readPlausibleModel } from '../../gguf/plausibility.js';
import { conditionalRates, measuredOf } from './measure-all.js';
import type { TrafficItem } from './traffic.js';

export class DraftKeeper {
  readonly #registry: DraftRegistry;
  readonly #targetFile: string;
  /** Prompts whose answers were served. */
  readonly #served: ReadonlySet<string>;

  /** @param targetFile fingerprint of the file that answers are of */
  constructor(
    registry: DraftRegistry,
    targetFile: string,
    served: readonly NonNullable<TrafficItem['served']>[],
  ) {
    this.#registry = registry;
    this.#targetFile = targetFile;
    this.#served = new Set(served.map(promptHash));
  }

  dataOf({ sha256, answerTokens }: Aligned, { training }: SplitTexts): DraftEntry['data'] {
    const served = training.filter((text) => this.#served.has(promptHash(text))).length;
    return { texts: training.length, answerTokens, sha256, served, generated: training.length - served };
  }

  /**
   * @param agreement on texts of the task that it was not trained on, where that is known
   * @throws ForetokenError as `DraftRegistry.add`
   */
  keep(
    file: string,
    task: string,
    settings: DraftEntry['settings'],
    data: DraftEntry['data'],
    agreement?: Agreement,
  ): Promise<DraftEntry> {
    const [head] = readPlausibleModel(file);
    const { layers, width, vocabularySize: vocabulary } = networkShape(head);
    // Where learning begins in the engine that loads it.
    if (agreement !== undefined) keepAcceptance(file, conditionalRates(agreement.survival));
    return this.#registry.add(file, {
      ...{ id: task, task, settings, data, targetFile: this.#targetFile },
      shape: { layers, width, vocabulary },
      acceptance: agreement === undefined ? {} : { [task]: measuredOf(agreement) },
      // Known when all drafts are measured together.
      tokenMs: 0,
      madeAt: Date.now(),
    });
  }
}
