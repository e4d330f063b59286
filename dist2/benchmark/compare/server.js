/** A Foretoken server as a comparison sees it: what it can do, whether it is idle, what its engine has done. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ForetokenError } from '../../base/errors.js';
import { BenchmarkClient } from '../client.js';
import { isObject, readStats } from './stats.js';
const ENDPOINT = '/v1/chat/completions';
export class ComparedServer {
    baseUrl;
    apiKey;
    #client;
    #signal;
    constructor(baseUrl, apiKey, signal) {
        this.baseUrl = baseUrl;
        this.apiKey = apiKey;
        this.#client = new BenchmarkClient(baseUrl, apiKey);
        this.#signal = signal;
    }
    close() {
        this.#client.close();
    }
    /** @throws ForetokenError `server_unreachable` also where another server than Foretoken answers */
    async health() {
        const body = await this.#json('/health');
        const slots = isObject(body) ? body['slots'] : undefined;
        if (!isObject(body) || typeof body['model'] !== 'string' || !isObject(slots))
            throw this.#unusable('its /health is not that of a Foretoken server');
        const { total, busy, waiting } = slots;
        if (!isCount(total) || !isCount(busy) || !isCount(waiting))
            throw this.#unusable('its /health tells no slots');
        return { model: body['model'], parallel: total, busy, waiting };
    }
    /** Resolves when no request runs or waits; a server that others use never gets there. */
    async untilIdle(timeoutMs = 60_000) {
        const endMs = performance.now() + timeoutMs;
        while (!this.#signal.aborted) {
            const { busy, waiting } = await this.health();
            if (busy === 0 && waiting === 0)
                return;
            if (performance.now() > endMs)
                throw this.#unusable('it is still busy after all answers have come; a comparison needs it to itself');
            await sleep(10);
        }
    }
    /** A short answer without speculation, thrown away. */
    async #ask(text, maxTokens) {
        const body = {
            messages: [{ role: 'user', content: text }],
            speculation: 'off',
            max_tokens: maxTokens,
            ignore_eos: true,
            temperature: 0,
            stream: true,
        };
        await this.#client.stream(ENDPOINT, body, this.#signal);
    }
    /** Takes the texts of the last run out of the KV cache: the next setting must compute the same prompts itself. */
    async forgetPrompts(parallel) {
        await Promise.all(Array.from({ length: parallel }, (_, index) => this.#ask(`${index + 1}. Say anything.`, 8)));
    }
    /** What a model has done and can do. */
    async stats(model) {
        const stats = readStats(await this.#json('/v1/stats'), model);
        if (stats === undefined)
            throw this.#unusable(`its /v1/stats tells nothing of ${model}`);
        return stats;
    }
    /** The latest plans of the engine, oldest first, unchecked; empty where the server keeps none. */
    async plans() {
        const body = await this.#json('/v1/plans').catch(() => undefined);
        return isObject(body) && Array.isArray(body['data']) ? body['data'] : [];
    }
    async #get(path) {
        try {
            return await this.#client.get(path);
        }
        catch (error) {
            throw this.#unusable(`${path}: ${error.message}`);
        }
    }
    async #json(path) {
        const text = await this.#get(path);
        try {
            return JSON.parse(text);
        }
        catch {
            throw this.#unusable(`its ${path} is not JSON`);
        }
    }
    #unusable(why) {
        return new ForetokenError('server_unreachable', `${this.baseUrl} cannot be compared on: ${why}. Name a running foretoken serve with --base-url, or leave it out.`, { param: 'base-url' });
    }
}
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
//# sourceMappingURL=server.js.map