/**
 * The target model in its context, loaded so that its texts are exact where kernels allow. With rearranged
 * ("repacked") weights several tokens may round differently than one. Where a check finds that, the model is loaded
 * again as it is in the file and checked again; where that does not help either, the faster weights are taken and
 * texts are equal up to rounding.
 */
import { readGguf } from '../gguf/reader.js';
import { TENSOR_TYPES } from '../gguf/types.js';
import { applyAdapters, LoraAdapter } from './adapter.js';
import { LlamaDecoder } from './context.js';
import type { ContextOptions } from './make-context.js';
import { isAllOnGpu, listDevices, requireGpus } from './devices.js';
import { tryGpu } from './gpu-trial.js';
import { isTiled, type CacheType } from './cache-types.js';
import { checkInvariance, exactCache, type CacheChoice, type Exactness } from './invariance.js';
import { type Library, loadLibrary } from './library.js';
import { LlamaModel } from './model.js';
import type { Gpu } from './packages.js';
import { hasReferenceKernels } from './reference-kernels.js';
import { ThreadPool } from './thread-pool.js';
import { threadsFor } from './threads.js';

export interface TargetOptions {
  readonly modelPath: string;
  readonly batchSize: number;
  readonly microBatchSize: number;
  readonly threads: number;
  readonly gpu: Gpu;
  readonly gpuLayers: number;
  readonly device?: string | undefined;
  readonly flashAttention?: 'auto' | 'disabled' | undefined;
  readonly mmap?: boolean | undefined;
  readonly kvUnified: boolean | undefined;
  /** Types of the KV cache's keys and values; undefined: those that make texts exact, where that is asked for, or else F16. */
  readonly cacheTypeK?: CacheType | undefined;
  readonly cacheTypeV?: CacheType | undefined;
  readonly loraPaths: readonly string[];
  readonly exact?: boolean | undefined;
}

/** What is promised of texts, and why. */
export interface ExactnessFound {
  readonly exactness: Exactness;
  /** In words for the operator. */
  readonly reason: string;
}

/** Of the sizes of a context, what depends on the loaded model. */
export type PlanContext = (
  model: LlamaModel,
) => Required<Pick<ContextOptions, 'contextSize' | 'maxSequences' | 'branchSequences' | 'unified'>>;

export interface Target extends ExactnessFound {
  readonly model: LlamaModel;
  readonly decoder: LlamaDecoder;
  /** For a draft's context beside it. */
  readonly context: ContextOptions;
  /** False where the weights were left as they are in the file, for the sake of exactness. */
  readonly repacked: boolean;
  /** In the order in which they are disposed of. */
  readonly owned: readonly { dispose(): void }[];
}

/** @throws ForetokenError as `LlamaModel.load`, `LlamaDecoder` and `LoraAdapter.load` */
export function loadTarget(
  options: TargetOptions,
  plan: PlanContext,
  onProgress: (progress: number) => void,
): Target {
  const types = weightTypes(options.modelPath);
  tryGpuOf(options);
  // Reference kernels leave panels to tiles. Where there are none, this switch leaves them out, at which the library looks
  // when it first multiplies weights of a grid type. Not by default: panels are faster for many tokens.
  if (options.exact === true && !hasReferenceKernels(loadLibrary(options.gpu)))
    process.env['GGML_NO_IQ_PANEL'] ??= '1';
  const open = (repackWeights: boolean): Opened =>
    openTarget(options, plan, types, repackWeights, onProgress);
  const repacked = open(true);
  const hindrance = hindranceOf(options, repacked, types);
  if (hindrance !== undefined) return asTarget(repacked, true, { exactness: ROUNDING, reason: hindrance });
  const found = exactnessOf(repacked.decoder, types);
  if (found.exactness === 'exact' || !types.some((name) => REPACKABLE.has(name)))
    return asTarget(repacked, true, found);
  // Never both at once: there may be no memory for two.
  dispose(repacked);
  const plain = open(false);
  const foundPlain = exactnessOf(plain.decoder, types);
  if (foundPlain.exactness === 'exact')
    return asTarget(plain, false, {
      ...foundPlain,
      reason: `${foundPlain.reason}, with weights as they are in the file: rearranged ones, which are faster, round several tokens differently (--no-exact takes those)`,
    });
  dispose(plain);
  return asTarget(open(true), true, found);
}

/** @throws ForetokenError `gpu_unavailable` */
function tryGpuOf({ gpu, gpuLayers, device, flashAttention }: TargetOptions): void {
  if (gpu === 'none' || gpuLayers === 0) return;
  const library = loadLibrary(gpu);
  const gpus = requireGpus(gpu, listDevices(library.llama), library.files, device);
  tryGpu(library, gpus, { gpu, device, flashAttention });
}

const ROUNDING: Exactness = 'equal up to rounding';

