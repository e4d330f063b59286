import type { Decoder } from './decoder.js';
/**
 * @param open a fresh decoder with at least 4 sequences, a batch of at least 32 tokens and 256 cells, and with
 *   2 branch sequences when it is unified
 * @param tolerance how far logits may differ when the same tokens are computed in other batches
 */
export declare function decoderConformance(name: string, open: () => Decoder, tolerance: number): void;
