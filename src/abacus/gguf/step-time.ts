/** Times of decodes on a machine: one whose prices were learned (`cost-profile.ts`), at another pace where it is not that one. */
import type { CostProfile, ThreadPrices } from './cost-profile.js';
import { priced } from './cost-profile.js';
import { decodeWork, type DecodeWork } from './decode-work.js';
import type { ComputeOptions } from './matrix-passes.js';
import type { LanguageModel } from './language-model.js';

/** How much slower than the profile's a processor was seen to be, for one token at a time and for `PACE_TOKENS`. */
export interface Pace {
  readonly one: number;
  readonly many: number;
}

export interface ProcessorMachine {
  readonly profile: CostProfile;
  readonly threads: number;
  /** Undefined: the profile is this machine's own. */
  readonly pace: Pace | undefined;
}

/** Tokens in a decode by which the pace of many is told. */
export const PACE_TOKENS = 32;
/** Each doubling of threads beyond those measured is worth this share of a doubling. */
const MORE_THREADS = 0.85;
/** Another processor has other proportions between its kernels, and its interval is as much wider. */
const FOREIGN = Math.log(1.25);

/** Amounts that all threads share; the others one thread does. */
const SHARED = /^(weights |dots |elements$|attention)/;

/** Milliseconds of a decode. */
export function decodeMs(
  model: LanguageModel,
  work: DecodeWork,
  options: ComputeOptions,
  machine: ProcessorMachine,
): number {
  const prices = pricesFor(machine);
  const msOf = (of: DecodeWork): number => priced(decodeWork(model, of, options), prices);
  const ms = msOf(work);
  if (machine.pace === undefined) return ms;
  // The first token at one pace and each further one at another, so more tokens never take less, however far the two are apart:
  // matrix units may read many tokens ten times as fast as one.
  const { one, many } = machine.pace;
  const { cells } = work;
  const first = msOf({ tokens: 1, cells, outputs: Math.min(1, work.outputs) });
  const [alone, together] = [1, PACE_TOKENS].map((tokens) => msOf({ tokens, cells, outputs: tokens }));
  const further =
    together! > alone! ? Math.max(0, (many * together! - one * alone!) / (together! - alone!)) : 1;
  return one * first + further * (ms - first);
}

/** Factor, as its logarithm, within which nine in ten times are. */
export const intervalLogOf = ({ profile, pace }: ProcessorMachine): number =>
  profile.intervalLog + (pace === undefined ? 0 : FOREIGN);

const cache = new WeakMap<CostProfile, Map<number, Readonly<Record<string, number>>>>();

function pricesFor({ profile, threads }: ProcessorMachine): Readonly<Record<string, number>> {
  const known = cache.get(profile) ?? new Map<number, Readonly<Record<string, number>>>();
  cache.set(profile, known);
  const kept = known.get(threads);
  if (kept !== undefined) return kept;
  const nearest = profile.threads.reduce(
    (best: ThreadPrices | undefined, one) =>
      best === undefined || (one.threads <= threads && one.threads > best.threads) ? one : best,
    undefined,
  );
  const prices = nearest === undefined ? {} : scaled(nearest, threads);
  known.set(threads, prices);
  return prices;
}

function scaled(
  { threads: measured, prices }: ThreadPrices,
  threads: number,
): Readonly<Record<string, number>> {
  if (threads <= measured) return prices;
  const factor = 2 ** (-MORE_THREADS * Math.log2(threads / measured));
  return Object.fromEntries(
    Object.entries(prices).map(([name, price]) => [name, SHARED.test(name) ? price * factor : price]),
  );
}
