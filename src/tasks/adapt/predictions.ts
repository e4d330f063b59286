/**
 * What is predicted of drafts before anything is trained (`drafts/sizes.ts`): the size of a new one, and the minutes that
 * aligning one takes; and afterwards how long their tokens were predicted to take.
 */
import { knownProfile } from '../../abacus/gguf/known-profiles.js';
import type { ProcessorMachine } from '../../abacus/gguf/step-time.js';
import { ForetokenError } from '../../base/errors.js';
import { cacheDirectory } from '../../base/private-folder.js';
import { sizeText } from '../../base/size-text.js';
import type { ModelCosts } from '../../costs/cost-table.js';
import { alignMinutes, type SplitTexts } from '../../drafts/align.js';
import type { CutHead } from '../../drafts/cut-head.js';
import { vocabularySizeOf } from '../../drafts/network.js';
import type { DraftRegistry } from '../../drafts/registry/registry.js';
import { type DraftSize, forecastSizes, predictedCostsOf, type SizeForecast } from '../../drafts/sizes.js';
import { trainingPace } from '../../drafts/training-cost.js';
import { readPlausibleModel } from '../../gguf/plausibility.js';
import { availableBytes } from '../../llama/memory.js';
import { defaultThreads } from '../../llama/threads.js';
import type { RoundOptions, TokenTime } from './round-options.js';

export class Predictions {
  readonly #options: Pick<RoundOptions, 'target' | 'threads'>;
  readonly #processor: ProcessorMachine;
  #flopsPerSecond: number | undefined;

  constructor(options: Pick<RoundOptions, 'target' | 'threads' | 'servingThreads' | 'processor'>) {
    const { servingThreads = 0 } = options;
    const threads = servingThreads > 0 ? servingThreads : defaultThreads();
    this.#options = options;
    this.#processor = options.processor ?? {
      ...{ profile: knownProfile(cacheDirectory()).profile, threads, pace: undefined },
    };
  }

  /** Of all sizes that a new draft may have. @param head undefined: whole */
  sizes(texts: SplitTexts, head: CutHead | undefined, minutes: number, costs: ModelCosts): SizeForecast[] {
    const { target } = this.#options;
    const vocabularySize = vocabularySizeOf(readPlausibleModel(target)[0]);
    return forecastSizes({
      ...{ texts: texts.training, vocabularySize, minutes, target: costs, processor: this.#processor },
      headSize: head?.tokens.length ?? vocabularySize,
      flopsPerSecond: this.#pace,
      availableBytes: availableBytes(),
    });
  }

  /** After which aligning this draft ends by itself; of one that cannot be trained, never. */
  alignMinutes(draft: string, texts: SplitTexts): number {
    try {
      return alignMinutes(draft, texts, this.#pace);
    } catch (error) {
      if (error instanceof ForetokenError && error.code === 'unsupported_architecture') return Infinity;
      throw error;
    }
  }

  /** By id, of drafts whose tokens were timed. */
  tokenTimes(
    registry: DraftRegistry,
    measured: ReadonlyMap<string, { readonly tokenMs: number }>,
  ): Record<string, TokenTime> {
    return Object.fromEntries(
      registry.read().drafts.flatMap((entry) => {
        const found = measured.get(entry.id);
        if (found === undefined) return [];
        const predicted = predictedCostsOf(registry.fileOf(entry), this.#processor)?.curve.ms[0];
        return [[entry.id, { measured: found.tokenMs, predicted }]];
      }),
    );
  }

  get #pace(): number {
    return (this.#flopsPerSecond ??= trainingPace(this.#options.threads ?? 1));
  }
}

/** The most promising one; where none can be recommended the cheapest, for texts may be easier to guess than most. */
export function chosenSize(forecasts: readonly SizeForecast[]): DraftSize {
  const { layers, width } =
    forecasts.find(({ leftOut }) => leftOut === undefined) ??
    forecasts.reduce((least, one) => (one.tokenMs < least.tokenMs ? one : least));
  return { layers, width };
}

/** A line for each size: what is predicted of it, and why it was left out. */
export function sizeLines(forecasts: readonly SizeForecast[]): string[] {
  const chosen = chosenSize(forecasts);
  return forecasts.map(
    ({ layers, width, tokenMs, servingBytes, trainingBytes, passes, speedUp, leftOut }) => {
      const isChosen = layers === chosen.layers && width === chosen.width;
      const verdict =
        leftOut !== undefined
          ? `left out: ${leftOut}${isChosen ? '; taken all the same, as the cheapest' : ''}`
          : isChosen
            ? 'taken'
            : 'promises less';
      return (
        `a draft of ${layers} layers of ${width}: predicted ${tokenMs.toFixed(2)} ms a token, ${sizeText(servingBytes)}, ` +
        `${sizeText(trainingBytes)} to train, ${passes.toFixed(1)} passes, ${speedUp.toFixed(2)}x with usual guesses: ${verdict}`
      );
    },
  );
}
