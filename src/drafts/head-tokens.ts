/**
 * Which tokens a cut output head holds: the most frequent ones of what the target writes (FR-Spec, Zhao et al., arXiv
 * 2502.14856, section 3), weighted by the probabilities that the target gave them. What no text has counted comes by
 * its id, since tokenizers number their tokens by frequency.
 */
import { ForetokenError } from '../base/errors.js';
import type { CorpusText } from './corpus.js';

/** Share of the answers' tokens that a head of unnamed size is to cover, and the most rows that it takes for it. */
export const COVERAGE = 0.99;
export const MOST_ROWS = 16384;
/** Rows are computed in blocks, so the size is a multiple of this. */
export const HEAD_BLOCK = 32;
const SIZE_STEP = 256;
const FOLDS = 8;

/** What a token in a prompt counts beside one in an answer: much of an answer is copied, much of a prompt is not. */
const PROMPT_WEIGHT = 0.02;
/** What a candidate counts, at probability 1, beside the token that was chosen. */
const CANDIDATE_WEIGHT = 0.3;

/**
 * All tokens, those of most use first.
 * @param always tokens that come first whatever they count: those that end an answer
 */
export function headOrder(
  texts: readonly CorpusText[],
  vocabularySize: number,
  always: readonly number[],
): Int32Array {
  const weights = new Float64Array(vocabularySize);
  for (const { tokens, promptLength, candidates, shares } of texts) {
    tokens.forEach((token, place) => {
      weights[token]! += place < promptLength ? PROMPT_WEIGHT : 1;
    });
    candidates.forEach((token, index) => {
      weights[token]! += (CANDIDATE_WEIGHT * shares[index]!) / 1e4;
    });
  }
  for (const token of always) weights[token] = Infinity;
  return Int32Array.from(weights.keys()).sort((a, b) =>
    weights[a] === weights[b] ? a - b : weights[b]! - weights[a]!,
  );
}

/** Ascending ids of the first `size` of them. */
export const headTokens = (order: Int32Array, size: number): Int32Array => order.slice(0, size).sort();

/** Share of the answers' tokens that are among `tokens`; 1 where there are none. */
export function coverageOf(texts: readonly CorpusText[], tokens: Int32Array): number {
  const known = new Set(tokens);
  let [covered, all] = [0, 0];
  for (const text of texts)
    for (let place = text.promptLength; place < text.tokens.length; place++) {
      all += 1;
      if (known.has(text.tokens[place]!)) covered += 1;
    }
  return all === 0 ? 1 : covered / all;
}

/**
 * [size] share of the tokens of answers that a head of this size covers that was not chosen by them: an eighth of the
 * texts at a time is asked of what the others choose. Undefined for fewer texts than that.
 */
export function heldOutCoverage(
  texts: readonly CorpusText[],
  vocabularySize: number,
  always: readonly number[],
): Float64Array | undefined {
  if (texts.length < FOLDS) return undefined;
  const coverage = new Float64Array(vocabularySize + 1);
  let all = 0;
  for (let fold = 0; fold < FOLDS; fold++) {
    const others = texts.filter((_, index) => index % FOLDS !== fold);
    const rank = new Int32Array(vocabularySize);
    headOrder(others, vocabularySize, always).forEach((token, place) => {
      rank[token] = place;
    });
    for (let index = fold; index < texts.length; index += FOLDS) {
      const { tokens, promptLength } = texts[index]!;
      for (let place = promptLength; place < tokens.length; place++, all++)
        coverage[rank[tokens[place]!]! + 1]! += 1;
    }
  }
  for (let size = 1; size < coverage.length; size++) coverage[size]! += coverage[size - 1]!;
  return coverage.map((count) => count / Math.max(1, all));
}

/** The least size that covers enough of held-out answers, `MOST_ROWS` at most. */
export function sizeForCoverage(coverage: Float64Array): number {
  const most = Math.min(MOST_ROWS, coverage.length - 1);
  for (let size = SIZE_STEP; size < most; size += SIZE_STEP) if (coverage[size]! >= COVERAGE) return size;
  return most;
}

/** @throws ForetokenError `invalid_option` */
export function checkHeadSize(size: number, vocabularySize: number): void {
  if (!Number.isInteger(size) || size < HEAD_BLOCK || size > vocabularySize || size % HEAD_BLOCK !== 0)
    throw new ForetokenError(
      'invalid_option',
      `vocabulary must be "auto" or a multiple of ${HEAD_BLOCK} up to the target's ${vocabularySize} tokens; got ${size}.`,
      { param: 'vocabulary' },
    );
}
