/**
 * Which size a new draft has: each candidate's token time and memory as the cost predictor says (`abacus/gguf`), its training
 * by the trainer's own arithmetic (`training-cost.ts`). What is too slow to pay, cannot see its texts often enough in the
 * minutes there are, or does not fit, is left out with the reason; the others are in the order of the tokens a second that they promise.
 */
import { languageModel } from '../abacus/gguf/language-model.js';
import { networkOf } from '../abacus/gguf/learned.js';
import { predictMemory } from '../abacus/gguf/memory-need.js';
import { predictedDraftCosts } from '../abacus/gguf/planner-costs.js';
import { TYPICAL_ACCEPTANCE } from '../abacus/gguf/predict.js';
import type { ProcessorMachine } from '../abacus/gguf/step-time.js';
import { sizeText } from '../base/size-text.js';
import type { ModelCosts } from '../costs/cost-table.js';
import { curveSizes } from '../costs/prior-costs.js';
import { readModelFiles } from '../gguf/plausibility.js';
import { headSizeOf, type NetworkShape, weightShapes } from '../llama/training/training.js';
import { goodputOf } from './assign.js';
import { batchShapeFor } from './batch-shape.js';
import type { CorpusText } from './corpus.js';
import { MEASURED_POSITIONS } from './measure-on.js';
import { passFlops, trainingBytes } from './training-cost.js';
import { trainedShape } from './used-vectors.js';

export interface DraftSize {
  readonly layers: number;
  readonly width: number;
}

/** Two layers are the least that can copy from a prompt (`copy-circuit.ts`). */
export const DRAFT_SIZES: readonly DraftSize[] = [
  { layers: 2, width: 128 },
  { layers: 2, width: 192 },
  { layers: 2, width: 256 },
  { layers: 4, width: 256 },
  { layers: 4, width: 384 },
  { layers: 6, width: 512 },
];

export interface SizeForecast extends DraftSize {
  /** Milliseconds of one of its tokens here, the choice included. */
  readonly tokenMs: number;
  /** Of the server, for the draft; and of training it. */
  readonly servingBytes: number;
  readonly trainingBytes: number;
  /** Of one pass over the texts. */
  readonly passMinutes: number;
  /** In the minutes there are. */
  readonly passes: number;
  /** Tokens a second of one stream with it, beside those without guesses. */
  readonly speedUp: number;
  /** Why it is not taken; undefined: it could be. */
  readonly leftOut: string | undefined;
}

/** Fewer passes leave the projected vectors that it begins with nearly as they are. */
const LEAST_PASSES = 2;
/** More would learn the texts by heart. */
const MOST_PASSES = 40;
/** Of the guesses of a draft of two layers of 128, the share that is still refused with four times the weights in the layers. */
const REFUSED_OF_FOURFOLD = 0.9;
/** A draft of its own must promise so much. */
const LEAST_SPEED_UP = 1.01;
/** Context of a server's draft, in tokens: four requests of 4096. */
const SERVED = { contextSize: 16_384, parallel: 4, batchTokens: 512, repacked: true };
/** Of the memory that is free, that may be used. */
const MEMORY_SHARE = 0.8;

export interface SizesAsked {
  readonly texts: readonly CorpusText[];
  readonly vocabularySize: number;
  /** Tokens that it may guess. */
  readonly headSize: number;
  /** Of training. */
  readonly minutes: number;
  readonly target: ModelCosts;
  /** That serves. */
  readonly processor: ProcessorMachine;
  /** `trainingPace`. */
  readonly flopsPerSecond: number;
  readonly availableBytes: number;
}

/** Those that could be taken first, the most promising before all; then those left out. */
export function forecastSizes(asked: SizesAsked, sizes = DRAFT_SIZES): SizeForecast[] {
  const all = sizes.map((size) => forecast(size, asked));
  return all.sort(
    (a, b) => Number(a.leftOut !== undefined) - Number(b.leftOut !== undefined) || b.speedUp - a.speedUp,
  );
}

