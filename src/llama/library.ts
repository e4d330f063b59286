/**
 * Loads the llama.cpp libraries, once a thread, after they have been tried in a child process (`probe.ts`):
 * a library for another processor or of another version would end this process without a word.
 *
 * Log lines are switched off by handing llama.cpp one of its own functions that does nothing. A JavaScript
 * callback would not do: the setting is one for the whole process, and a call from a thread other than the one
 * that set it would wait for an event loop that may itself be waiting in the library. What the library would
 * have said about a failure is found out in a child process (`model-trial.ts`).
 */
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads';
import koffi, { type LibraryHandle } from 'koffi';
import { ForetokenError } from '../base/errors.js';
import { declareLlama, type Llama, type Pointer } from './declarations.js';
import { gpusAmong, listDevices } from './devices.js';
import { findLibraries, type Gpu, type LibraryFiles } from './packages.js';
import { probe } from './probe.js';

export interface Library {
  readonly gpu: Gpu;
  readonly files: LibraryFiles;
  /** The functions that Foretoken calls. */
  readonly llama: Llama;
  /** The libraries themselves, for further declarations: `declare(library.handles.llama, prototype)`. */
  readonly handles: {
    readonly llama: LibraryHandle;
    readonly ggml: LibraryHandle;
    readonly ggmlBase: LibraryHandle;
  };
}

/** What `find` finds of a library, looked for once. */
export function oncePerLibrary<Found>(find: (library: Library) => Found): (library: Library) => Found {
  const known = new WeakMap<Library, { readonly found: Found }>();
  return (library) => {
    const entry = known.get(library) ?? { found: find(library) };
    known.set(library, entry);
    return entry.found;
  };
}

let loaded: Library | undefined;

/**
 * The libraries for this machine. A process keeps the first that were loaded.
 * @throws ForetokenError `library_unavailable`
 */
export function loadLibrary(gpu: Gpu = loaded?.gpu ?? 'none'): Library {
  if (loaded !== undefined) {
    if (loaded.gpu !== gpu && loaded.files.llama !== findLibraries(gpu).llama)
      throw new ForetokenError(
        'library_unavailable',
        `The llama.cpp library for GPU "${loaded.gpu}" is loaded already; "${gpu}" needs a process of its own.`,
        { param: 'gpu' },
      );
    return loaded;
  }
  const files = findLibraries(gpu);
  probe(files);
  loaded = open(files, gpu);
  return loaded;
}

/** The libraries for the child process that is the probe: not tried, and with their log on. */
export function loadUntried(files: LibraryFiles, gpu: Gpu): Library {
  return (loaded = open(files, gpu, { silent: false }));
}

/** The loaded libraries without a probe. */
export function open(
  files: LibraryFiles,
  gpu: Gpu,
  options: { readonly silent: boolean } = { silent: true },
): Library {
  const ggmlBase = koffi.load(files.ggmlBase);
  const ggml = koffi.load(files.ggml);
  const handle = koffi.load(files.llama);
  const llama = declareLlama(handle, ggml, ggmlBase);
  if (options.silent) llama.logSet(doNothing(handle), null);
  alone(() => {
    if (llama.backendCount() > 0) return;
    llama.loadBackends(files.directory);
    // Made for older drivers; beside a backend that works it would show each GPU a second time.
    for (const file of files.extraBackends)
      if (gpusAmong(listDevices(llama)).length === 0) llama.loadBackend(file);
    llama.backendInit();
  });
  if (llama.backendCount() === 0)
    throw new ForetokenError(
      'library_unavailable',
      `None of the llama.cpp backends in ${files.directory} runs on this processor (${process.arch}).`,
    );
  return { gpu, files, llama, handles: { llama: handle, ggml, ggmlBase } };
}

/**
 * `bool llama_opt_param_filter_all(const struct ggml_tensor * tensor, void * userdata)` reads no argument and
 * returns a constant, so it can stand for `void (*)(enum ggml_log_level, const char * text, void * user_data)`
 * in every calling convention in use.
 */
function doNothing(library: LibraryHandle): Pointer {
  return library.symbol('llama_opt_param_filter_all') as Pointer;
}

const LOCK = 'foretoken:llama-backends';
const shared = getEnvironmentData(LOCK);
const lock = new Int32Array(shared instanceof SharedArrayBuffer ? shared : new SharedArrayBuffer(4));
// Threads started from here on see the same memory.
if (isMainThread) setEnvironmentData(LOCK, lock.buffer);

/** Runs `action` in one thread at a time: the list of backends is the process's and not safe to share. */
function alone(action: () => void): void {
  while (Atomics.compareExchange(lock, 0, 0, 1) !== 0) Atomics.wait(lock, 0, 1);
  try {
    action();
  } finally {
    Atomics.store(lock, 0, 0);
    Atomics.notify(lock, 0);
  }
}
