/** Counts guesses by who made them and by their place in the draft: of a step, of a request, of all of them. */
import { sum } from '../base/statistics.js';
import type { NodeSource, Proposal } from '../speculation/proposal.js';

/** [position in the draft] guesses that were verified, and those of them that were accepted. */
export interface GuessCount {
  readonly drafted: number[];
  readonly accepted: number[];
}

export type GuessCounts = Partial<Record<NodeSource, GuessCount>>;

/** Adds what was verified. @param path the accepted nodes of the proposal, from the root on */
export function countGuesses(counts: GuessCounts, proposal: Proposal, path: readonly number[]): void {
  const { sources, depths } = proposal;
  for (let node = 0; node < proposal.length; node++)
    add(of(counts, sources[node]!).drafted, depths[node]!, 1);
  for (const node of path) add(of(counts, sources[node]!).accepted, depths[node]!, 1);
}

export function addGuesses(sum: GuessCounts, more: Readonly<GuessCounts>): void {
  for (const source of Object.keys(more) as NodeSource[]) {
    const { drafted, accepted } = of(sum, source);
    more[source]!.drafted.forEach((count, position) => {
      add(drafted, position, count);
    });
    more[source]!.accepted.forEach((count, position) => {
      add(accepted, position, count);
    });
  }
}

/** Over all who guess; what nobody guessed (`padding`) does not count. */
export function guessTotals(counts: Readonly<GuessCounts>): {
  readonly draftTokens: number;
  readonly acceptedTokens: number;
  /** [position] */
  readonly acceptedPerPosition: readonly number[];
} {
  const all: GuessCount = { drafted: [], accepted: [] };
  for (const source of Object.keys(counts) as NodeSource[])
    if (source !== 'padding') addGuesses({ draft: all }, { draft: counts[source]! });
  return {
    draftTokens: sum(all.drafted),
    acceptedTokens: sum(all.accepted),
    acceptedPerPosition: all.accepted,
  };
}

const of = (counts: GuessCounts, source: NodeSource): GuessCount =>
  (counts[source] ??= { drafted: [], accepted: [] });

function add(counts: number[], position: number, count: number): void {
  while (counts.length <= position) counts.push(0);
  counts[position]! += count;
}
