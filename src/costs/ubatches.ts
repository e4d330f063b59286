/**
 * How the library cuts a batch when every sequence has a stream of KV cells of its own: into parts of equally
 * many tokens of sequences that follow each other by number (llama.cpp, `llama_batch_allocr::split_equal` with
 * `sequential`), each computed by itself. So 1, 2, 3 and 4 tokens of four sequences are four decodes of 4, 3, 2
 * and 1 tokens, and cost about as much: 12.8 ms instead of 7.4 ms for ten tokens in one piece (demo model,
 * 1 thread, EPYC Genoa); 4 sequences with a token each take 3.7 ms in order, 6.6 ms in the opposite order and
 * 6.5 ms as sequences 0, 2, 4 and 6. In one pool of cells every batch is one part.
 *
 * A part has a price of its own, whatever its size (SmolLM2-135M Q8_0, 2 threads, EPYC Milan: two of four tokens take
 * 58 ms, one of eight 42 ms, and a token more in it 4 ms), so narrow gaps between sequences are filled with tokens
 * that nobody reads (`gapsOf`): 16 streams write 118 instead of 109 tokens/s (medians of three runs in turn, same machine).
 */

/** The tokens of one sequence in a batch. */
export interface SequenceShare {
  readonly sequence: number;
  readonly tokens: number;
}

/** A part of a batch, computed by itself. */
export interface UbatchShape {
  readonly sequences: number;
  /** Of all of them together. */
  readonly tokens: number;
}

/**
 * Tokens of each part, in order of computing.
 * @param shares one for each sequence, in the order of their first tokens in the batch
 * @param unified one pool of cells for all sequences
 */
export function ubatchesOf(shares: readonly SequenceShare[], unified: boolean): number[] {
  return ubatchShapesOf(shares, unified).map(({ tokens }) => tokens);
}

/** The same with the sequences that each part is of. */
export function ubatchShapesOf(shares: readonly SequenceShare[], unified: boolean): UbatchShape[] {
  const left = shares.map(({ tokens }) => tokens);
  if (unified) {
    const tokens = left.reduce((sum, count) => sum + count, 0);
    return tokens === 0 ? [] : [{ sequences: shares.length, tokens }];
  }
  const parts: UbatchShape[] = [];
  for (;;) {
    const members: number[] = [];
    for (let index = 0; index < shares.length; index++) {
      if (left[index]! <= 0) continue;
      const before = members.at(-1);
      if (before === undefined || shares[index]!.sequence === shares[before]!.sequence + 1)
        members.push(index);
    }
    if (members.length === 0) return parts;
    const each = Math.min(...members.map((index) => left[index]!));
    for (const index of members) left[index]! -= each;
    parts.push({ sequences: members.length, tokens: each * members.length });
  }
}

/** Tokens for nothing that cost less than a part more: up to three on that machine. */
const MOST_FILLED = 3;

/**
 * Gaps between the sequences of a batch that are narrow enough for each sequence in them to compute a token, where nobody
 * verifies guesses: then all sequences have their first token in one part. (Guesses of equal length would need as many
 * tokens in each gap.)
 * @param shares in ascending order of sequences, in separate streams
 * @returns [gap] its sequences
 */
export function gapsOf(shares: readonly SequenceShare[]): SequenceShare[][] {
  const gaps: SequenceShare[][] = [];
  for (let index = 1; index < shares.length; index++) {
    const [before, after] = [shares[index - 1]!.sequence, shares[index]!.sequence];
    const length = after - before - 1;
    if (length < 1 || length > MOST_FILLED) continue;
    gaps.push(Array.from({ length }, (_, at) => ({ sequence: before + 1 + at, tokens: 1 })));
  }
  return gaps;
}

/** The shares with those of sequences in narrow gaps. */
export function withGapsFilled(shares: readonly SequenceShare[]): readonly SequenceShare[] {
  const gaps = gapsOf(shares);
  return gaps.length === 0 ? shares : mergeShares(shares, gaps.flat());
}

/** Two lists in ascending order of sequences as one; what both hold of a sequence is added up. */
export function mergeShares(a: readonly SequenceShare[], b: readonly SequenceShare[]): SequenceShare[] {
  const merged: SequenceShare[] = [];
  for (const share of [...a, ...b].sort((x, y) => x.sequence - y.sequence)) {
    const last = merged.at(-1);
    if (last?.sequence !== share.sequence) merged.push(share);
    else merged[merged.length - 1] = { sequence: last.sequence, tokens: last.tokens + share.tokens };
  }
  return merged;
}
