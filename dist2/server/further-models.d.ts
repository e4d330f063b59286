import type { FastifyInstance } from 'fastify';
import type { SamplingDefaults } from '../base/sampling-options.js';
import type { EngineHandle, EngineStall } from '../engine/types.js';
import type { TextCodec } from './codec.js';
import { type ModelState, type PooledModel } from './model-pool.js';
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
export interface ListedModel {
    readonly id: string;
    readonly state: ModelState;
    readonly engine: EngineHandle | undefined;
}
export declare class FurtherModels {
    #private;
    /**
     * @param boundBytes of all that are loaded at the same time
     * @param routesOf makes the routes of a loaded model
     */
    constructor(models: readonly FurtherModel[], boundBytes: number, routesOf: (model: FurtherModel, loaded: LoadedModel) => FastifyInstance);
    list(): ListedModel[];
    /** Of those that are loaded. */
    engines(): EngineHandle[];
    /** What the thread of an unloaded model was doing when it did not end; undefined while all have ended. */
    get left(): EngineStall | undefined;
    /** Hands requests that name a further model to its routes. */
    install(app: FastifyInstance): void;
    /** @param graceMs how long requests in flight may go on */
    close(graceMs: number): Promise<void>;
}
/** The engines of all loaded models as one, for whoever counts or watches. */
export type AllEngines = Pick<EngineHandle, 'inFlight' | 'stall' | 'cells'>;
export declare function together(first: EngineHandle, further: FurtherModels): AllEngines;
/** Refuses names that would stand for two models. @throws ForetokenError `invalid_option` */
export declare function requireOwnNames(first: string, models: readonly FurtherModel[]): void;
