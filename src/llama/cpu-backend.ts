/** Procedures of ggml's backend for processors, which is chosen by processor and so has no name to link with. */
import type { Library } from './library.js';
import { declare, type Pointer } from './declarations.js';

/** `GGML_BACKEND_DEVICE_TYPE_CPU`. */
export const CPU_DEVICE = 0;

/** Their addresses, in the order of the names; null for one that the backend does not have. */
export function cpuProcedures(library: Library, names: readonly string[]): readonly (Pointer | null)[] {
  const { ggml, ggmlBase } = library.handles;
  const device = declare<(type: number) => Pointer | null>(
    ggml,
    'void * ggml_backend_dev_by_type(int type)',
  )(CPU_DEVICE);
  if (device === null) return names.map(() => null);
  const registry = library.llama.deviceBackend(device);
  const addressOf = declare<(registry: Pointer, name: string) => Pointer | null>(
    ggmlBase,
    'void * ggml_backend_reg_get_proc_address(void * reg, const char * name)',
  );
  return names.map((name) => addressOf(registry, name));
}
