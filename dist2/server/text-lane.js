/**
 * Work on whole texts in a thread of its own, one job after another. What waits is bounded, what nobody waits for
 * any more is dropped, and a thread that dies is replaced, so that every job is answered.
 */
import { Worker } from 'node:worker_threads';
import { ForetokenError } from '../base/errors.js';
/** Characters (or tokens) that may wait, in all. */
const MOST_WAITING = 64 * 2 ** 20;
/** What each job counts at least. */
const LEAST_SIZE = 1024;
const LIMIT_MS = 10_000;
/** Tokenisers read a megabyte in one or two seconds (EPYC Milan). */
const LIMIT_MS_PER_MEBI = 20_000;
/** A thread that has not answered after so many times the limit hangs in native code and is given up. */
const GIVE_UP = 3;
export class TextLane {
    #setup;
    #limitMs;
    #mostWaiting;
    #program;
    #waiting = [];
    #waitingSize = 0;
    #worker;
    #current;
    #closed = false;
    constructor(setup, options = {}) {
        this.#setup = setup;
        this.#limitMs = options.limitMs ?? LIMIT_MS;
        this.#mostWaiting = options.mostWaiting ?? MOST_WAITING;
        this.#program = options.program ?? new URL('./text-thread.js', import.meta.url);
    }
    /** Opens the vocabulary before the first job needs it. */
    start() {
        this.#worker ??= this.#open();
    }
    /**
     * @param size characters or tokens
     * @throws ForetokenError `queue_full`, `cancelled` (by `gone`), `invalid_request` (took too long), `shutting_down`
     */
    run(job, size, gone) {
        return new Promise((resolve, reject) => {
            const fail = (error) => {
                reject(error);
            };
            if (this.#closed) {
                fail(new ForetokenError('shutting_down', 'The server is shutting down.'));
                return;
            }
            if (gone?.aborted === true) {
                fail(cancelled());
                return;
            }
            const counted = Math.max(size, LEAST_SIZE);
            if (this.#waitingSize > 0 && this.#waitingSize + counted > this.#mostWaiting) {
                fail(new ForetokenError('queue_full', 'Too much text waits to be read already; try again in a moment, or send less.'));
                return;
            }
            const onGone = () => {
                const at = this.#waiting.indexOf(waiting);
                if (at >= 0) {
                    this.#waiting.splice(at, 1);
                    this.#waitingSize -= counted;
                }
                fail(cancelled());
            };
            const waiting = {
                job,
                size: counted,
                limitMs: this.#limitMs + Math.floor((size / 2 ** 20) * LIMIT_MS_PER_MEBI),
                settle: ({ result, error }) => {
                    gone?.removeEventListener('abort', onGone);
                    if (result !== undefined)
                        resolve(result);
                    else
                        fail(error === undefined ? died() : ForetokenError.fromPlain(error));
                },
            };
            gone?.addEventListener('abort', onGone);
            this.#waiting.push(waiting);
            this.#waitingSize += counted;
            this.#next();
        });
    }
    /** Answers what waits, and ends the thread. */
    close() {
        this.#closed = true;
        const error = new ForetokenError('shutting_down', 'The server is shutting down.').toPlain();
        for (const { settle } of this.#waiting.splice(0))
            settle({ error });
        this.#waitingSize = 0;
        this.#giveUp({ error });
    }
    #next() {
        if (this.#current !== undefined)
            return;
        const waiting = this.#waiting.shift();
        if (waiting === undefined) {
            // An idle thread is no reason for a process to go on.
            this.#worker?.unref();
            return;
        }
        const { job, size, limitMs, settle } = waiting;
        this.#waitingSize -= size;
        const worker = (this.#worker ??= this.#open());
        worker.ref();
        const timer = setTimeout(() => {
            this.#giveUp({
                error: {
                    code: 'invalid_request',
                    message: `Reading this text took longer than ${(GIVE_UP * limitMs) / 1000} s; send less.`,
                },
            });
            this.#next();
        }, GIVE_UP * limitMs);
        this.#current = { settle, timer };
        worker.postMessage({ job, limitMs });
    }
    #open() {
        const worker = new Worker(this.#program, { workerData: this.#setup, name: 'foretoken-text' });
        worker.on('message', (answer) => {
            if (worker !== this.#worker)
                return;
            this.#settle(answer);
            this.#next();
        });
        const lost = (error) => {
            if (worker !== this.#worker)
                return;
            this.#worker = undefined;
            this.#settle({ error: died(error).toPlain() });
            this.#next();
        };
        worker.on('error', lost);
        worker.on('exit', () => {
            lost(undefined);
        });
        worker.unref();
        return worker;
    }
    #settle(answer) {
        const current = this.#current;
        this.#current = undefined;
        clearTimeout(current?.timer);
        current?.settle(answer);
    }
    /** Not waited for: it may be in native code. */
    #giveUp(answer) {
        const worker = this.#worker;
        this.#worker = undefined;
        worker?.unref();
        void worker?.terminate();
        this.#settle(answer);
    }
}
const cancelled = () => new ForetokenError('cancelled', 'The client is gone, so its text was not read.');
const died = (error) => new ForetokenError('internal_error', `The thread that reads texts has ended${error === undefined ? '' : `: ${error.message}`}. Send the request again.`, { cause: error });
//# sourceMappingURL=text-lane.js.map