/** One run of the ramp, with the server's statistics read once a second, at the same cost for every setting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { overloadEndS, rampArrivalsMs, recoveryS, type RampShape } from './ramp.js';
import { grown, meanLength, type ModelStats } from './stats.js';
import type { RampRunRecord, RampSample } from './types.js';
import { tpotMs } from '../summary.js';
import type { BenchmarkOptions, BenchmarkPrompt, BenchmarkRun } from '../types.js';

export interface RampRunOptions {
  readonly shape: RampShape;
  readonly setting: string;
  readonly repeat: number;
  readonly stats: () => Promise<ModelStats>;
  readonly parallel: number;
  readonly saturationRps: number;
  /** Of the arrivals. */
  readonly seed: number;
  readonly promptsFor: (count: number) => readonly BenchmarkPrompt[];
  readonly benchmark: (
    load: Pick<BenchmarkOptions, 'prompts' | 'requestRate' | 'maxConcurrency' | 'seed'> &
      Partial<Pick<BenchmarkOptions, 'arrivalsMs'>>,
  ) => Promise<BenchmarkRun>;
}

export async function runRamp(options: RampRunOptions): Promise<RampRunRecord> {
  const { shape, setting, repeat, parallel, saturationRps, seed } = options;
  const arrivalsMs = rampArrivalsMs(shape, seed);
  const sampler = new Sampler(options.stats);
  const sampling = sampler.run();
  const run = await options
    .benchmark({
      prompts: options.promptsFor(arrivalsMs.length),
      arrivalsMs,
      requestRate: Infinity,
      maxConcurrency: undefined,
      seed,
    })
    .finally(() => {
      sampler.stop();
    });
  await sampling;
  const answered = run.outcomes.filter(({ error }) => error === undefined);
  const requests = answered.map(
    (outcome) => [outcome.startMs / 1000, tpotMs(outcome) ?? null, outcome.e2eMs] as const,
  );
  return {
    setting,
    repeat,
    failed: run.outcomes.length - answered.length,
    duration_s: run.durationMs / 1000,
    recovery_s: recoveryS(
      requests.map(([sentS, , e2elMs]) => ({ sentS, latencyS: e2elMs / 1000 })),
      parallel,
      overloadEndS(shape, saturationRps),
    ),
    samples: sampler.samples,
    requests,
  };
}

const INTERVAL_MS = 1000;

class Sampler {
  readonly samples: RampSample[] = [];
  readonly #stats: () => Promise<ModelStats>;
  readonly #stopped = new AbortController();

  constructor(stats: () => Promise<ModelStats>) {
    this.#stats = stats;
  }

  stop(): void {
    this.#stopped.abort();
  }

  async run(): Promise<void> {
    const startMs = performance.now();
    let last: { readonly atMs: number; readonly stats: ModelStats } | undefined;
    while (!this.#stopped.signal.aborted) {
      const atMs = performance.now();
      // A server that is gone shows in the requests themselves.
      const stats = await this.#stats().catch(() => undefined);
      if (stats === undefined) return;
      if (last !== undefined)
        this.#add(last.stats, stats, (atMs - last.atMs) / 1000, (atMs - startMs) / 1000);
      last = { atMs, stats };
      await sleep(INTERVAL_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    }
  }

  #add(before: ModelStats, after: ModelStats, seconds: number, atS: number): void {
    const since = grown(before.total, after.total);
    this.samples.push({
      at_s: atS,
      committed_tokens_per_s: since.committed_tokens / seconds,
      mean_length: meanLength(since),
      in_flight: after.inFlight,
    });
  }
}
