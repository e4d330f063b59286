/**
 * Models besides the first, served by their names. Each has routes of its own, the same as those of the first, over its
 * own engine; they are made when the model is loaded. A request has passed all guards and its body has been read when
 * its `model` says that it is for one of them; then it is handed to that model's routes. So no route knows of others.
 *
 * Who owns what: the server owns its first engine, and closes it; the pool owns those of further models, and closes each
 * when the model is unloaded, or with the server. Each engine has a thread of its own. Two that compute at the same
 * time take the cores from each other; each falls back to one thread while it loses by more (`llama/thread-governor.ts`).
 */
import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import type { SamplingDefaults } from '../base/sampling-options.js';
import type { CellCounts, EngineHandle, EngineStall } from '../engine/types.js';
import { clientGone } from './client-gone.js';
import type { TextCodec } from './codec.js';
import { isObject } from './fields.js';
import { ModelPool, type ModelState, type PooledModel } from './model-pool.js';

/** A model that can be loaded. */
export interface FurtherModel extends PooledModel {
  readonly path: string;
  load(): Promise<LoadedModel>;
}

export interface LoadedModel {
  readonly engine: EngineHandle;
  readonly codec: TextCodec;
  readonly sampling?: Partial<SamplingDefaults>;
  /** Frees what is left when engine and codec are closed. */
  dispose?(): void;
}

/** A loaded model with its routes. */
interface Serving {
  readonly loaded: LoadedModel;
  readonly routes: FastifyInstance;
}

export interface ListedModel {
  readonly id: string;
  readonly state: ModelState;
  readonly engine: EngineHandle | undefined;
}

export class FurtherModels {
  readonly #pool: ModelPool<FurtherModel, Serving>;
  #graceMs = 0;
  #left: EngineStall | undefined;
  /** Bodies that have been read, on their way to a model's routes. */
  readonly #bodies = new WeakMap<IncomingMessage, unknown>();

  /**
   * @param boundBytes of all that are loaded at the same time
   * @param routesOf makes the routes of a loaded model
   */
  constructor(
    models: readonly FurtherModel[],
    boundBytes: number,
    routesOf: (model: FurtherModel, loaded: LoadedModel) => FastifyInstance,
  ) {
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

  list(): ListedModel[] {
    return this.#pool.list().map(({ model, state, value }) => ({
      id: model.id,
      state,
      engine: value?.loaded.engine,
    }));
  }

  /** Of those that are loaded. */
  engines(): EngineHandle[] {
    return this.list().flatMap(({ engine }) => engine ?? []);
  }

  /** What the thread of an unloaded model was doing when it did not end; undefined while all have ended. */
  get left(): EngineStall | undefined {
    return this.#left;
  }

  /** Hands requests that name a further model to its routes. */
  install(app: FastifyInstance): void {
    app.addHook('preHandler', async (request, reply) => {
      const name = isObject(request.body) ? request.body['model'] : undefined;
      if (typeof name !== 'string' || !this.#pool.has(name)) return;
      const gone = clientGone(reply);
      try {
        const { value, release } = await this.#pool.acquire(name, gone);
        whenOver(reply, release);
        this.#bodies.set(request.raw, request.body);
        // What hooks have said so far, such as who may read the answer.
        for (const [header, said] of Object.entries(reply.getHeaders()))
          if (said !== undefined) reply.raw.setHeader(header, said);
        reply.hijack();
        value.routes.routing(request.raw, reply.raw);
      } catch (error) {
        if (!gone.aborted) throw error;
        // Nobody is left to tell.
        reply.hijack();
      }
    });
  }

  /** @param graceMs how long requests in flight may go on */
  close(graceMs: number): Promise<void> {
    this.#graceMs = graceMs;
    return this.#pool.close();
  }

  /** Gives routes the body that has been read already. */
  #passBodies(routes: FastifyInstance): FastifyInstance {
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
function whenOver(reply: FastifyReply, over: () => void): void {
  if (reply.raw.destroyed) over();
  reply.raw.once('finish', over);
  reply.raw.once('close', over);
}

/** The engines of all loaded models as one, for whoever counts or watches. */
export type AllEngines = Pick<EngineHandle, 'inFlight' | 'stall' | 'cells'>;

export function together(first: EngineHandle, further: FurtherModels): AllEngines {
  const all = (): EngineHandle[] => [first, ...further.engines()];
  return {
    get inFlight() {
      return all().reduce((sum, { inFlight }) => sum + inFlight, 0);
    },
    get stall() {
      return all().find(({ stall }) => stall !== undefined)?.stall ?? further.left;
    },
    get cells() {
      const known = all().flatMap(({ cells }) => cells ?? []);
      if (known.length === 0) return undefined;
      const sum = (of: (cells: CellCounts) => number): number =>
        known.reduce((total, cells) => total + of(cells), 0);
      return {
        inUse: sum(({ inUse }) => inUse),
        cached: sum(({ cached }) => cached),
        free: sum(({ free }) => free),
      };
    },
  };
}

/** Refuses names that would stand for two models. @throws ForetokenError `invalid_option` */
export function requireOwnNames(first: string, models: readonly FurtherModel[]): void {
  const names = new Set([first, 'default']);
  for (const { id } of models) {
    if (names.has(id))
      throw new ForetokenError(
        'invalid_option',
        `Two models would be called '${id}'; name one otherwise, with NAME=FILE or --alias.`,
        { param: 'more-models' },
      );
    names.add(id);
  }
}
