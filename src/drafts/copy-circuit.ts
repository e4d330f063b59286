/**
 * Gives an untrained network the circuit that copies from the prompt: an "induction head" (Olsson et al., "In-
 * context learning and induction heads", arXiv 2209.11895). A network trained from nothing finds it late, after
 * more text than a small target can write; here it is built from the first step and training only refines it.
 *
 * The residual stream is laid out as codes of `c` numbers: A, the token itself; B, the token before it, written
 * by a head of layer 0 that looks one place back; C, the copied guess, written by a head of layer 1 that looks
 * where B equals the present A, that is behind an earlier occurrence of this token, and takes A from there. The
 * output head reads C with the same codes. A constant at the end serves the head that looks back.
 */
import type { NetworkShape } from '../llama/training/training.js';

/** Rotates slowly enough that most pairs of a head of 64 compare contents and not positions. */
export const COPY_ROPE_BASE = 1e6;
/** Distance over which compared pairs shall turn by less than one radian. */
const COPY_DISTANCE = 256;
/** Pairs with the fastest rotation, which tell neighbours apart. */
const PLACE_PAIRS = 6;
/** Logits by which the right place beats the others, as a softmax sees them. */
const SHARPNESS = 12;
/** What the constant weighs beside a code of unit variance. */
const CONSTANT = 4;
/** The copied code is written louder than the token's own. */
const COPY_GAIN = 2;
/** Logit of a token that is copied with certainty. */
const COPY_LOGIT = 6;

export function codeWidth(shape: NetworkShape): number {
  return Math.min(Math.floor((shape.width - 8) / 3), shape.width / shape.heads);
}

/** The circuit needs two layers, and heads wide enough to tell tokens apart. */
export function canCopy(shape: NetworkShape): boolean {
  return shape.layers >= 2 && shape.width / shape.heads >= 48 && codeWidth(shape) >= 24;
}

/**
 * Makes codes from projected token vectors [rows, width], in place: centred, of equal variance in each
 * direction, of equal length for each token, so that the network's norms act on all tokens alike.
 */
export function whiten(codes: Float32Array, rows: number, width: number): Float32Array {
  for (let column = 0; column < width; column++) {
    let mean = 0;
    for (let row = 0; row < rows; row++) mean += codes[row * width + column]! / rows;
    let variance = 0;
    for (let row = 0; row < rows; row++) variance += (codes[row * width + column]! - mean) ** 2 / rows;
    const scale = 1 / (Math.sqrt(variance) || 1);
    for (let row = 0; row < rows; row++)
      codes[row * width + column] = (codes[row * width + column]! - mean) * scale;
  }
  for (let row = 0; row < rows; row++) {
    const code = codes.subarray(row * width, (row + 1) * width);
    const length = Math.hypot(...code) || 1;
    for (let i = 0; i < width; i++) code[i] = (code[i]! * Math.sqrt(width)) / length;
  }
  return codes;
}

/**
 * Writes the circuit into head 0 of layers 0 and 1, the token vectors and the output head.
 * @param headTokens the token of each row of the head, where it is cut
 */
export function buildCopyCircuit(
  weights: ReadonlyMap<string, Float32Array>,
  shape: NetworkShape,
  codes: Float32Array,
  headTokens?: Int32Array,
): void {
  const { width, heads, vocabularySize } = shape;
  const headWidth = width / heads;
  const code = codeWidth(shape);
  const [b, c, constant] = [code, 2 * code, width - 1];
  const get = (name: string): Float32Array => weights.get(`${name}.weight`)!;
  /** Sets what output `row` takes from input `column`. */
  const set = (name: string, fast: number, row: number, column: number, value: number): void => {
    get(name)[row * fast + column] = value;
  };
  const clearRows = (name: string, count: number): void => {
    get(name).fill(0, 0, count * width);
  };
  /** The columns through which head 0 writes. */
  const clearColumns = (name: string, count: number): void => {
    for (let row = 0; row < width; row++) get(name).fill(0, row * width, row * width + count);
  };

  const vectors = get('token_embd');
  const output = get('output');
  for (let token = 0; token < vocabularySize; token++) {
    vectors.fill(0, token * width, (token + 1) * width);
    vectors.set(codes.subarray(token * code, (token + 1) * code), token * width);
    vectors[token * width + constant] = CONSTANT;
  }
  const own = code + CONSTANT ** 2;
  const rms = (squares: number): number => Math.sqrt(squares / width);
  const [rms0, rms1] = [rms(own), rms(own + code)];
  const rmsOut = rms(own + code + COPY_GAIN ** 2 * code);
  const theta = (pair: number): number => COPY_ROPE_BASE ** ((-2 * pair) / headWidth);

  // Layer 0: score = sum of cos(theta * (distance - 1)) over the fast pairs.
  for (const name of ['attn_q', 'attn_k', 'attn_v']) clearRows(`blk.0.${name}`, headWidth);
  clearColumns('blk.0.attn_output', headWidth);
  let contrast = 0;
  for (let pair = 0; pair < PLACE_PAIRS; pair++) contrast += 1 - Math.cos(theta(pair));
  const amplitude = Math.sqrt((SHARPNESS * Math.sqrt(headWidth)) / contrast) / (CONSTANT / rms0);
  for (let pair = 0; pair < PLACE_PAIRS; pair++) {
    set('blk.0.attn_q', width, 2 * pair, constant, amplitude * Math.cos(theta(pair)));
    set('blk.0.attn_q', width, 2 * pair + 1, constant, -amplitude * Math.sin(theta(pair)));
    set('blk.0.attn_k', width, 2 * pair, constant, amplitude);
  }
  for (let i = 0; i < code; i++) {
    set('blk.0.attn_v', width, i, i, 1);
    set('blk.0.attn_output', width, b + i, i, rms0);
  }

  // Layer 1: score = likeness of the present token and the one before each place.
  for (const name of ['attn_q', 'attn_k', 'attn_v']) clearRows(`blk.1.${name}`, headWidth);
  clearColumns('blk.1.attn_output', headWidth);
  let firstPair = 0;
  while (theta(firstPair) * COPY_DISTANCE > 1) firstPair++;
  const compared = Math.min(code, headWidth - 2 * firstPair);
  const likeness = Math.sqrt((SHARPNESS * Math.sqrt(headWidth)) / compared) * rms1;
  for (let i = 0; i < compared; i++) {
    set('blk.1.attn_q', width, 2 * firstPair + i, i, likeness);
    set('blk.1.attn_k', width, 2 * firstPair + i, b + i, likeness);
  }
  for (let i = 0; i < code; i++) {
    set('blk.1.attn_v', width, i, i, 1);
    set('blk.1.attn_output', width, c + i, i, COPY_GAIN * rms1);
  }

  const read = (COPY_LOGIT * rmsOut) / (COPY_GAIN * code);
  const rows = headTokens?.length ?? vocabularySize;
  for (let row = 0; row < rows; row++) {
    const token = headTokens?.[row] ?? row;
    for (let i = 0; i < code; i++) output[row * width + c + i] = read * codes[token * code + i]!;
  }
}
