/** A loaded model: the weights and the vocabulary. */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import koffi from 'koffi';
import { ForetokenError } from '../base/errors.js';
import {
  inBackground,
  llama_progress_callback,
  LoadMode,
  PoolingType,
  type ModelParams,
  type Pointer,
} from './declarations.js';
import { gpusAmong, listDevices, requireGpus, type Computing, type Device } from './devices.js';
import { NativeHandle } from './handle.js';
import { loadLibrary, type Library } from './library.js';
import { CUT_HEAD_KEYS, readCutHead, type CutHead } from '../gguf/cut-head.js';
import { readGguf } from '../gguf/reader.js';
import type { CacheShape } from './memory.js';
import type { Gpu } from './packages.js';
import { codeOf, type LoadTask, reasonToRefuse, tryModel } from './model-trial.js';

export interface ModelLoadOptions {
  readonly gpu?: Gpu;
  /** Layers computed on the GPU; negative is all. */
  readonly gpuLayers?: number;
  /** Name of the only GPU to use, as the library calls it; undefined: all. */
  readonly device?: string | undefined;
  /** Read the vocabulary and the metadata only. */
  readonly vocabOnly?: boolean;
  /** False copies the weights into memory, which may be written to (training); undefined: they are mapped from the file. */
  readonly mmap?: boolean | undefined;
  /** Rearrange weights for faster kernels where there are such; the default. Needs memory for a copy. */
  readonly repackWeights?: boolean;
  /** Called with 0..1 while the file is read, on this thread; false gives up. */
  readonly onProgress?: (progress: number) => boolean;
}

/** Of a model of which only the vocabulary is read: the library ends the process when asked for its heads. */
const NO_CACHE: CacheShape = { layers: 0, headsKv: 0, keyLength: 0, valueLength: 0 };

export class LlamaModel {
  readonly library: Library;
  readonly path: string;
  /** How it was loaded. */
  readonly task: LoadTask;
  readonly vocabOnly: boolean;
  /** What computes it; `gpuLayers` there is 0 where the processor computes all. */
  readonly computing: Computing;
  readonly handle: NativeHandle;
  /** Trained context length. */
  readonly contextTrain: number;
  /** Width of the hidden state. */
  readonly width: number;
  /** Width of the embeddings it puts out. */
  readonly embeddingWidth: number;
  /** It judges how well a document answers a query, and gives scores where others give embeddings. */
  readonly ranks: boolean;
  readonly layers: number;
  /** Bytes of all tensors. */
  readonly bytes: number;
  readonly parameters: number;
  /** False where a state is folded into one vector and no token can be taken back. */
  readonly canTruncate: boolean;
  /** Of its KV cache, for models whose layers are all alike. */
  readonly cacheShape: CacheShape;
  /** Of a draft that may guess some tokens only; undefined too where only the vocabulary is read. */
  readonly cutHead: CutHead | undefined;

  private constructor(
    library: Library,
    path: string,
    pointer: Pointer,
    params: ModelParams,
    gpus: readonly Device[],
    task: LoadTask,
  ) {
    this.task = task;
    const { llama } = library;
    this.library = library;
    this.path = path;
    this.vocabOnly = params.vocab_only;
    this.handle = new NativeHandle(`model ${path}`, pointer, (p) => {
      llama.modelFree(p);
    });
    // The library leaves these at 0 when it reads the vocabulary only.
    const whole = !params.vocab_only;
    this.contextTrain = whole ? llama.modelContextTrain(pointer) : this.#hyperparameter('context_length');
    this.width = whole ? llama.modelWidth(pointer) : this.#hyperparameter('embedding_length');
    this.embeddingWidth = llama.modelWidthOut(pointer);
    this.ranks = this.#hyperparameter('pooling_type', PoolingType.unspecified) === PoolingType.rank;
    this.layers = whole ? llama.modelLayers(pointer) : this.#hyperparameter('block_count');
    this.computing = computingOf(gpus, params.n_gpu_layers, this.layers);
    this.bytes = Number(llama.modelBytes(pointer));
    this.parameters = Number(llama.modelParameters(pointer));
    this.canTruncate = !llama.modelIsRecurrent(pointer) && !llama.modelIsHybrid(pointer);
    this.cacheShape = params.vocab_only ? NO_CACHE : this.#shapeOfCache();
    const isCut = whole && this.metadata(CUT_HEAD_KEYS.vocabularySize) !== undefined;
    this.cutHead = isCut ? readCutHead(readGguf(path)) : undefined;
  }

