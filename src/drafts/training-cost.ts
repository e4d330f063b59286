/**
 * What training a draft takes before it is trained: the arithmetic of the trainer's own graph (`llama/training/graph.ts`), at
 * the pace that a few steps of a small network show here, and the memory of it.
 */
import { fillNormal, randomNumbers } from '../base/random.js';
import {
  type BatchShape,
  headSizeOf,
  type NetworkShape,
  Trainer,
  weightShapes,
} from '../llama/training/training.js';
import { ACCEPTANCE_SHARE } from './train.js';
import { batchShapeFor } from './batch-shape.js';
import { rowsOfPass } from './batches.js';
import type { CorpusText } from './corpus.js';
import { trainedShape } from './used-vectors.js';

/** Each product of the forward pass has two of the same size in the backward pass. */
const PASSES = 3;
/** What the optimizer does to a weight, and the loss to a logit, takes as long as so many operations of a product. */
const OPTIMIZER_FLOPS = 60;
const LOGIT_FLOPS = 60;
/** Of a weight: itself, its gradient and two momenta. */
const WEIGHT_BYTES = 16;
/** Of a logit: itself, its label and what the loss keeps. */
const LABEL_BYTES = 20;
/** What the backward pass needs of the forward one: numbers of a token beside its matrices' outputs, and of a pair of tokens. */
const ACTIVATION_BYTES = 8;
const PAIR_BYTES = 8;

/** Operations of one step. */
export function stepFlops(shape: NetworkShape, batch: BatchShape): number {
  const tokens = batch.rows * batch.tokensPerRow;
  let products = 4 * batch.rows * batch.tokensPerRow ** 2 * shape.width * shape.layers;
  let weights = 0;
  for (const [name, [fast, slow]] of weightShapes(shape)) {
    weights += fast * slow;
    if (slow > 1 && name !== 'token_embd.weight')
      products += 2 * fast * slow * (name === 'output.weight' ? batch.outputs : tokens);
  }
  return PASSES * products + OPTIMIZER_FLOPS * weights + LOGIT_FLOPS * batch.outputs * headSizeOf(shape);
}

/** Bytes that training takes beside the process. */
export function trainingBytes(shape: NetworkShape, batch: BatchShape): number {
  let [weights, outputs] = [0, 0];
  for (const [name, [fast, slow]] of weightShapes(shape)) {
    weights += fast * slow;
    if (name.startsWith('blk.')) outputs += slow;
  }
  const tokens = batch.rows * batch.tokensPerRow;
  return (
    WEIGHT_BYTES * weights +
    LABEL_BYTES * batch.outputs * headSizeOf(shape) +
    ACTIVATION_BYTES * tokens * outputs +
    PAIR_BYTES * tokens * batch.tokensPerRow * shape.heads * shape.layers
  );
}

/** Operations of one pass over the texts. */
export function passFlops(shape: NetworkShape, texts: readonly CorpusText[]): number {
  const batch = batchShapeFor(texts, headSizeOf(shape), {});
  return (stepFlops(trainedShape(shape, texts), batch) * rowsOfPass(texts, batch.tokensPerRow)) / batch.rows;
}

const PROBE: NetworkShape = {
  ...{ vocabularySize: 2048, width: 128, layers: 2, heads: 2, kvHeads: 2, feedForward: 256 },
  ...{ ropeBase: 10_000, normEpsilon: 1e-5 },
};
const PROBE_BATCH: BatchShape = { rows: 1, tokensPerRow: 256, outputs: 160 };
const PROBE_STEPS = 4;

/** Operations a second of the trainer here: a few steps, some tenths of a second. @param threads that will train */
export function trainingPace(threads: number): number {
  const random = randomNumbers(1);
  const weights = new Map(
    [...weightShapes(PROBE)].map(([name, [fast, slow]]) => [
      name,
      fillNormal(new Float32Array(fast * slow), 0.05, random),
    ]),
  );
  const trainer = new Trainer(PROBE, PROBE_BATCH, weights, { threads, acceptanceShare: ACCEPTANCE_SHARE });
  try {
    const { outputs, tokensPerRow } = PROBE_BATCH;
    const tokens = Int32Array.from({ length: tokensPerRow }, (_, at) => (at * 37) % PROBE.vocabularySize);
    const batch = {
      tokens,
      positions: Int32Array.from({ length: tokensPerRow }, (_, at) => at),
      outputTokens: Int32Array.from({ length: outputs }, (_, at) => at),
      labels: Array.from({ length: outputs }, (_, at) => ({ tokens: [tokens[at + 1]!], shares: [1] })),
    };
    let least = Infinity;
    for (let step = 0; step <= PROBE_STEPS; step++) {
      const startMs = performance.now();
      trainer.step(batch, 1e-4);
      // The first one meets cold memory; other programs only ever add.
      if (step > 0) least = Math.min(least, performance.now() - startMs);
    }
    return (1000 * stepFlops(PROBE, PROBE_BATCH)) / least;
  } finally {
    trainer.dispose();
  }
}
