/** Contractions by letters (`ab,bcd->acd`), which all frameworks write alike: numpy.org/doc/stable/reference/generated/numpy.einsum. */
import { matmul, pointwise, type Origin } from './operations.js';
import { isParameter } from './spatial.js';
import { elementsOf, shapeText, type Tensor, type Trace } from './trace.js';

/** Dimensions that `...` stands for get letters that nobody writes. */
const UNNAMED = 0xe000;
/** Longer equations than any file has. */
const MOST_LETTERS = 256;

/**
 * A contraction of one tensor or more. With a trained second tensor whose letters the first does not share in the output it is a
 * linear layer; of more than two tensors the arithmetic is that of all letters together.
 * @returns undefined where the equation cannot be read
 */
export function einsum(
  trace: Trace,
  origin: Origin,
  inputs: readonly Tensor[],
  equation: string,
): Tensor | undefined {
  const [left = '', written] = equation.replace(/\s/g, '').split('->');
  const texts = left.split(',');
  if (texts.length !== inputs.length || equation.length > MOST_LETTERS) return undefined;
  const where = `${origin.source} ${origin.name}`;
  const terms = texts.map((term, at) => lettersOf(term, inputs[at]!.shape.length));
  const sizes = new Map<string, number>();
  terms.forEach((term, at) => {
    const { shape } = inputs[at]!;
    if (term.length !== shape.length)
      trace.fail(where, `${texts[at]!} does not name the dimensions of ${shapeText(shape)}`);
    term.forEach((letter, place) => {
      const [before, size] = [sizes.get(letter) ?? 1, shape[place]!];
      if (before !== 1 && size !== 1 && before !== size) trace.fail(where, `sizes of ${letter} differ`);
      sizes.set(letter, Math.max(before, size));
    });
  });
  const right = written === undefined ? impliedResult(terms) : resultOf(written, terms);
  const output = right.map(
    (letter) => sizes.get(letter) ?? trace.fail(where, `${letter} is not among its inputs`),
  );
  const product = (letters: readonly string[]): number =>
    elementsOf(letters.map((letter) => sizes.get(letter)!));
  const [first = [], second = []] = terms;
  const shared = first.filter((letter) => second.includes(letter));
  const batch = product(shared.filter((letter) => right.includes(letter)));
  const k = product([...sizes.keys()].filter((letter) => !right.includes(letter)));
  const m = product(first.filter((letter) => !second.includes(letter) && right.includes(letter)));
  const n = Math.max(1, Math.round(elementsOf(output) / (batch * m)));
  if (inputs.length === 1) return pointwise(trace, k === 1 ? 'transpose' : 'reduce', origin, inputs, output);
  if (batch === 1 && inputs.length === 2 && isParameter(inputs[1]))
    return trace.emit('linear', {
      ...origin,
      inputs,
      outputs: [output],
      flops: 2 * m * n * k,
      attributes: { gemm: { batch, m, n, k }, inputChannels: k, outputChannels: n, bias: false },
    })[0]!;
  return matmul(trace, origin, inputs, output, { batch, m, n, k });
}

/** The letters of one term; `...` takes as many as the tensor of `rank` has beside the written ones, aligned at their end. */
function lettersOf(term: string, rank: number): string[] {
  const [before = '', after] = term.split('...');
  if (after === undefined) return Array.from(before);
  const open = Math.max(0, rank - before.length - after.length);
  const unnamed = Array.from({ length: open }, (_, at) => String.fromCharCode(UNNAMED + open - 1 - at));
  return [...Array.from(before), ...unnamed, ...Array.from(after)];
}

const isUnnamed = (letter: string): boolean => letter.charCodeAt(0) >= UNNAMED;
/** The longest `...` of all terms, which is the output's. */
function unnamedOf(terms: readonly (readonly string[])[]): string[] {
  const all = terms.map((term) => term.filter(isUnnamed));
  return all.reduce((longest, own) => (own.length > longest.length ? own : longest), []);
}

function resultOf(written: string, terms: readonly (readonly string[])[]): string[] {
  const [before = '', after] = written.split('...');
  return after === undefined
    ? Array.from(before)
    : [...Array.from(before), ...unnamedOf(terms), ...Array.from(after)];
}

/** Without an arrow: what occurs once, in the order of the alphabet. */
function impliedResult(terms: readonly (readonly string[])[]): string[] {
  const counts = new Map<string, number>();
  for (const letter of terms.flat()) counts.set(letter, (counts.get(letter) ?? 0) + 1);
  const named = [...counts].flatMap(([letter, count]) => (count === 1 && !isUnnamed(letter) ? [letter] : []));
  return [...unnamedOf(terms), ...named.sort()];
}
