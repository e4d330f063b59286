/**
 * The processor's reference kernels, so that a cache whose keys and values are both F16 is exact: attention is then
 * computed by one kernel, whatever the size of the batch and of the cache (ops.cpp, `ggml_compute_forward_flash_attn_ext_f16`).
 *
 * ggml has a switch for that on a backend, and a context's backends are known to its scheduler alone, which only a method of
 * libllama's own class returns. So the method is called by its name in the library. Linux and macOS export it; where it is
 * missing (Windows), the cache of two types of `invariance.ts` is exact, too, and slower.
 */
import koffi from 'koffi';
import { CPU_DEVICE, cpuProcedures } from './cpu-backend.js';
import { declare, type Pointer } from './declarations.js';
import { type Library, oncePerLibrary } from './library.js';

/** ggml_backend_sched_t llama_context::get_sched() const */
const SCHEDULER_OF = '_ZNK13llama_context9get_schedEv';

const setPrototype = koffi.proto('void ggml_backend_cpu_set_use_ref_t(void * backend, bool use_ref)');

interface Switch {
  readonly schedulerOf: (context: Pointer) => Pointer | null;
  readonly set: Pointer;
}

function findSwitch(library: Library): Switch | undefined {
  const [set] = cpuProcedures(library, ['ggml_backend_cpu_set_use_ref']);
  if (set == null) return undefined;
  try {
    const schedulerOf = declare<Switch['schedulerOf']>(
      library.handles.llama,
      `void * ${SCHEDULER_OF}(void * context)`,
    );
    return { schedulerOf, set };
  } catch {
    return undefined;
  }
}

const switchOf = oncePerLibrary(findSwitch);

/** Whether this library's contexts can be told to use them. */
export const hasReferenceKernels = (library: Library): boolean => switchOf(library) !== undefined;

/** Tells a context's processor backends to compute by them from now on, or not to. */
export type ReferenceSwitch = (on: boolean) => void;

/** The switch of a context; undefined where there is none. */
export function referenceSwitch(library: Library, context: Pointer): ReferenceSwitch | undefined {
  const found = switchOf(library);
  const scheduler = found?.schedulerOf(context);
  if (found === undefined || scheduler == null) return undefined;
  const { ggmlBase } = library.handles;
  const count = declare<(scheduler: Pointer) => number>(
    ggmlBase,
    'int ggml_backend_sched_get_n_backends(void * sched)',
  )(scheduler);
  const backendAt = declare<(scheduler: Pointer, index: number) => Pointer>(
    ggmlBase,
    'void * ggml_backend_sched_get_backend(void * sched, int i)',
  );
  const deviceOf = declare<(backend: Pointer) => Pointer>(
    ggmlBase,
    'void * ggml_backend_get_device(void * backend)',
  );
  const backends = Array.from({ length: count }, (_, index) => backendAt(scheduler, index)).filter(
    (backend) => library.llama.deviceType(deviceOf(backend)) === CPU_DEVICE,
  );
  if (backends.length === 0) return undefined;
  return (on) => {
    for (const backend of backends) koffi.call(found.set, setPrototype, backend, on);
  };
}
