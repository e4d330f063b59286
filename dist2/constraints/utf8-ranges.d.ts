/**
 * Code points as the bytes of their UTF-8: a range becomes a few rows of byte ranges, each row standing for all
 * texts whose n-th byte lies in its n-th range (as Cox describes for RE2, and the utf8-ranges crate does).
 */
import type { CodePoints } from '../grammar/code-points.js';
export type ByteRange = readonly [first: number, last: number];
/** In order; rows that begin with the same byte stand together. */
export declare function utf8Ranges(set: CodePoints): ByteRange[][];
