/**
 * Compiles grammars and schemas in a thread of its own, so that nobody else waits for them: one after another, each
 * within a time limit after which the thread is ended and started anew, with a bounded queue and bounded memory.
 * What came of a source, an error too, is kept by its hash; what has not been asked for longest goes first.
 */
import { createHash } from 'node:crypto';
import { Worker } from 'node:worker_threads';
import { ForetokenError } from '../base/errors.js';
import { sourceText } from './grammar-source.js';
const LIMITS = {
    timeMs: 5_000,
    waiting: 256,
    waitingCharacters: 64_000_000,
    keptBytes: 64 * 1024 * 1024,
    heapMegabytes: 512,
};
/** What an entry takes beside its words. */
const ENTRY_BYTES = 512;
export class GrammarCompiler {
    #limits;
    /** By hash of the source; the latest asked for is last. */
    #kept = new Map();
    #keptBytes = 0;
    #pending = new Map();
    #queue = [];
    #queuedCharacters = 0;
    #worker;
    #ready = false;
    #current;
    #timer;
    #closed = false;
    constructor(limits = {}) {
        this.#limits = { ...LIMITS, ...limits };
    }
    /** @throws ForetokenError `invalid_grammar`, `invalid_schema`, `queue_full`, `shutting_down` */
    async compile(source) {
        const { grammar, error } = await this.#answer(source);
        if (grammar !== undefined)
            return grammar;
        throw ForetokenError.fromPlain(error);
    }
    /** Answers who waits with `shutting_down` and ends the thread. */
    async close() {
        this.#closed = true;
        const error = new ForetokenError('shutting_down', 'The server is shutting down.').toPlain();
        const worker = this.#worker;
        this.#worker = undefined;
        clearTimeout(this.#timer);
        this.#current?.resolve({ error });
        this.#current = undefined;
        for (const { resolve } of this.#queue.splice(0))
            resolve({ error });
        await worker?.terminate();
    }
    #answer(source) {
        if (this.#closed)
            throw new ForetokenError('shutting_down', 'The server is shutting down.');
        const text = sourceText(source);
        const key = createHash('sha256').update(source.kind).update(text).digest('base64');
        const kept = this.#kept.get(key);
        if (kept !== undefined) {
            this.#kept.delete(key);
            this.#kept.set(key, kept);
            return Promise.resolve(kept);
        }
        let pending = this.#pending.get(key);
        if (pending === undefined) {
            this.#assertRoom(text.length);
            pending = new Promise((resolve) => {
                this.#queue.push({ key, source, characters: text.length, resolve });
                this.#queuedCharacters += text.length;
            }).finally(() => {
                this.#pending.delete(key);
            });
            this.#pending.set(key, pending);
            this.#work();
        }
        return pending;
    }
    #assertRoom(characters) {
        const { waiting, waitingCharacters } = this.#limits;
        if (this.#queue.length < waiting && this.#queuedCharacters + characters <= waitingCharacters)
            return;
        throw new ForetokenError('queue_full', `${this.#queue.length} grammars wait to be compiled already. Try again later.`);
    }
    /** Hands the thread its next job, when it is free. */
    #work() {
        if (this.#current !== undefined || this.#queue.length === 0)
            return;
        this.#worker ??= this.#start();
        if (!this.#ready)
            return;
        const job = this.#queue.shift();
        this.#queuedCharacters -= job.characters;
        this.#current = job;
        // While somebody waits the program must not end.
        this.#worker.ref();
        this.#worker.postMessage(job.source);
        this.#timer = setTimeout(() => {
            this.#giveUp(`it takes longer than ${this.#limits.timeMs / 1000} s to compile; make it smaller`);
        }, this.#limits.timeMs);
    }
    #start() {
        const worker = new Worker(new URL('./compiler-thread.js', import.meta.url), {
            name: 'foretoken-grammars',
            resourceLimits: { maxOldGenerationSizeMb: this.#limits.heapMegabytes },
        });
        this.#ready = false;
        worker.on('message', (answer) => {
            if (worker !== this.#worker)
                return;
            if (this.#ready)
                this.#finish(answer);
            this.#ready = true;
            this.#work();
        });
        worker.on('error', (error) => {
            if (worker !== this.#worker)
                return;
            const memory = error.code === 'ERR_WORKER_OUT_OF_MEMORY';
            if (!this.#ready && !memory) {
                // The thread cannot even start: nobody who waits will be served.
                this.#worker = undefined;
                const failure = ForetokenError.from(error).toPlain();
                for (const { resolve } of this.#queue.splice(0))
                    resolve({ error: failure });
                this.#queuedCharacters = 0;
                return;
            }
            this.#giveUp(memory
                ? `it needs more than ${this.#limits.heapMegabytes} MB to compile; make it smaller`
                : `it cannot be compiled (${error.message})`);
        });
        return worker;
    }
    /** The current job is hopeless: the thread is ended, and the others go on in a new one. */
    #giveUp(why) {
        const worker = this.#worker;
        this.#worker = undefined;
        this.#ready = false;
        void worker?.terminate();
        const source = this.#current?.source;
        const error = source !== undefined && source.kind !== 'gbnf'
            ? { code: 'invalid_schema', message: `The schema is too large: ${why}.`, param: source.param }
            : { code: 'invalid_grammar', message: `The grammar is too large: ${why}.`, param: 'grammar' };
        this.#finish({ error });
        this.#work();
    }
    #finish(answer) {
        clearTimeout(this.#timer);
        const job = this.#current;
        this.#current = undefined;
        if (this.#queue.length === 0)
            this.#worker?.unref();
        if (job === undefined)
            return;
        this.#keep(job.key, answer);
        job.resolve(answer);
    }
    #keep(key, answer) {
        this.#kept.set(key, answer);
        this.#keptBytes += bytesOf(answer);
        for (const [oldest, old] of this.#kept) {
            if (this.#keptBytes <= this.#limits.keptBytes)
                return;
            this.#kept.delete(oldest);
            this.#keptBytes -= bytesOf(old);
        }
    }
}
function bytesOf({ grammar, error }) {
    return ENTRY_BYTES + (grammar?.words.byteLength ?? 0) + 2 * (error?.message.length ?? 0);
}
//# sourceMappingURL=grammar-compiler.js.map