  #shapeOfCache(): CacheShape {
    const { llama } = this.library;
    const headLength = this.width / Math.max(1, llama.modelHeads(this.pointer));
    return {
      layers: this.layers,
      headsKv: llama.modelHeadsKv(this.pointer),
      keyLength: this.#hyperparameter('attention.key_length', headLength),
      valueLength: this.#hyperparameter('attention.value_length', headLength),
    };
  }

  /** A number among the metadata of the model's architecture. */
  #hyperparameter(name: string, otherwise = 0): number {
    const architecture = this.metadata('general.architecture') ?? '';
    return Number(this.metadata(`${architecture}.${name}`) ?? otherwise);
  }

  /**
   * Looks at a file, and tries it in a child process where it is not known yet. `load` does so, too; after this it
   * need not wait.
   * @throws ForetokenError as `load`
   */
  static check(path: string, options: ModelLoadOptions = {}): { library: Library; task: LoadTask } {
    checkHead(path);
    const library = loadLibrary(options.gpu);
    const task = taskOf(library, path, options);
    gpusFor(library, task);
    tryModel(library, task);
    return { library, task };
  }

  /**
   * @throws ForetokenError `file_not_found`, `invalid_gguf`, `unsupported_architecture`, `out_of_memory`,
   *   `library_unavailable`, `gpu_unavailable`, `cancelled` (by `onProgress`).
   */
  static load(path: string, options: ModelLoadOptions = {}): LlamaModel {
    const { library, task } = LlamaModel.check(path, options);
    const model = LlamaModel.loadUntried(library, path, options);
    if (model !== undefined) return model;
    throw refusal(library, task);
  }

  /**
   * The vocabulary and the metadata only, read on another thread.
   * @throws ForetokenError as `load`
   */
  static async loadVocabulary(path: string): Promise<LlamaModel> {
    const { library, task } = LlamaModel.check(path, { vocabOnly: true });
    const params = paramsFor(library, task, [], {});
    const pointer = await inBackground(library.llama.modelLoad, path, params);
    if (pointer === null) throw refusal(library, task);
    return new LlamaModel(library, path, pointer, params, [], task);
  }

  /**
   * Loads a file whatever it holds, for the child process that tries it.
   * @returns undefined when the library refuses it
   * @throws ForetokenError `gpu_unavailable`, `cancelled`
   */
  static loadUntried(library: Library, path: string, options: ModelLoadOptions): LlamaModel | undefined {
    const { llama } = library;
    const task = taskOf(library, path, options);
    const gpus = gpusFor(library, task);
    const params = paramsFor(library, task, gpus, options);
    const loading = { cancelled: false };
    const { onProgress } = options;
    if (onProgress !== undefined)
      // Called only from within modelLoad, on this thread.
      params.progress_callback = koffi.register((progress: number) => {
        loading.cancelled ||= !onProgress(progress);
        return !loading.cancelled;
      }, koffi.pointer(llama_progress_callback));
    let pointer: Pointer | null;
    try {
      pointer = llama.modelLoad(path, params);
    } finally {
      if (params.progress_callback !== null) koffi.unregister(params.progress_callback);
    }
    if (pointer !== null) return new LlamaModel(library, path, pointer, params, gpus, task);
    if (loading.cancelled) throw new ForetokenError('cancelled', `Loading ${path} was given up.`);
    return undefined;
  }

  get pointer(): Pointer {
    return this.handle.pointer;
  }

  /** Value of a metadata key as text; undefined when there is none (or it is an array). */
  metadata(key: string): string | undefined {
    const { llama } = this.library;
    const length = llama.modelMetadata(this.pointer, key, null, 0);
    if (length < 0) return undefined;
    const bytes = new Uint8Array(length + 1);
    llama.modelMetadata(this.pointer, key, bytes, bytes.length);
    return Buffer.from(bytes.buffer, 0, length).toString('utf8');
  }

  /** The model's own chat template. */
  get chatTemplate(): string | undefined {
    return this.library.llama.modelChatTemplate(this.pointer, null) ?? undefined;
  }

  /** The library's words for the model: architecture, size, quantisation. */
  get description(): string {
    const bytes = new Uint8Array(256);
    const length = this.library.llama.modelDescription(this.pointer, bytes, bytes.length);
    return Buffer.from(bytes.buffer, 0, Math.min(length, 255)).toString('utf8');
  }

  /** Frees the model once its contexts and vocabularies are disposed of too. */
  dispose(): void {
    this.handle.dispose();
  }
}

