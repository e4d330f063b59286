/**
 * How many tokens a training step takes. Training a draft is bounded by minutes, and on a processor a step of a small
 * network costs what its tokens cost: so a step takes one row that holds a text or two, and there are many of them.
 * Measured on the demo target's tasks with the same processor time (35 s, docs/drafts-accuracy.md): 671 steps of one
 * row of 256 tokens leave 80.8 % of first choices right on math, 116 steps of two rows of 512 leave 79.0 %.
 */
import { quantile } from '../base/quantile.js';
import type { BatchShape } from '../llama/training/training.js';
import { sum } from '../base/statistics.js';
import { answerTokens, type CorpusText } from './corpus.js';

/** Longer texts than nearly all others lose their end, for the row's attention grows with the square of its length. */
const WHOLE_SHARE = 0.98;
const ROW_STEP = 64;
const SHORTEST_ROW = 256;
const LONGEST_ROW = 1024;
/** Rows are not full of texts, and not all have the same share of answers. */
const SPARE_OUTPUTS = 1.1;
/** Outputs times rows of the head; logits, labels and their gradients take about 20 bytes for each. */
const MOST_LABELS = 1 << 25;

export interface AskedShape {
  readonly rows?: number | undefined;
  readonly tokensPerRow?: number | undefined;
}

/** @param headSize tokens that the network may guess */
export function batchShapeFor(
  texts: readonly CorpusText[],
  headSize: number,
  { rows = 1, tokensPerRow }: AskedShape,
): BatchShape {
  const lengths = texts.map(({ tokens }) => tokens.length);
  const whole = Math.ceil(quantile(lengths, WHOLE_SHARE) / ROW_STEP) * ROW_STEP;
  const row = tokensPerRow ?? Math.min(LONGEST_ROW, Math.max(SHORTEST_ROW, whole));
  const wanted = Math.ceil(row * Math.min(1, (SPARE_OUTPUTS * answerTokens(texts)) / sum(lengths)));
  const fitting = Math.floor(MOST_LABELS / (rows * headSize));
  return { rows, tokensPerRow: row, outputs: rows * Math.max(1, Math.min(wanted, fitting)) };
}
