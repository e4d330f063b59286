/**
 * Models that are loaded when a request asks for them, within a bound of memory. A model that requests use stays; where
 * another one needs the room, the idle model that was used longest ago goes. Models are loaded one after the other, in
 * the order in which they were first asked for.
 */
import { assert, ForetokenError } from '../base/errors.js';
import { sizeText } from '../base/size-text.js';
export class ModelPool {
    #entries;
    #boundBytes;
    #open;
    #close;
    /** Ends when everything that was to be loaded so far is. */
    #queue = Promise.resolve();
    /** Told when a model may have become idle, or nobody waits for one any more. */
    #wake;
    #uses = 0;
    #closing = false;
    /**
     * @param boundBytes of all models of the pool that are loaded at the same time
     * @param work how a model is loaded, and unloaded; the pool owns what `open` gives until it has called `close`
     */
    constructor(models, boundBytes, work) {
        this.#entries = new Map(models.map((model) => [
            model.id,
            { model, value: undefined, loading: undefined, users: 0, lastUse: 0 },
        ]));
        this.#boundBytes = boundBytes;
        this.#open = (model) => work.open(model);
        this.#close = (value) => work.close(value);
    }
    has(id) {
        return this.#entries.has(id);
    }
    /** All models with their states, in the order given. */
    list() {
        return [...this.#entries.values()].map(({ model, value, loading }) => ({
            model,
            value,
            state: value !== undefined ? 'loaded' : loading !== undefined ? 'loading' : 'unloaded',
        }));
    }
    /**
     * The model, loaded first where it is not. What it takes to load goes on when the one who asked has gone, since the
     * next one may ask for the same.
     * @throws ForetokenError `out_of_memory` where it alone passes the bound, `cancelled` by `gone`, `shutting_down`, and
     *   what loading throws
     */
    async acquire(id, gone) {
        const entry = this.#entries.get(id);
        assert(entry !== undefined, `the pool has a model ${id}`);
        if (this.#closing)
            throw shuttingDown();
        entry.users += 1;
        try {
            while (entry.value === undefined)
                await unlessGone((entry.loading ??= this.#enqueue(entry)), gone);
            return {
                value: entry.value,
                release: once(() => {
                    this.#leave(entry);
                }),
            };
        }
        catch (error) {
            this.#leave(entry);
            throw error;
        }
    }
    /** Unloads everything; what is being loaded is waited for. */
    async close() {
        this.#closing = true;
        this.#wake?.();
        await this.#queue;
        await Promise.all([...this.#entries.values()].map((entry) => this.#unload(entry)));
    }
    #leave(entry) {
        entry.users -= 1;
        entry.lastUse = ++this.#uses;
        this.#wake?.();
    }
    #enqueue(entry) {
        const loading = this.#queue
            .then(() => this.#load(entry))
            .finally(() => {
            entry.loading = undefined;
        });
        // A failure is told to those who wait for this model, and keeps no other.
        this.#queue = loading.catch(() => undefined);
        return loading;
    }
    async #load(entry) {
        const { model } = entry;
        if (model.bytes > this.#boundBytes)
            throw new ForetokenError('out_of_memory', `The model '${model.id}' takes about ${sizeText(model.bytes)}, and ${sizeText(this.#boundBytes)} are left for ` +
                'further models; start the server with a larger --models-max-memory, or a smaller --ctx-size or --parallel.', { param: 'model' });
        while (this.#loadedBytes() + model.bytes > this.#boundBytes) {
            if (this.#closing)
                throw shuttingDown();
            if (entry.users === 0)
                throw new ForetokenError('cancelled', 'Nobody waits for the model any more.');
            const idle = this.#idleLongest();
            if (idle !== undefined)
                await this.#unload(idle);
            else
                await new Promise((resolve) => {
                    this.#wake = resolve;
                });
        }
        if (this.#closing)
            throw shuttingDown();
        entry.value = await this.#open(model);
    }
    #loadedBytes() {
        return [...this.#entries.values()].reduce((sum, { model, value }) => (value === undefined ? sum : sum + model.bytes), 0);
    }
    #idleLongest() {
        return [...this.#entries.values()]
            .filter(({ value, users }) => value !== undefined && users === 0)
            .sort((a, b) => a.lastUse - b.lastUse)[0];
    }
    async #unload(entry) {
        const { value } = entry;
        if (value === undefined)
            return;
        // From here on a request for it waits for it to be loaded again.
        entry.value = undefined;
        await this.#close(value);
    }
}
/** @throws ForetokenError `cancelled` when `gone` is aborted first */
function unlessGone(work, gone) {
    return new Promise((resolve, reject) => {
        const leave = () => {
            reject(new ForetokenError('cancelled', 'The client is gone, so it waits for no model.'));
        };
        if (gone.aborted)
            leave();
        gone.addEventListener('abort', leave, { once: true });
        void work.then(resolve, reject).finally(() => {
            gone.removeEventListener('abort', leave);
        });
    });
}
function once(work) {
    let done = false;
    return () => {
        if (done)
            return;
        done = true;
        work();
    };
}
const shuttingDown = () => new ForetokenError('shutting_down', 'The server is shutting down and loads no more models.');
//# sourceMappingURL=model-pool.js.map