const taskOf = (library: Library, path: string, options: ModelLoadOptions): LoadTask => ({
  path,
  vocabOnly: options.vocabOnly ?? false,
  // A library for a GPU may have been loaded for another model, which the processor computes.
  gpu: options.gpu ?? library.gpu,
  gpuLayers: options.gpuLayers ?? 0,
  device: options.device,
});

const paramsFor = (
  { llama }: Library,
  task: LoadTask,
  gpus: readonly Device[],
  { mmap, repackWeights }: ModelLoadOptions,
): ModelParams => ({
  ...llama.modelDefaults(),
  n_gpu_layers: gpus.length === 0 ? 0 : task.gpuLayers,
  ...deviceParams(gpus, listDevices(llama)),
  load_mode: mmap === false ? LoadMode.none : LoadMode.mmap,
  vocab_only: task.vocabOnly,
  use_extra_bufts: repackWeights ?? true,
});

/** Of a file that loaded when it was tried: there may be less memory now. */
function refusal(library: Library, task: LoadTask): ForetokenError {
  const reason = reasonToRefuse(library, task);
  return new ForetokenError(codeOf(reason), `Cannot load the model ${task.path}: ${reason}`, {
    param: 'model',
  });
}

/** @throws ForetokenError `gpu_unavailable` */
function gpusFor(library: Library, { gpu, gpuLayers, vocabOnly, device }: LoadTask): readonly Device[] {
  if (gpu === 'none' || gpuLayers === 0 || vocabOnly) return [];
  return requireGpus(gpu, listDevices(library.llama), library.files, device);
}

/** LLAMA_SPLIT_MODE_NONE, LLAMA_SPLIT_MODE_LAYER */
const ONE_DEVICE = 0;
const ALL_DEVICES = 1;

/**
 * Of the library's parameters, which GPUs it uses. Where none is to be used it must be told, or it computes large
 * batches on one all the same.
 */
function deviceParams(
  chosen: readonly Device[],
  all: readonly Device[],
): Pick<ModelParams, 'split_mode' | 'main_gpu'> {
  if (chosen.length === 0) return { split_mode: ONE_DEVICE, main_gpu: -1 };
  const gpus = gpusAmong(all);
  if (chosen.length === gpus.length) return { split_mode: ALL_DEVICES, main_gpu: 0 };
  return { split_mode: ONE_DEVICE, main_gpu: gpus.findIndex(({ name }) => name === chosen[0]!.name) };
}

/** @param asked layers for the GPUs; negative is all */
function computingOf(gpus: readonly Device[], asked: number, blocks: number): Computing {
  // The library counts the output as one more.
  const layers = blocks + 1;
  return { gpus, layers, gpuLayers: gpus.length === 0 ? 0 : asked < 0 ? layers : Math.min(asked, layers) };
}

/** What can be told from the file's head, in better words than the library has. */
export function checkHead(path: string): void {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined)
    throw new ForetokenError('file_not_found', `There is no file ${path}.`, { param: 'model' });
  if (!stats.isFile())
    throw new ForetokenError(
      'invalid_gguf',
      `${path} is ${stats.isDirectory() ? 'a folder' : 'no regular file'}; name a GGUF file.`,
      { param: 'model' },
    );
  const head = Buffer.alloc(24);
  const file = openSync(path, 'r');
  let length: number;
  try {
    length = readSync(file, head, 0, head.length, 0);
  } finally {
    closeSync(file);
  }
  if (length < head.length || head.toString('latin1', 0, 4) !== 'GGUF')
    throw new ForetokenError('invalid_gguf', `${path} is not a GGUF file (${stats.size} bytes).`, {
      param: 'model',
    });
  const version = head.readUInt32LE(4);
  if (version < 2 || version > 3)
    throw new ForetokenError(
      'invalid_gguf',
      `${path} is GGUF version ${version}; versions 2 and 3 (little-endian) can be read.`,
      { param: 'model' },
    );
}
