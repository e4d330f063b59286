/**
 * ggml's compute threads, kept from one decode to the next. Without a pool the library starts and ends its
 * threads for every decode: measured on EPYC Genoa with 2 threads, one token of a draft of one layer takes
 * 0.31 ms without, 0.26 ms with a pool that sleeps at once and 0.22 ms with one that first spins for a while;
 * of the demo target 1.37, 1.33 and 1.22 ms.
 */
import koffi from 'koffi';
import { ForetokenError } from '../base/errors.js';
import { cpuProcedures } from './cpu-backend.js';
import type { Llama, Pointer } from './declarations.js';
import { NativeHandle } from './handle.js';
import type { Library } from './library.js';

/** GGML_MAX_N_THREADS */
const MOST_THREADS = 512;
/**
 * How long a thread spins for work before it sleeps, in units of about 3 ms: long enough for the engine's own
 * work between two decodes, short enough that an idle server does not burn a core (the library's 50 is 160 ms).
 */
const POLL = 1;

/** struct ggml_threadpool_params */
koffi.struct('ggml_threadpool_params', {
  cpumask: koffi.array('bool', MOST_THREADS),
  n_threads: 'int',
  prio: 'int',
  poll: 'uint32_t',
  strict_cpu: 'bool',
  paused: 'bool',
});
const newPrototype = koffi.proto('void * ggml_threadpool_new(ggml_threadpool_params * params)');
const freePrototype = koffi.proto('void ggml_threadpool_free(void * threadpool)');

export class ThreadPool {
  readonly threads: number;
  readonly handle: NativeHandle;
  readonly #llama: Llama;
  /** A decoder that keeps the pool alive may go on using it after its disposal. */
  readonly #pointer: Pointer;

  private constructor(threads: number, handle: NativeHandle, llama: Llama) {
    this.#pointer = handle.pointer;
    this.threads = threads;
    this.handle = handle;
    this.#llama = llama;
  }

  /** One pool can serve several contexts that decode in turn. Undefined where the backend has no pools. */
  static create(library: Library, threads: number, poll = POLL): ThreadPool | undefined {
    if (threads < 2) return undefined;
    if (threads > MOST_THREADS)
      throw new ForetokenError('invalid_option', `At most ${MOST_THREADS} threads can compute.`, {
        param: 'threads',
      });
    const [create, free] = cpuProcedures(library, ['ggml_threadpool_new', 'ggml_threadpool_free']);
    if (create == null || free == null) return undefined;
    const pointer = koffi.call(create, newPrototype, {
      // No core is preferred.
      cpumask: new Array<boolean>(MOST_THREADS).fill(false),
      n_threads: threads,
      prio: 0,
      poll,
      strict_cpu: false,
      paused: false,
    }) as Pointer | null;
    if (pointer === null) return undefined;
    const handle = new NativeHandle('thread pool', pointer, (p) => {
      koffi.call(free, freePrototype, p);
    });
    return new ThreadPool(threads, handle, library.llama);
  }

  /** The context's handle must need the pool's. */
  attach(context: Pointer): void {
    this.#llama.attachPool(context, this.#pointer, this.#pointer);
  }

  /** For decodes with one thread; the pool's threads sleep. */
  detach(context: Pointer): void {
    this.#llama.detachPool(context);
  }

  dispose(): void {
    this.handle.dispose();
  }
}
