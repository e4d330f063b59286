/**
 * Runs a benchmark: sends each prompt at its arrival time, whatever became of those before (an open loop), with
 * at most `maxConcurrency` under way, and records what every one of them got. The load of vLLM's `bench serve`.
 */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { ForetokenError } from '../base/errors.js';
import { arrivalTimesMs } from './arrivals.js';
import { BenchmarkClient } from './client.js';
import { countsOfAnswers, difference, fetchCounts } from './counters.js';
import { requestBody } from './request-body.js';
import { endpointKind } from './target.js';
/**
 * Requests that fail are part of the result; only what makes every request pointless is thrown.
 * @throws ForetokenError `invalid_option`, or `server_unreachable` where no model can be asked for
 */
export async function runBenchmark(options) {
    const { prompts, warmups, signal } = options;
    if (prompts.length === 0)
        throw new ForetokenError('invalid_option', 'There is no prompt to send.', { param: 'prompts' });
    if (options.arrivalsMs !== undefined && options.arrivalsMs.length !== prompts.length)
        throw new ForetokenError('invalid_option', 'Every prompt needs its arrival.', { param: 'arrivalsMs' });
    endpointKind(options.endpoint);
    // Every request under way listens to it; Node would take that for a leak.
    if (signal !== undefined)
        setMaxListeners(0, signal);
    const arrivals = options.arrivalsMs ?? arrivalTimesMs({ count: prompts.length, ...options });
    const client = new BenchmarkClient(options.baseUrl, options.apiKey);
    try {
        const model = options.model ?? (await firstModel(client, options.baseUrl));
        const send = (prompt, index) => client.stream(options.endpoint, requestBody(options, model, prompt, index), signal);
        const warmupErrors = await warmUp(send, prompts[0], warmups, options.maxConcurrency);
        const before = await fetchCounts(client);
        const load = await new Load(options, arrivals, send).run();
        const after = before && (await fetchCounts(client));
        const speculation = before && after ? difference(before, after) : countsOfAnswers(load.outcomes);
        return { model, ...load, ...(speculation === undefined ? {} : { speculation }), warmupErrors };
    }
    finally {
        client.close();
    }
}
/** Node's timers end at once beyond 31 bits. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;
async function firstModel(client, baseUrl) {
    let reason;
    try {
        const list = JSON.parse(await client.get('/v1/models'));
        const id = list?.data?.[0]?.id;
        if (typeof id === 'string')
            return id;
        reason = 'its list of models is empty or none';
    }
    catch (error) {
        reason = error.message;
    }
    throw new ForetokenError('server_unreachable', `${baseUrl}/v1/models names no model (${reason}). Start the server, correct --base-url, or name --model.`, { param: 'base-url' });
}
/** Sends the first prompt `count` times. @returns what went wrong */
async function warmUp(send, prompt, count, maxConcurrency = count) {
    const errors = [];
    let sent = 0;
    const worker = async () => {
        while (sent < count) {
            sent += 1;
            const { error } = await send(prompt, 0);
            if (error !== undefined)
                errors.push(error);
        }
    };
    await Promise.all(Array.from({ length: Math.min(count, maxConcurrency) }, worker));
    return errors;
}
/** The requests of one run: waiting for their arrival, for a place, under way, done. */
class Load {
    #options;
    #arrivalsMs;
    #send;
    #outcomes = [];
    /** Arrived, and waiting for others to end; first come, first served. */
    #waiting = [];
    #startMs = 0;
    #running = 0;
    #mostRunning = 0;
    #done = 0;
    #allDone = () => undefined;
    constructor(options, arrivalsMs, send) {
        this.#options = options;
        this.#arrivalsMs = arrivalsMs;
        this.#send = send;
    }
    async run() {
        const ended = new Promise((resolve) => {
            this.#allDone = resolve;
        });
        this.#startMs = performance.now();
        for (const [index, arrivalMs] of this.#arrivalsMs.entries()) {
            await this.#until(arrivalMs);
            this.#waiting.push(index);
            this.#fill();
        }
        await ended;
        return {
            outcomes: this.#outcomes,
            durationMs: this.#nowMs(),
            maxConcurrentRequests: this.#mostRunning,
        };
    }
    #nowMs() {
        return performance.now() - this.#startMs;
    }
    /** Waits for a time of the run; not at all when it has passed, or the run is to end. */
    async #until(timeMs) {
        const { signal } = this.#options;
        while (signal?.aborted !== true) {
            const waitMs = timeMs - this.#nowMs();
            if (waitMs <= 0)
                return;
            // Node's timers take whole milliseconds and may still fire early; rather late than early.
            await sleep(Math.min(Math.ceil(waitMs), LONGEST_TIMER_MS), undefined, signal && { signal }).catch(() => undefined);
        }
    }
    /** Sends what has arrived as far as there is room. */
    #fill() {
        const { maxConcurrency = Infinity } = this.#options;
        while (this.#running < maxConcurrency) {
            const index = this.#waiting.shift();
            if (index === undefined)
                return;
            void this.#request(index);
        }
    }
    async #request(index) {
        const { prompts, onProgress } = this.#options;
        const prompt = prompts[index];
        this.#running += 1;
        this.#mostRunning = Math.max(this.#mostRunning, this.#running);
        const startMs = this.#nowMs();
        const answer = await this.#send(prompt, index);
        this.#outcomes[index] = {
            task: prompt.task,
            startMs,
            queueMs: Math.max(0, startMs - this.#arrivalsMs[index]),
            ...answer,
        };
        this.#running -= 1;
        this.#done += 1;
        onProgress?.(this.#done, prompts.length);
        this.#fill();
        if (this.#done === prompts.length)
            this.#allDone();
    }
}
//# sourceMappingURL=run.js.map