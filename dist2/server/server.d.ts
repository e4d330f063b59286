import { type FastifyInstance } from 'fastify';
import type { ServerOptions } from './context.js';
import { type AllEngines } from './further-models.js';
export type { ServerOptions } from './context.js';
/** The app with the engines of all models that it serves. */
export type ServerApp = FastifyInstance & {
    readonly engines: AllEngines;
};
/** Builds the app; `close()` also closes the engines. */
export declare function buildServer(options: ServerOptions): ServerApp;
/**
 * Binds the app to an address.
 * @returns the address as a URL, with the port that was really taken where `port` is 0
 */
export declare function listen(app: FastifyInstance, address: {
    readonly host: string;
    readonly port: number;
}): Promise<string>;
