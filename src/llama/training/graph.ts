/**
 * The network of a llama-architecture model as a ggml graph with its loss, its backward pass and the AdamW
 * step, built once and run once a training step. It computes what llama.cpp computes for the architecture
 * `llama` (`src/models/llama.cpp`): RMS norm, rotary attention, SwiGLU; ggml differentiates it.
 *
 * Why not `llama_opt_epoch`: that never trains token embeddings, knows only one hard label a token, and
 * computes the vocabulary-wide output, the dearest part of a small model, for prompt tokens too. Here the
 * labels are distributions and only the chosen positions get an output.
 */
import { ForetokenError } from '../../base/errors.js';
import type { Pointer } from '../declarations.js';
import { type Ggml, TensorType } from './declarations.js';

export interface NetworkShape {
  /** Tokens that it reads. */
  readonly vocabularySize: number;
  /** Tokens that it may guess: rows of the output head; undefined: all. */
  readonly headSize?: number;
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  readonly kvHeads: number;
  readonly feedForward: number;
  readonly ropeBase: number;
  readonly normEpsilon: number;
}

/** How many tokens one step takes. */
export interface BatchShape {
  /** Rows that do not see each other. */
  readonly rows: number;
  readonly tokensPerRow: number;
  /** Positions, over all rows, whose next token is trained. */
  readonly outputs: number;
}

export interface TrainingGraph {
  readonly forward: Pointer;
  readonly train: Pointer;
  /** By the tensors' names in a GGUF file. */
  readonly weights: ReadonlyMap<string, Pointer>;
  /** int32 [rows * tokensPerRow] */
  readonly tokens: Pointer;
  /** int32 [rows * tokensPerRow], counted within each text */
  readonly positions: Pointer;
  /** float [rows, query, key]: 0 where a token sees another, -Infinity elsewhere */
  readonly mask: Pointer;
  /** int32 [outputs]: index of a token in the batch */
  readonly outputTokens: Pointer;
  /** float [outputs, head size]: each row sums to 1 */
  readonly labels: Pointer;
  /** float [7]: learning rate, beta1, beta2, epsilon, weight decay, bias corrections */
  readonly optimizer: Pointer;
  readonly loss: Pointer;
  /** float [outputs, head size] */
  readonly logits: Pointer;
  readonly lossGradient: Pointer;
}

export const headSizeOf = ({ headSize, vocabularySize }: NetworkShape): number => headSize ?? vocabularySize;

