export interface PooledModel {
    /** The name that requests call it by. */
    readonly id: string;
    /** What it will take, as far as is known before it is loaded. */
    readonly bytes: number;
}
export type ModelState = 'unloaded' | 'loading' | 'loaded';
/** A loaded model in use. */
export interface Lease<Value> {
    readonly value: Value;
    /** To be called once, when the use is over. */
    readonly release: () => void;
}
export declare class ModelPool<Model extends PooledModel, Value> {
    #private;
    /**
     * @param boundBytes of all models of the pool that are loaded at the same time
     * @param work how a model is loaded, and unloaded; the pool owns what `open` gives until it has called `close`
     */
    constructor(models: readonly Model[], boundBytes: number, work: {
        open(model: Model): Promise<Value>;
        close(value: Value): Promise<void>;
    });
    has(id: string): boolean;
    /** All models with their states, in the order given. */
    list(): {
        readonly model: Model;
        readonly state: ModelState;
        readonly value: Value | undefined;
    }[];
    /**
     * The model, loaded first where it is not. What it takes to load goes on when the one who asked has gone, since the
     * next one may ask for the same.
     * @throws ForetokenError `out_of_memory` where it alone passes the bound, `cancelled` by `gone`, `shutting_down`, and
     *   what loading throws
     */
    acquire(id: string, gone: AbortSignal): Promise<Lease<Value>>;
    /** Unloads everything; what is being loaded is waited for. */
    close(): Promise<void>;
}