/** What makes texts depend on rounding whatever the weights; undefined where nothing does. */
function hindranceOf(
  options: TargetOptions,
  { model, context }: Opened,
  types: readonly string[],
): string | undefined {
  if (options.exact === false) return 'exactness was not asked for (--no-exact)';
  if (model.computing.gpuLayers > 0) return 'kernels of a GPU round differently with the size of a batch';
  if (!isExactAsked(options))
    return 'exactness is not the default with layers on a GPU (--exact asks for it)';
  const { typeK, typeV, referenceKernels } = context;
  if (!referenceKernels && isTiled(typeK, typeV))
    return `over a cache of ${typeK} keys and ${typeV} values (--cache-type-k, --cache-type-v) attention computes several tokens by other kernels than one`;
  if (context.flashAttention === 'disabled')
    return 'without flash attention several tokens are computed by other kernels than one';
  if (context.unified === true)
    return 'in one pool of KV cells (--kv-unified) a text is added up in the order in which cells were free';
  // Not left to the check: panels passed it on a Xeon with AMX, and 8 of 1,206 answers of IQ3_M differed.
  if (usesPanels(options, types))
    return `${roundsBy(types)} (--exact may help: it uses kernels for these types that take longer for prompts)`;
  return undefined;
}

/** Backends of GPUs want keys and values of one type. */
function cacheOf(options: TargetOptions, library: Library, types: readonly string[]): CacheChoice {
  const usual = { typeK: 'F16', typeV: 'F16', referenceKernels: false } as const;
  // The reference would leave the panels out, and not by default: see `loadTarget`.
  const keepPanels = usesPanels(options, types);
  const { typeK, typeV, referenceKernels } = isExactAsked(options) ? exactCache(library, keepPanels) : usual;
  return {
    typeK: options.cacheTypeK ?? typeK,
    typeV: options.cacheTypeV ?? typeV,
    referenceKernels,
  };
}

/** The default where the processor computes everything. */
export const isExactAsked = (options: Pick<TargetOptions, 'exact' | 'gpuLayers'>): boolean =>
  options.exact ?? options.gpuLayers === 0;

const roundsBy = (types: readonly string[]): string =>
  `with weights of these types (${types.join(', ')}) this processor rounds several tokens differently than one`;

function exactnessOf(decoder: LlamaDecoder, types: readonly string[]): ExactnessFound {
  const { invariant, sizes, tiles } = checkInvariance(decoder);
  if (!tiles) decoder.tile = undefined;
  if (invariant)
    return { exactness: 'exact', reason: `the same bits in decodes of ${sizes.join(', ')} tokens` };
  return { exactness: ROUNDING, reason: roundsBy(types) };
}

/** Types that the library rearranges on some processor (ggml-cpu/repack.cpp). */
const REPACKABLE = new Set(['Q1_0', 'Q2_K', 'Q4_0', 'Q4_K', 'Q5_K', 'Q6_K', 'Q8_0', 'IQ4_NL', 'MXFP4']);

/** Types for which it has kernels of their own from 8 tokens on, in "panels" (ggml-cpu/iqp.cpp). */
const IN_PANELS = new Set(['IQ1_S', 'IQ1_M', 'IQ2_XXS', 'IQ2_XS', 'IQ2_S', 'IQ3_XXS', 'IQ3_S', 'IQ4_XS']);

const usesPanels = ({ exact }: Pick<TargetOptions, 'exact'>, types: readonly string[]): boolean =>
  exact !== true && types.some((name) => IN_PANELS.has(name));

function weightTypes(modelPath: string): string[] {
  return [...new Set(readGguf(modelPath).tensors.map(({ type }) => TENSOR_TYPES.get(type)!.name))];
}

interface Opened {
  readonly model: LlamaModel;
  readonly decoder: LlamaDecoder;
  readonly context: ContextOptions & CacheChoice;
  readonly owned: readonly { dispose(): void }[];
}

function openTarget(
  options: TargetOptions,
  plan: PlanContext,
  types: readonly string[],
  repackWeights: boolean,
  onProgress: (progress: number) => void,
): Opened {
  const owned: { dispose(): void }[] = [];
  const own = <T extends { dispose(): void }>(object: T): T => {
    owned.unshift(object);
    return object;
  };
  try {
    const { gpu, gpuLayers, device, mmap } = options;
    const model = own(
      LlamaModel.load(options.modelPath, {
        gpu,
        gpuLayers,
        device,
        mmap,
        repackWeights,
        onProgress: (progress) => {
          onProgress(progress);
          return true;
        },
      }),
    );
    const threads = options.threads > 0 ? options.threads : threadsFor(model);
    // Beside a GPU that does everything, threads would spin for nothing.
    const pool = isAllOnGpu(model.computing) ? undefined : ThreadPool.create(model.library, threads);
    if (pool !== undefined) own(pool);
    const context = {
      ...plan(model),
      pool,
      adaptThreads: true,
      flashAttention: options.flashAttention ?? 'auto',
      ...cacheOf(options, model.library, types),
      batchSize: options.batchSize,
      microBatchSize: options.microBatchSize,
      threads,
    };
    const decoder = own(new LlamaDecoder(model, context));
    if (options.loraPaths.length > 0) {
      const adapters = options.loraPaths.map((path) => {
        const adapter = LoraAdapter.load(model, path);
        // Freed after the decoder that applies it.
        owned.push(adapter);
        return adapter;
      });
      applyAdapters(decoder, adapters);
    }
    decoder.warmUp();
    return { model, decoder, context, owned };
  } catch (error) {
    dispose({ owned });
    throw error;
  }
}

function asTarget(opened: Opened, repacked: boolean, found: ExactnessFound): Target {
  return { ...opened, ...found, repacked };
}

function dispose({ owned }: Pick<Opened, 'owned'>): void {
  for (const object of owned) object.dispose();
}