/** Names and shapes (fastest first) of all weights of a network. */
export function weightShapes(shape: NetworkShape): Map<string, readonly [number, number]> {
  const { width, vocabularySize, feedForward, heads, kvHeads } = shape;
  const kvWidth = (width / heads) * kvHeads;
  const shapes = new Map<string, readonly [number, number]>();
  shapes.set('token_embd.weight', [width, vocabularySize]);
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}.weight`;
    shapes.set(name('attn_norm'), [width, 1]);
    shapes.set(name('attn_q'), [width, width]);
    shapes.set(name('attn_k'), [width, kvWidth]);
    shapes.set(name('attn_v'), [width, kvWidth]);
    shapes.set(name('attn_output'), [width, width]);
    shapes.set(name('ffn_norm'), [width, 1]);
    shapes.set(name('ffn_gate'), [width, feedForward]);
    shapes.set(name('ffn_up'), [width, feedForward]);
    shapes.set(name('ffn_down'), [feedForward, width]);
  }
  shapes.set('output_norm.weight', [width, 1]);
  shapes.set('output.weight', [width, headSizeOf(shape)]);
  return shapes;
}

/** Nodes of forward and backward pass together stay far below this. */
export const graphCapacity = (shape: NetworkShape): number => 1024 + shape.layers * 512;

/** ggml tensors that outlive a step, to be created in `context`. */
export function createTensors(ggml: Ggml, context: Pointer, shape: NetworkShape, batch: BatchShape) {
  const { F32, I32 } = TensorType;
  const tokenCount = batch.rows * batch.tokensPerRow;
  const weights = new Map<string, Pointer>();
  const momenta = new Map<string, readonly [Pointer, Pointer]>();
  for (const [name, [fast, slow]] of weightShapes(shape)) {
    const create = (): Pointer =>
      slow === 1 ? ggml.newVector(context, F32, fast) : ggml.newTensor(context, F32, fast, slow, 1, 1);
    const weight = create();
    ggml.setParameter(weight);
    weights.set(name, weight);
    momenta.set(name, [create(), create()]);
  }
  const input = (type: number, a: number, b = 1, c = 1, d = 1): Pointer => {
    const tensor = ggml.newTensor(context, type, a, b, c, d);
    ggml.setInput(tensor);
    return tensor;
  };
  return {
    weights,
    momenta,
    tokens: input(I32, tokenCount),
    positions: input(I32, tokenCount),
    mask: input(F32, batch.tokensPerRow, batch.tokensPerRow, 1, batch.rows),
    outputTokens: input(I32, batch.outputs),
    labels: input(F32, headSizeOf(shape), batch.outputs),
    optimizer: input(F32, 7),
    lossGradient: ggml.newVector(context, F32, 1),
  };
}

type Tensors = ReturnType<typeof createTensors>;

/** Builds the graphs in `context`; the tensors' memory must exist already. */
export function buildGraph(
  ggml: Ggml,
  context: Pointer,
  tensors: Tensors,
  shape: NetworkShape,
  batch: BatchShape,
  acceptanceShare: number,
): TrainingGraph {
  const logits = buildLogits(ggml, context, tensors, shape, batch);
  const loss = buildLoss(ggml, context, logits, tensors.labels, batch, acceptanceShare);
  ggml.setOutput(logits);
  ggml.setOutput(loss);
  ggml.setLoss(loss);
  const capacity = graphCapacity(shape);
  const forward = ggml.newGraph(context, capacity, false);
  ggml.buildForward(forward, loss);

  const train = ggml.newGraph(context, capacity, true);
  ggml.buildForward(train, loss);
  // Only the loss has a gradient given from outside: it is 1. All others are computed anew each step.
  const given = new BigUint64Array(ggml.graphNodes(train));
  given[given.length - 1] = tensors.lossGradient;
  ggml.buildBackward(context, train, given);
  for (const [name, weight] of tensors.weights) {
    const gradient = ggml.gradient(train, weight);
    if (gradient === null)
      throw new ForetokenError('internal_error', `ggml computes no gradient for ${name}.`);
    const [m, v] = tensors.momenta.get(name)!;
    ggml.buildForward(train, ggml.adamwStep(context, weight, gradient, m, v, tensors.optimizer));
  }
  return { ...tensors, forward, train, loss, logits };
}

/**
 * Cross entropy with the labels, and, by `acceptanceShare`, total variation: with p the target's distribution and q the
 * draft's, 1 - sum min(p, q) = sum max(0, p - q) is the chance that a guess is refused (LK losses, arXiv 2602.23881).
 */
function buildLoss(
  ggml: Ggml,
  context: Pointer,
  logits: Pointer,
  labels: Pointer,
  { outputs }: BatchShape,
  acceptanceShare: number,
): Pointer {
  if (acceptanceShare === 0) return ggml.crossEntropy(context, logits, labels);
  const guesses = ggml.softMax(context, logits, null, 1, 0);
  const missed = ggml.relu(context, ggml.sub(context, labels, guesses));
  const refused = ggml.scale(context, ggml.sum(context, missed), acceptanceShare / outputs);
  if (acceptanceShare === 1) return refused;
  const entropy = ggml.scale(context, ggml.crossEntropy(context, logits, labels), 1 - acceptanceShare);
  return ggml.add(context, entropy, refused);
}

function buildLogits(
  ggml: Ggml,
  context: Pointer,
  tensors: Tensors,
  shape: NetworkShape,
  { rows, tokensPerRow }: BatchShape,
): Pointer {
  const { width, heads, kvHeads } = shape;
  const headWidth = width / heads;
  const tokenCount = rows * tokensPerRow;
  const weight = (name: string): Pointer => tensors.weights.get(`${name}.weight`)!;
  const linear = (name: string, x: Pointer): Pointer => ggml.mulMat(context, weight(name), x);
  const norm = (name: string, x: Pointer): Pointer =>
    ggml.mul(context, ggml.rmsNorm(context, x, shape.normEpsilon), weight(name));

  /** [headWidth * count, tokens] as [headWidth, count, tokens], rotated by position. */
  const rotated = (x: Pointer, count: number): Pointer =>
    ggml.rope(
      context,
      ggml.reshape(context, x, headWidth, count, tokenCount, 1),
      tensors.positions,
      null,
      headWidth,
      0, // pairs of neighbours, as llama's GGUF weights are laid out
      0,
      shape.ropeBase,
      1,
      0,
      1,
      32,
      1,
    );
  /** Key and value heads that several query heads share are repeated: ggml cannot differentiate sharing. */
  const shared = (x: Pointer): Pointer => {
    if (kvHeads === heads) return x;
    const wide = ggml.reshape(context, x, headWidth, 1, kvHeads * tokenCount, 1);
    return ggml.repeat(context, wide, headWidth, heads / kvHeads, kvHeads * tokenCount, 1);
  };
  const byRow = (x: Pointer): Pointer => ggml.reshape(context, x, headWidth, heads, tokensPerRow, rows);

  const attention = (x: Pointer, name: (part: string) => string): Pointer => {
    const q = byRow(rotated(linear(name('attn_q'), x), heads));
    const k = byRow(shared(rotated(linear(name('attn_k'), x), kvHeads)));
    const v = byRow(shared(linear(name('attn_v'), x)));
    const scores = ggml.mulMat(
      context,
      ggml.permute(context, k, 0, 2, 1, 3), // [headWidth, key, head, row]
      ggml.permute(context, q, 0, 2, 1, 3),
    );
    const shares = ggml.softMax(context, scores, tensors.mask, 1 / Math.sqrt(headWidth), 0);
    const values = ggml.cont(context, ggml.permute(context, v, 1, 2, 0, 3)); // [key, headWidth, head, row]
    const mixed = ggml.permute(context, ggml.mulMat(context, values, shares), 0, 2, 1, 3);
    return linear(
      name('attn_output'),
      ggml.reshape(context, ggml.cont(context, mixed), width, tokenCount, 1, 1),
    );
  };

  let x = ggml.getRows(context, weight('token_embd'), tensors.tokens);
  for (let layer = 0; layer < shape.layers; layer++) {
    const name = (part: string): string => `blk.${layer}.${part}`;
    x = ggml.add(context, x, attention(norm(name('attn_norm'), x), name));
    const h = norm(name('ffn_norm'), x);
    const gated = ggml.swigluSplit(context, linear(name('ffn_gate'), h), linear(name('ffn_up'), h));
    x = ggml.add(context, x, linear(name('ffn_down'), gated));
  }
  const chosen = ggml.getRows(context, x, tensors.outputTokens);
  return linear('output', norm('output_norm', chosen));
}
