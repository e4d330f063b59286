/** Chooses the head of a new draft: which of its target's tokens it may guess (`head-tokens.ts` says by what order). */
import { ForetokenError } from '../base/errors.js';
import { Vocabulary } from '../llama/vocabulary.js';
import type { CorpusText } from './corpus.js';
import { checkHeadSize, headOrder, headTokens, heldOutCoverage, sizeForCoverage } from './head-tokens.js';

export interface CutHead {
  /** Ascending. */
  readonly tokens: Int32Array;
  /** Digest of the target's vocabulary. */
  readonly vocabulary: string;
  /** Share of the tokens of held-out answers that are among them; undefined where there are too few texts to tell. */
  readonly coverage: number | undefined;
  /** Tokens that it can read, ascending; undefined: all. */
  readonly inputs?: Int32Array | undefined;
}

/**
 * The tokens of a cut head, those that end an answer among them; undefined for a whole one.
 * @param wanted how many, or as many as cover enough of `texts`
 * @param texts of the target
 * @param inputs tokens that it shall read, those of the head and of the texts first; undefined: all
 * @throws ForetokenError `invalid_option`
 */
export function chooseHead(
  target: string,
  wanted: number | 'auto',
  texts: readonly CorpusText[],
  inputs?: number,
): CutHead | undefined {
  const vocabulary = Vocabulary.open(target);
  try {
    const { size: whole } = vocabulary;
    const ends = Array.from({ length: whole }, (_, id) => id).filter((id) =>
      vocabulary.isEndOfGeneration(id),
    );
    const coverage = heldOutCoverage(texts, whole, ends);
    if (wanted === 'auto' && coverage === undefined)
      throw new ForetokenError('invalid_option', 'vocabulary "auto" needs a corpus of some texts.', {
        param: 'corpus',
      });
    const size = wanted === 'auto' ? sizeForCoverage(coverage!) : wanted;
    checkHeadSize(size, whole);
    if (size >= whole) return undefined;
    const tokens = headTokens(headOrder(texts, whole, ends), size);
    return {
      ...{ tokens, vocabulary: vocabulary.fingerprint(), coverage: coverage?.[size] },
      ...(inputs !== undefined &&
        inputs < whole && {
          inputs: headTokens(headOrder(texts, whole, [...tokens]), Math.max(inputs, size)),
        }),
    };
  } finally {
    vocabulary.dispose();
  }
}
