/** One run of the ramp, with the server's statistics read once a second, at the same cost for every setting. */
import { setTimeout as sleep } from 'node:timers/promises';
import { overloadEndS, rampArrivalsMs, recoveryS } from './ramp.js';
import { grown, meanLength } from './stats.js';
import { tpotMs } from '../summary.js';
export async function runRamp(options) {
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
    const requests = answered.map((outcome) => [outcome.startMs / 1000, tpotMs(outcome) ?? null, outcome.e2eMs]);
    return {
        setting,
        repeat,
        failed: run.outcomes.length - answered.length,
        duration_s: run.durationMs / 1000,
        recovery_s: recoveryS(requests.map(([sentS, , e2elMs]) => ({ sentS, latencyS: e2elMs / 1000 })), parallel, overloadEndS(shape, saturationRps)),
        samples: sampler.samples,
        requests,
    };
}
const INTERVAL_MS = 1000;
class Sampler {
    samples = [];
    #stats;
    #stopped = new AbortController();
    constructor(stats) {
        this.#stats = stats;
    }
    stop() {
        this.#stopped.abort();
    }
    async run() {
        const startMs = performance.now();
        let last;
        while (!this.#stopped.signal.aborted) {
            const atMs = performance.now();
            // A server that is gone shows in the requests themselves.
            const stats = await this.#stats().catch(() => undefined);
            if (stats === undefined)
                return;
            if (last !== undefined)
                this.#add(last.stats, stats, (atMs - last.atMs) / 1000, (atMs - startMs) / 1000);
            last = { atMs, stats };
            await sleep(INTERVAL_MS, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
        }
    }
    #add(before, after, seconds, atS) {
        const since = grown(before.total, after.total);
        this.samples.push({
            at_s: atS,
            committed_tokens_per_s: since.committed_tokens / seconds,
            mean_length: meanLength(since),
            in_flight: after.inFlight,
        });
    }
}
//# sourceMappingURL=ramp-run.js.map