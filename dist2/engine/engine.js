/**
 * The engine as the rest of the program holds it: starts the thread, numbers requests, hands events on, and
 * answers every request whatever becomes of the thread.
 */
import { SHARE_ENV, Worker } from 'node:worker_threads';
import { ForetokenError } from '../base/errors.js';
import { PlanLog } from './plan-log.js';
import { Pulse } from './pulse.js';
import { EventStream } from './request-stream.js';
import { refusalOf, } from './types.js';
import { DEFAULT_WATCHDOG_MS, Watchdog } from './watchdog.js';
/** How long the thread may take to end once it is told to: more than any piece of work that has an end. */
const STOP_MS = 5_000;
/**
 * Loads the model in a thread of its own.
 * @throws ForetokenError with the loader's code (`file_not_found`, `invalid_gguf`, `vocabulary_mismatch` …).
 */
export async function startEngine(model, options, hooks = {}) {
    const onProblem = hooks.onProblem ?? (() => undefined);
    const planLog = options.planLog === undefined ? undefined : new PlanLog(options.planLog, onProblem);
    const pulse = new Pulse();
    const workerData = { model, options, pulse: pulse.memory };
    const worker = new Worker(hooks.thread ?? new URL('./thread.js', import.meta.url), {
        workerData,
        name: 'foretoken-engine',
        // `llama/target.ts` sets a switch that the native library reads from the process's environment.
        env: SHARE_ENV,
    });
    const info = await new Promise((resolve, reject) => {
        const loading = (message) => {
            if (message.type === 'loading')
                hooks.onLoadProgress?.(message.progress);
            if (message.type === 'failed')
                reject(ForetokenError.fromPlain(message.error));
            if (message.type !== 'ready')
                return;
            worker.off('message', loading);
            resolve(message.info);
        };
        worker.on('message', loading);
        worker.once('error', (error) => {
            reject(ForetokenError.from(error));
        });
        worker.once('exit', () => {
            reject(new ForetokenError('engine_stopped', 'The engine thread ended while it loaded the model.'));
        });
    });
    return new ThreadedEngine(worker, pulse, info, options, planLog, onProblem);
}
class ThreadedEngine {
    info;
    #worker;
    #pulse;
    #capacity;
    #streams = new Map();
    #embeddings = new Map();
    #planReaders = new Map();
    #listeners = [];
    #booksListeners = [];
    #onProblem;
    /** Who is told of ended requests, and whether their tokens are wanted. */
    #recordListeners = new Map();
    #planLog;
    #exited;
    #nextId = 1;
    #state = 'open';
    #whenEmpty;
    #stall;
    #cells;
    #costs;
    constructor(worker, pulse, info, options, planLog, onProblem) {
        this.#planLog = planLog;
        this.#onProblem = onProblem;
        this.#worker = worker;
        this.#pulse = pulse;
        this.info = info;
        this.#capacity = info.parallel + options.queueLimit;
        worker.on('message', (message) => {
            this.#receive(message);
        });
        worker.on('error', (error) => {
            this.#abandon(new ForetokenError('engine_stopped', `The engine thread failed: ${error.message}`).toPlain());
        });
        const watching = this.#watch(options.watchdogMs ?? DEFAULT_WATCHDOG_MS, onProblem);
        this.#exited = new Promise((resolve) => {
            worker.on('exit', () => {
                clearInterval(watching);
                this.#stall = undefined;
                this.#abandon(new ForetokenError('engine_stopped', 'The engine thread has ended.').toPlain());
                resolve();
            });
        });
    }
    get cells() {
        return this.#cells;
    }
    get costs() {
        return this.#costs;
    }
    get inFlight() {
        return this.#streams.size;
    }
    get stall() {
        return this.#stall;
    }
    /** @param boundMs 0 for none */
    #watch(boundMs, onProblem) {
        if (boundMs === 0)
            return undefined;
        const everyMs = Math.max(20, Math.min(1000, boundMs / 4));
        const watchdog = new Watchdog(this.#pulse, { boundMs, everyMs });
        return setInterval(() => {
            const stall = watchdog.look(performance.now());
            if (stall !== undefined && this.#stall === undefined)
                onProblem(`the engine thread does not move: ${stall.doing} for ${Math.round(stall.forMs)} ms.`);
            if (stall === undefined && this.#stall !== undefined)
                onProblem('the engine thread moves again.');
            this.#stall = stall;
        }, everyMs).unref();
    }
    submit(request) {
        this.#assertOpen();
        if (this.#streams.size >= this.#capacity) {
            throw new ForetokenError('queue_full', `${this.#streams.size} requests are running or waiting already. Try again later.`);
        }
        const absent = request.speculation.proposers?.find((name) => !this.info.proposers.includes(name));
        if (absent !== undefined) {
            const able = this.info.proposers.join(', ');
            throw new ForetokenError('invalid_request', `Nothing can guess by ${absent} here; what it can: ${able === '' ? 'nothing' : able}.`, { param: 'speculation.proposers' });
        }
        const id = this.#nextId++;
        const stream = new EventStream(id, (type) => {
            this.#post({ type, id });
        });
        this.#streams.set(id, stream);
        this.#post({ type: 'submit', request: { ...request, id } });
        return stream;
    }
    embed(tokens, gone) {
        this.#assertOpen();
        const id = this.#nextId++;
        return new Promise((resolve, reject) => {
            const cancel = () => {
                this.#post({ type: 'cancel', id });
                this.#embedded(id, (waiting) => {
                    waiting.reject(new ForetokenError('cancelled', 'The embedding was cancelled.'));
                });
            };
            if (gone?.aborted === true) {
                reject(new ForetokenError('cancelled', 'The embedding was cancelled.'));
                return;
            }
            gone?.addEventListener('abort', cancel);
            const settled = () => gone?.removeEventListener('abort', cancel);
            this.#embeddings.set(id, {
                resolve: (embedding) => {
                    settled();
                    resolve(embedding);
                },
                reject: (error) => {
                    settled();
                    reject(error);
                },
            });
            this.#post({ type: 'embed', id, tokens });
        });
    }
    #embedded(id, settle) {
        const waiting = this.#embeddings.get(id);
        if (waiting === undefined)
            return;
        this.#embeddings.delete(id);
        settle(waiting);
        this.#ifEmpty();
    }
    plans() {
        this.#assertOpen();
        const id = this.#nextId++;
        return new Promise((resolve, reject) => {
            this.#planReaders.set(id, { resolve, reject });
            this.#post({ type: 'plans', id });
        });
    }
    onStep(listener) {
        this.#listeners.push(listener);
    }
    onBooksMended(listener) {
        this.#booksListeners.push(listener);
    }
    onRequestEnd(listener, wants = { tokens: false }) {
        const tell = (change) => {
            const wanted = () => [...this.#recordListeners.values()].some((tokens) => tokens);
            const before = wanted();
            change();
            if (wanted() !== before)
                this.#post({ type: 'tokens', wanted: !before });
        };
        tell(() => this.#recordListeners.set(listener, wants.tokens));
        return () => {
            tell(() => this.#recordListeners.delete(listener));
        };
    }
    async close({ graceMs }) {
        if (this.#state === 'open') {
            this.#state = 'closing';
            await this.#drain(graceMs);
            this.#post({ type: 'stop' });
        }
        await Promise.race([this.#exited, this.#giveUp()]);
        await this.#planLog?.close();
    }
    /** Resolves when the thread has had its time to end and has not: what waits for it is answered without it. */
    async #giveUp() {
        await new Promise((resolve) => setTimeout(resolve, STOP_MS).unref());
        if (this.#state === 'closed')
            return;
        this.#stall = { doing: this.#pulse.doing, forMs: STOP_MS };
        this.#worker.unref();
        this.#abandon(new ForetokenError('engine_stalled', `The engine thread does not end: ${this.#pulse.doing}.`).toPlain());
    }
    /** Resolves when nothing is in flight or the time is over. */
    #drain(graceMs) {
        if (this.#isEmpty || graceMs <= 0)
            return Promise.resolve();
        return new Promise((resolve) => {
            const timer = setTimeout(resolve, graceMs);
            this.#whenEmpty = () => {
                clearTimeout(timer);
                resolve();
            };
        });
    }
    get #isEmpty() {
        return this.#streams.size === 0 && this.#embeddings.size === 0;
    }
    #ifEmpty() {
        if (this.#isEmpty)
            this.#whenEmpty?.();
    }
    #post(message) {
        this.#worker.postMessage(message);
        this.#pulse.announce();
    }
    #receive(message) {
        switch (message.type) {
            case 'news':
                this.#cells = message.cells;
                this.#costs = message.costs;
                for (const event of message.events)
                    this.#deliver(event);
                for (const report of message.reports) {
                    if (report.plan !== undefined)
                        this.#planLog?.add(report.plan);
                    for (const listener of this.#listeners)
                        listener(report);
                }
                return;
            case 'embedded':
                this.#embedded(message.id, (waiting) => {
                    if (message.embedding)
                        waiting.resolve(message.embedding);
                    else
                        waiting.reject(ForetokenError.fromPlain(message.error));
                });
                return;
            case 'books-mended':
                this.#cells = message.cells;
                this.#onProblem(`the books of the KV cache were wrong (${message.problem}); the caches have been emptied, and nothing is lost ` +
                    'but kept prompts. Please report this.');
                for (const listener of this.#booksListeners)
                    listener(message.problem);
                return;
            case 'plans':
                this.#planReaders.get(message.id)?.resolve(message.plans);
                this.#planReaders.delete(message.id);
                return;
            case 'loading':
            case 'ready':
            case 'failed':
        }
    }
    #deliver(event) {
        const stream = this.#streams.get(event.id);
        if (stream?.push(event) !== true)
            return;
        for (const listener of this.#recordListeners.keys())
            listener(event.finish);
        this.#streams.delete(event.id);
        this.#ifEmpty();
    }
    /** The thread is gone: everything still in flight is answered here. */
    #abandon(error) {
        this.#state = 'closed';
        for (const id of [...this.#streams.keys()])
            this.#deliver(refusalOf(id, error));
        for (const waiting of [...this.#embeddings.values(), ...this.#planReaders.values()]) {
            waiting.reject(ForetokenError.fromPlain(error));
        }
        this.#embeddings.clear();
        this.#planReaders.clear();
    }
    #assertOpen() {
        if (this.#state === 'closing')
            throw new ForetokenError('shutting_down', 'The server is shutting down.');
        if (this.#state === 'closed') {
            throw new ForetokenError('engine_stopped', 'The engine has stopped; restart the server.');
        }
    }
}
//# sourceMappingURL=engine.js.map