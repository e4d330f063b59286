import type { FastifyInstance } from 'fastify';
export interface HostRules {
    /** The address that the server listens on; none: loopback. */
    readonly listensOn?: string | undefined;
    /** Further names it is called by, `*.` in front for all below one; `*` for any name at all. */
    readonly allowed: readonly string[];
}
/** Names in lower case without port, brackets and final dot; undefined for what is no host. */
export declare function hostOf(header: string): string | undefined;
/**
 * Whether a host of a Host header names this server. Listening on loopback, only loopback's own names do;
 * elsewhere the machine's names and every literal address, since no site can make itself one, do, too.
 */
export declare function hostCheck({ listensOn, allowed }: HostRules): (host: string) => boolean;
/** Runs before everything else: what was sent to another name is not for this server. */
export declare function requireOwnHost(app: FastifyInstance, rules: HostRules): void;
/**
 * Lets pages of `origins` (or of all, with `*`) call the API, and refuses those of any other origin but the
 * server's own; runs before the keys are asked for. Programs that are no browsers send no Origin.
 */
export declare function checkOrigins(app: FastifyInstance, origins: readonly string[]): void;
