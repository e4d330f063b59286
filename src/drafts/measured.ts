/** What was measured of a draft, in its own file: the engine that loads it begins to learn from there. */
import { readGguf, readTensorBytes } from '../gguf/reader.js';
import { writeGguf } from '../gguf/writer.js';
import { ACCEPTANCE_KEY, acceptanceText } from '../llama/draft.js';

/** A position that was reached by fewer guesses says little. */
const LEAST_GUESSES = 24;

/**
 * [position] share of the guesses accepted of those before which all were accepted; as far as enough were made.
 * @param histogram [k] drafts of which exactly k guesses were accepted
 * @param length guesses of each draft
 */
export function acceptanceOf(histogram: readonly number[], length: number): number[] {
  const rates: number[] = [];
  for (let position = 0; position < length; position++) {
    let [reached, accepted] = [0, 0];
    histogram.forEach((drafts, count) => {
      if (count >= position) reached += drafts;
      if (count > position) accepted += drafts;
    });
    if (reached < LEAST_GUESSES) break;
    rates.push(accepted / reached);
  }
  return rates;
}

/** Writes the file anew with the rates in its metadata; it is whole or as it was before. */
export function keepAcceptance(file: string, rates: readonly number[]): void {
  if (rates.length === 0) return;
  const gguf = readGguf(file);
  const metadata = new Map(gguf.metadata);
  metadata.set(ACCEPTANCE_KEY, { type: 'string', value: acceptanceText(rates) });
  const tensors = gguf.tensors.map((tensor) => ({
    ...{ name: tensor.name, shape: tensor.shape, type: tensor.type },
    data: () => readTensorBytes(gguf, tensor),
  }));
  writeGguf(file, { metadata, tensors });
}
