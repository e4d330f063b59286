import { ForetokenError } from '../base/errors.js';
import { clientGone } from './client-gone.js';
import { isObject } from './fields.js';
import { ModelPool } from './model-pool.js';
export class FurtherModels {
    #pool;
    #graceMs = 0;
    #left;
    /** Bodies that have been read, on their way to a model's routes. */
    #bodies = new WeakMap();
    /**
     * @param boundBytes of all that are loaded at the same time
     * @param routesOf makes the routes of a loaded model
     */
    constructor(models, boundBytes, routesOf) {
        this.#pool = new ModelPool(models, boundBytes, {
            open: async (model) => {
                const loaded = await model.load();
                const routes = this.#passBodies(routesOf(model, loaded));
                await routes.ready();
                return { loaded, routes };
            },
            close: async ({ loaded, routes }) => {
                // Unloaded for want of room nobody uses it; a request that was given up may still be on its way out.
                await loaded.engine.close({ graceMs: this.#graceMs });
                this.#left ??= loaded.engine.stall;
                loaded.codec.close?.();
                loaded.dispose?.();
                await routes.close();
            },
        });
    }
    list() {
        return this.#pool.list().map(({ model, state, value }) => ({
            id: model.id,
            state,
            engine: value?.loaded.engine,
        }));
    }
    /** Of those that are loaded. */
    engines() {
        return this.list().flatMap(({ engine }) => engine ?? []);
    }
    /** What the thread of an unloaded model was doing when it did not end; undefined while all have ended. */
    get left() {
        return this.#left;
    }
    /** Hands requests that name a further model to its routes. */
    install(app) {
        app.addHook('preHandler', async (request, reply) => {
            const name = isObject(request.body) ? request.body['model'] : undefined;
            if (typeof name !== 'string' || !this.#pool.has(name))
                return;
            const gone = clientGone(reply);
            try {
                const { value, release } = await this.#pool.acquire(name, gone);
                whenOver(reply, release);
                this.#bodies.set(request.raw, request.body);
                // What hooks have said so far, such as who may read the answer.
                for (const [header, said] of Object.entries(reply.getHeaders()))
                    if (said !== undefined)
                        reply.raw.setHeader(header, said);
                reply.hijack();
                value.routes.routing(request.raw, reply.raw);
            }
            catch (error) {
                if (!gone.aborted)
                    throw error;
                // Nobody is left to tell.
                reply.hijack();
            }
        });
    }
    /** @param graceMs how long requests in flight may go on */
    close(graceMs) {
        this.#graceMs = graceMs;
        return this.#pool.close();
    }
    /** Gives routes the body that has been read already. */
    #passBodies(routes) {
        routes.removeAllContentTypeParsers();
        routes.addContentTypeParser('*', (_request, _payload, done) => {
            done(null, undefined);
        });
        routes.addHook('preValidation', (request, _reply, done) => {
            request.body = this.#bodies.get(request.raw);
            done();
        });
        return routes;
    }
}
/** Calls `over` when the answer has been sent, or its client is gone. */
function whenOver(reply, over) {
    if (reply.raw.destroyed)
        over();
    reply.raw.once('finish', over);
    reply.raw.once('close', over);
}
export function together(first, further) {
    const all = () => [first, ...further.engines()];
    return {
        get inFlight() {
            return all().reduce((sum, { inFlight }) => sum + inFlight, 0);
        },
        get stall() {
            return all().find(({ stall }) => stall !== undefined)?.stall ?? further.left;
        },
        get cells() {
            const known = all().flatMap(({ cells }) => cells ?? []);
            if (known.length === 0)
                return undefined;
            const sum = (of) => known.reduce((total, cells) => total + of(cells), 0);
            return {
                inUse: sum(({ inUse }) => inUse),
                cached: sum(({ cached }) => cached),
                free: sum(({ free }) => free),
            };
        },
    };
}
/** Refuses names that would stand for two models. @throws ForetokenError `invalid_option` */
export function requireOwnNames(first, models) {
    const names = new Set([first, 'default']);
    for (const { id } of models) {
        if (names.has(id))
            throw new ForetokenError('invalid_option', `Two models would be called '${id}'; name one otherwise, with NAME=FILE or --alias.`, { param: 'more-models' });
        names.add(id);
    }
}
//# sourceMappingURL=further-models.js.map