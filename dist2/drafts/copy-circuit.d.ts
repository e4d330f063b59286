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
export declare const COPY_ROPE_BASE = 1000000;
export declare function codeWidth(shape: NetworkShape): number;
/** The circuit needs two layers, and heads wide enough to tell tokens apart. */
export declare function canCopy(shape: NetworkShape): boolean;
/**
 * Makes codes from projected token vectors [rows, width], in place: centred, of equal variance in each
 * direction, of equal length for each token, so that the network's norms act on all tokens alike.
 */
export declare function whiten(codes: Float32Array, rows: number, width: number): Float32Array;
/** Writes the circuit into head 0 of layers 0 and 1, the token vectors and the output head. */
export declare function buildCopyCircuit(weights: ReadonlyMap<string, Float32Array>, shape: NetworkShape, codes: Float32Array): void;