function forecast(size: DraftSize, asked: SizesAsked): SizeForecast {
  const { texts, minutes, target, processor, flopsPerSecond, availableBytes } = asked;
  const shape = networkShapeOf(size, asked);
  const network = networkOf({
    ...{ model: 'draft', type: 'Q8_0', tied: 0, experts: 0, expertsUsed: 0, fileBytes: 0 },
    ...{ ...size, heads: shape.heads, kvHeads: shape.kvHeads, headWidth: size.width / shape.heads },
    ...{ feedForward: shape.feedForward, vocabulary: headSizeOf(shape) },
  });
  const costs = predictedDraftCosts(network, curveSizes(SERVED.batchTokens), SERVED, processor);
  const { weightBytes, kvBytes, computeBytes } = predictMemory(network, SERVED);
  const servingBytes = weightBytes + kvBytes + computeBytes;
  const training = trainingBytes(trainedShape(shape, texts), batchShapeFor(texts, headSizeOf(shape), {}));
  const passMinutes = passFlops(shape, texts) / flopsPerSecond / 60;
  const passes = Math.min(MOST_PASSES, minutes / passMinutes);
  const right = usualRight(shape);
  const survival = Array.from({ length: MEASURED_POSITIONS }, (_, k) => right ** (k + 1));
  const none = goodputOf(target, [], undefined).tokenGoodput;
  const speedUp = goodputOf(target, survival, costs).tokenGoodput / none;
  const [tokenMs, targetMs] = [costs.curve.ms[0]!, target.curve.ms[0]!];
  const needed = Math.max(servingBytes, training);
  const leftOut =
    needed > MEMORY_SHARE * availableBytes
      ? `it takes ${sizeText(needed)}, and ${sizeText(availableBytes)} are free`
      : passes < LEAST_PASSES
        ? `one pass over the texts takes ${passMinutes.toFixed(1)} min of ${minutes.toFixed(1)}, and ${LEAST_PASSES} are the least`
        : speedUp < LEAST_SPEED_UP
          ? `a token of it takes ${tokenMs.toFixed(2)} ms, of the model ${targetMs.toFixed(2)}: guesses would not pay`
          : undefined;
  return { ...size, tokenMs, servingBytes, trainingBytes: training, passMinutes, passes, speedUp, leftOut };
}

/** As `createDraft` makes it. */
function networkShapeOf({ layers, width }: DraftSize, asked: SizesAsked): NetworkShape {
  const heads = width / 64;
  return {
    ...{ vocabularySize: asked.vocabularySize, headSize: asked.headSize, layers, width },
    ...{ heads, kvHeads: heads, feedForward: 2 * width, ropeBase: 10_000, normEpsilon: 1e-5 },
  };
}

/** Share of its guesses that one of this size may have right, by which sizes are compared. */
function usualRight(shape: NetworkShape): number {
  let weights = 0;
  for (const [name, [fast, slow]] of weightShapes(shape)) if (name.startsWith('blk.')) weights += fast * slow;
  const fourfolds = Math.log(weights / SMALLEST_WEIGHTS) / Math.log(4);
  return 1 - (1 - TYPICAL_ACCEPTANCE) * REFUSED_OF_FOURFOLD ** fourfolds;
}

/** In the layers of two of 128. */
const SMALLEST_WEIGHTS = 2 * (4 * 128 * 128 + 3 * 128 * 256);

/** What a draft's file is predicted to cost beside its target; undefined for architectures that are not known. */
export function predictedCostsOf(file: string, processor: ProcessorMachine): ModelCosts | undefined {
  try {
    return predictedDraftCosts(languageModel(readModelFiles(file)), [1], SERVED, processor);
  } catch {
    // It is told beside what is measured, and nothing depends on it.
    return undefined;
  }
}
