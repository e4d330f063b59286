/**
 * Gives the pages of a fresh KV cache back to the system, so that a cache takes memory as cells are used and not as they
 * are reserved (SmolLM2, four requests of 4,096 tokens: 377 MB). The library fills a new cache with zeros, which makes all of it
 * resident; a private page that is given back reads as zeros when it is next touched (madvise(2), MADV_DONTNEED), so
 * nothing that is computed changes.
 *
 * Where the cache lies is not in the C interface. The exported methods of libllama's own classes say it, and the table of virtual
 * functions says of which class a cache is; one of another class, or on a GPU, stays as it is. Linux alone: elsewhere such a
 * page may keep its content.
 */
import koffi, { type LibraryHandle } from 'koffi';
import { declare, type Pointer } from './declarations.js';
import { type Library, oncePerLibrary } from './library.js';

const MADV_DONTNEED = 4;
/** Largest page of the systems that are served; a smaller one divides it. */
const PAGE = 65_536n;

// The beginning of ggml_tensor (ggml.h) and std::vector<uint32_t>.
const tensorHead = koffi.struct('ggml_tensor_head', { type: 'int32_t', buffer: 'void *' });
koffi.struct('layer_ids', { first: 'void *', end: 'void *', capacity: 'void *' });

interface Methods {
  readonly plain: bigint;
  readonly windowed: bigint;
  readonly baseOf: (cache: Pointer) => Pointer;
  readonly windowOf: (cache: Pointer) => Pointer;
  readonly layersOf: (cache: Pointer) => { readonly first: Pointer | null };
  readonly keysOf: (cache: Pointer, layer: number) => Pointer | null;
  readonly bufferBase: (buffer: Pointer) => Pointer;
  readonly bufferSize: (buffer: Pointer) => number | bigint;
  readonly isHost: (buffer: Pointer) => boolean;
  readonly advise: (address: bigint, length: bigint, advice: number) => number;
  readonly free: (block: Pointer) => void;
}

/** What an object of a class with virtual functions begins with: the address behind two words of its table. */
const tableOf = (library: LibraryHandle, name: string): bigint =>
  koffi.address(library.symbol(`_ZTV${name}`)) + 16n;

function findMethods(library: Library): Methods | undefined {
  if (process.platform !== 'linux') return undefined;
  const { llama, ggmlBase } = library.handles;
  try {
    const libc = koffi.load('libc.so.6');
    return {
      plain: tableOf(llama, '14llama_kv_cache'),
      windowed: tableOf(llama, '19llama_kv_cache_iswa'),
      baseOf: declare(llama, 'void * _ZNK19llama_kv_cache_iswa8get_baseEv(void * cache)'),
      windowOf: declare(llama, 'void * _ZNK19llama_kv_cache_iswa7get_swaEv(void * cache)'),
      layersOf: declare(llama, 'layer_ids _ZNK14llama_kv_cache13get_layer_idsEv(void * cache)'),
      keysOf: declare(llama, 'void * _ZNK14llama_kv_cache13get_k_storageEi(void * cache, int layer)'),
      bufferBase: declare(ggmlBase, 'void * ggml_backend_buffer_get_base(void * buffer)'),
      bufferSize: declare(ggmlBase, 'size_t ggml_backend_buffer_get_size(void * buffer)'),
      isHost: declare(ggmlBase, 'bool ggml_backend_buffer_is_host(void * buffer)'),
      advise: declare(libc, 'int madvise(uintptr_t address, size_t length, int advice)'),
      free: declare(libc, 'void free(void * block)'),
    };
  } catch {
    return undefined;
  }
}

const methodsOf = oncePerLibrary(findMethods);

/** One cache. Its tensors lie in one buffer, unless its layers are on several devices. */
function release(methods: Methods, cache: Pointer): void {
  const { first } = methods.layersOf(cache);
  if (first === null) return;
  const layer = koffi.decode(first, 'uint32_t') as number;
  methods.free(first);
  const keys = methods.keysOf(cache, layer);
  if (keys === null) return;
  const { buffer } = koffi.decode(keys, tensorHead) as { readonly buffer: Pointer | null };
  if (buffer === null || !methods.isHost(buffer)) return;
  const base = koffi.address(methods.bufferBase(buffer));
  const from = ((base + PAGE - 1n) / PAGE) * PAGE;
  const to = ((base + BigInt(methods.bufferSize(buffer))) / PAGE) * PAGE;
  // Where the system refuses, they stay.
  if (to > from) methods.advise(from, to - from, MADV_DONTNEED);
}

/** Gives back what a cache does not need yet. Only right after the context was made: what it holds is lost. */
export function releaseFreshPages(library: Library, memory: Pointer): void {
  const methods = methodsOf(library);
  if (methods === undefined) return;
  const table = BigInt(koffi.decode(memory, 'uintptr_t') as number | bigint);
  if (table === methods.plain) release(methods, memory);
  else if (table === methods.windowed)
    for (const cache of [methods.baseOf(memory), methods.windowOf(memory)]) release(methods, cache);
}
