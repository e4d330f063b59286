/**
 * How many threads compute while other processes want the cores too.
 *
 * ggml's threads wait for each other after every operation, and spin while they do. When one of them has lost
 * its core, the others spin until the system gives it back, hundreds of times in one decode: on 2 busy cores a
 * token of the demo model took 500 ms with 2 threads and 2.6 ms with 1. So the decoder falls back to one
 * thread, which waits for nobody, and tries all threads again from time to time.
 *
 * The rule keeps the price of trying small without asking how busy the machine is: when decodes have lost more
 * time against one thread than those before them gained, a stretch on one thread follows, a multiple of the loss,
 * doubled each time in a row. It ends by the clock: what was true of the cores is old after a pause. A hiccup,
 * such as the server's own main thread waking, is paid by the gains (the demo model's answers took 250 ms when it
 * was not, 190 ms now); lasting competition costs a few parts in a hundred.
 */
export declare class ThreadGovernor {
    #private;
    constructor(threads: number);
    /** Threads for a decode that begins now. */
    threads(nowMs: number): number;
    /** A decode of `tokens` tokens that was given its threads at `startMs` has taken this long. */
    record(tokens: number, startMs: number, ms: number): void;
    /** Time in milliseconds that one token takes with one thread, before anything else is known. */
    calibrate(ms: number): void;
}
