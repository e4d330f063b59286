import type { FastifyInstance, FastifyRequest } from 'fastify';
/** The keys of a server: which requests bring one. */
export declare class ApiKeys {
    #private;
    constructor(keys: readonly string[]);
    get asked(): boolean;
    /**
     * Whether a request brings one of the keys, as `Authorization: Bearer …` or `X-Api-Key: …`. Hashes of equal
     * length are compared, all of them, so that the time taken tells nothing about a key.
     */
    broughtBy(request: FastifyRequest): boolean;
}
/** @param openMetrics `/metrics` asks for no key, for scrapers that have none */
export declare function requireApiKey(app: FastifyInstance, keys: ApiKeys, openMetrics: boolean): void;
/** Who asks, as far as it can be known: turns in the queue are taken by key, or else by address. */
export declare function clientOf(request: FastifyRequest, keys: ApiKeys): string;
