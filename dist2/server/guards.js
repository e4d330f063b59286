/** Who may call: API keys. (Which names and pages: `origins.ts`.) */
import { createHash, timingSafeEqual } from 'node:crypto';
import { ForetokenError } from '../base/errors.js';
/** Open even where keys are asked for: what load balancers probe. It tells those without a key next to nothing. */
const HEALTH = '/health';
/** Figures without anything of a request's own, for scrapers that have no key where the operator says so. */
const METRICS = ['/metrics', '/v1/stats'];
/** The keys of a server: which requests bring one. */
export class ApiKeys {
    #hashes;
    constructor(keys) {
        this.#hashes = keys.map(hash);
    }
    get asked() {
        return this.#hashes.length > 0;
    }
    /**
     * Whether a request brings one of the keys, as `Authorization: Bearer …` or `X-Api-Key: …`. Hashes of equal
     * length are compared, all of them, so that the time taken tells nothing about a key.
     */
    broughtBy(request) {
        const given = givenKey(request);
        if (given === undefined)
            return false;
        const givenHash = hash(given);
        let known = false;
        for (const candidate of this.#hashes)
            known = timingSafeEqual(candidate, givenHash) || known;
        return known;
    }
}
/** @param openMetrics `/metrics` asks for no key, for scrapers that have none */
export function requireApiKey(app, keys, openMetrics) {
    if (!keys.asked)
        return;
    const openPaths = new Set(openMetrics ? [HEALTH, ...METRICS] : [HEALTH]);
    app.addHook('onRequest', (request, _reply, done) => {
        if (openPaths.has(request.routeOptions.url ?? '') || keys.broughtBy(request)) {
            done();
            return;
        }
        const message = givenKey(request) === undefined
            ? "This server needs an API key: 'Authorization: Bearer <key>'."
            : 'The API key is not one of this server.';
        done(new ForetokenError('invalid_api_key', message));
    });
}
/** Who asks, as far as it can be known: turns in the queue are taken by key, or else by address. */
export function clientOf(request, keys) {
    // A key that nobody has asked for could be a new one every time.
    const key = keys.asked ? givenKey(request) : undefined;
    return key === undefined ? `address ${request.ip}` : `key ${hash(key).toString('hex')}`;
}
const hash = (key) => createHash('sha256').update(key, 'utf8').digest();
function givenKey(request) {
    const bearer = /^bearer +(.+)$/i.exec(request.headers.authorization ?? '')?.[1]?.trim();
    const header = request.headers['x-api-key'];
    return bearer ?? (typeof header === 'string' ? header : undefined);
}
//# sourceMappingURL=guards.js.map