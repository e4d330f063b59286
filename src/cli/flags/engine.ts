/** The flags that say which model runs and how, shared by `serve` and `generate`, and what they mean to the engine. */
import path from 'node:path';
import type { Command } from 'commander';
import { ForetokenError } from '../../base/errors.js';
import type { EngineOptions, ModelOptions } from '../../engine/types.js';
import { modelFile } from '../../base/bundled.js';
import { CACHE_TYPES, type CacheType } from '../../llama/cache-types.js';
import { valued, yesOrNo } from './flag.js';
import { speculationSetup, type SpeculationFlags } from './speculation.js';
import { listOf, nonEmpty, oneOf, repeated, wholeNumber } from './values.js';

/** Flags of which one says where the model comes from. */
export const MODEL_SOURCES = ['model', 'hfRepo'] as const;

export interface EngineFlags extends SpeculationFlags {
  readonly model?: string;
  readonly hfRepo?: string;
  readonly hfFile?: string;
  readonly hfRepoDraft?: string;
  readonly offline?: boolean;
  readonly ctxSize: number;
  readonly threads: number;
  readonly batchSize: number;
  readonly ubatchSize: number;
  readonly prefillChunk: number;
  readonly exact?: boolean;
  readonly cacheTypeK?: CacheType;
  readonly cacheTypeV?: CacheType;
  readonly mmap?: boolean;
  readonly gpu: ModelOptions['gpu'];
  readonly gpuLayers: number;
  readonly device?: string;
  readonly flashAttn: 'auto' | 'off';
  readonly lora: readonly string[];
  readonly chatTemplateFile?: string;
}

const GPUS = ['none', 'cuda', 'vulkan', 'metal'] as const;
const CACHE_NAMES = CACHE_TYPES.map((type) => type.toLowerCase());
const cacheType =
  (flag: string) =>
  (value: string): CacheType => {
    const name = oneOf(flag, CACHE_NAMES)(value.toLowerCase());
    return CACHE_TYPES[CACHE_NAMES.indexOf(name)]!;
  };
const MOST_TOKENS = 2 ** 24;

const MODEL_HELP =
  'GGUF file of the model, or "demo" for the bundled one (default: SmolLM2-135M-Instruct, fetched once, else ' +
  'the bundled one)';

/** @param several `--model` may be repeated, and gives a list */
export function addModelFlags(command: Command, several = false): Command {
  return command
    .optionsGroup('Model:')
    .addOption(
      several
        ? valued(
            '-m, --model <file>',
            `${MODEL_HELP}; where it is repeated, the others are further models, as --more-models`,
            repeated('--model'),
          )
        : valued('-m, --model <file>', MODEL_HELP, nonEmpty('--model')),
    )
    .addOption(
      valued(
        '--hf-repo <name>',
        'model of the Hugging Face hub, user/model or user/model:quant, fetched once into its cache (also -hf); ' +
          'without a quant Q4_K_M, Q8_0 or the first',
        nonEmpty('--hf-repo'),
      ),
    )
    .addOption(
      valued(
        '--hf-file <path>',
        'file of that repository, where no quant tells which (also -hff)',
        nonEmpty('--hf-file'),
      ),
    )
    .addOption(
      valued(
        '--hf-repo-draft <name>',
        'draft model of the hub, as --hf-repo (also -hfd)',
        nonEmpty('--hf-repo-draft'),
      ),
    )
    .addOption(
      yesOrNo('--offline', 'fetch nothing: take models as they are in the cache (also HF_HUB_OFFLINE=1)'),
    )
    .addOption(
      valued(
        '-c, --ctx-size <tokens>',
        'tokens of context over all requests together',
        wholeNumber('--ctx-size', { min: 0, max: MOST_TOKENS, note: '0 to choose' }),
        0,
        '0: as the model was trained, up to 4096 a request',
      ),
    )
    .addOption(
      valued('--lora <file>', 'LoRA adapter for the model; may be repeated', listOf('--lora'), [], 'none'),
    )
    .addOption(
      valued(
        '--chat-template-file <file>',
        "Jinja template to use instead of the model's own",
        nonEmpty('--chat-template-file'),
      ),
    );
}

export function addComputeFlags(command: Command): Command {
  return command
    .optionsGroup('Computing:')
    .addOption(
      valued(
        '-t, --threads <count>',
        'threads that compute',
        wholeNumber('--threads', { min: 0, max: 1024, note: '0 for the physical cores' }),
        0,
        '0: physical cores, or one where a GPU computes everything',
      ),
    )
    .addOption(
      valued(
        '-b, --batch-size <tokens>',
        'most tokens of one decode',
        wholeNumber('--batch-size', { min: 1, max: 65536 }),
        2048,
      ),
    )
    .addOption(
      valued(
        '--ubatch-size <tokens>',
        'most tokens computed at once within a decode (also -ub)',
        wholeNumber('--ubatch-size', { min: 1, max: 65536 }),
        512,
      ),
    )
    .addOption(
      valued(
        '--prefill-chunk <tokens>',
        'most prompt tokens in a step, so that a long prompt delays nobody for long',
        wholeNumber('--prefill-chunk', { min: 0, max: 65536, note: '0 to choose' }),
        0,
        `0: 64 to 256 by what they take, ${GPU_PREFILL_CHUNK} with a GPU`,
      ),
    )
    .addOption(
      yesOrNo('--kv-unified', 'one pool of context cells for all requests, shared where prompts begin alike'),
    )
    .addOption(yesOrNo('--no-kv-unified', 'a fixed share of the context for each request (default)'))
    .addOption(
      yesOrNo(
        '--exact',
        'the same text to the last bit, whatever runs beside it, where kernels allow; every answer says whether they do (default without a GPU)',
      ),
    )
    .addOption(yesOrNo('--no-exact', 'the fastest kernels; near ties may fall either way'))
    .addOption(yesOrNo('--mmap', 'weights mapped from the file, shared with other processes (default)'))
    .addOption(
      yesOrNo(
        '--no-mmap',
        'weights copied into memory, so that the file may be written to while it is served',
      ),
    )
    .addOption(
      valued(
        '--cache-type-k <type>',
        `type of the keys in the KV cache: ${CACHE_NAMES.join(', ')} (also -ctk; default: f16)`,
        cacheType('--cache-type-k'),
      ),
    )
    .addOption(
      valued(
        '--cache-type-v <type>',
        'type of the values (also -ctv; default: f16; on Windows bf16, with which texts are exact there)',
        cacheType('--cache-type-v'),
      ),
    )
    .addOption(valued('--gpu <kind>', `compute on a GPU: ${GPUS.join(', ')}`, oneOf('--gpu', GPUS), 'none'))
    .addOption(
      valued(
        '--gpu-layers <count>',
        'layers computed on the GPU (also -ngl)',
        wholeNumber('--gpu-layers', { min: -1, max: 10000, note: '-1 for all' }),
        -1,
        '-1: all',
      ),
    )
    .addOption(
      valued(
        '--device <name>',
        'the only GPU to use, by the name that the start and /health tell (default: all)',
        nonEmpty('--device'),
      ),
    )
    .addOption(
      valued(
        '--flash-attn <when>',
        'attention in one kernel on a GPU: auto, or off for drivers that fail at it (also -fa)',
        oneOf('--flash-attn', ['auto', 'off']),
        'auto',
      ),
    );
}

/** With a GPU, which needs many tokens to be busy; the engine chooses elsewhere. */
const GPU_PREFILL_CHUNK = 256;

function prefillChunkOf({ prefillChunk, gpu }: EngineFlags): number | undefined {
  if (prefillChunk > 0) return prefillChunk;
  return gpu === 'none' ? undefined : GPU_PREFILL_CHUNK;
}

export interface EngineSetup {
  readonly model: ModelOptions;
  readonly engine: EngineOptions;
}

/** @throws ForetokenError `invalid_option` when flags contradict each other. */
export function engineSetup(
  flags: EngineFlags,
  concurrency: { readonly parallel: number; readonly queueLimit: number; readonly watchdogMs?: number },
): EngineSetup {
  const modelPath = modelFile(flags.model);
  const { draftPath, speculation } = speculationSetup(flags, modelPath);
  if (flags.device !== undefined && flags.gpu === 'none')
    throw new ForetokenError('invalid_option', `--device ${flags.device} needs --gpu.`, { param: 'device' });
  if (flags.flashAttn === 'off' && flags.gpu === 'none')
    throw new ForetokenError(
      'invalid_option',
      '--flash-attn off needs --gpu: on the processor it is what makes texts exact.',
      {
        param: 'flash-attn',
      },
    );
  if (flags.ubatchSize > flags.batchSize)
    throw new ForetokenError(
      'invalid_option',
      `--ubatch-size ${flags.ubatchSize} must not be larger than --batch-size ${flags.batchSize}.`,
      { param: 'ubatch-size' },
    );
  return {
    model: {
      modelPath,
      draftPath,
      contextSize: flags.ctxSize,
      parallel: concurrency.parallel,
      batchSize: flags.batchSize,
      microBatchSize: flags.ubatchSize,
      threads: flags.threads,
      gpu: flags.gpu,
      gpuLayers: flags.gpu === 'none' ? 0 : flags.gpuLayers,
      device: flags.device,
      flashAttention: flags.flashAttn === 'off' ? 'disabled' : 'auto',
      kvUnified: flags.kvUnified,
      exact: flags.exact,
      mmap: flags.mmap,
      cacheTypeK: flags.cacheTypeK,
      cacheTypeV: flags.cacheTypeV,
      loraPaths: flags.lora.map((file) => path.resolve(file)),
      calibration: flags.calibration,
    },
    engine: {
      parallel: concurrency.parallel,
      queueLimit: concurrency.queueLimit,
      watchdogMs: concurrency.watchdogMs,
      prefillChunk: prefillChunkOf(flags),
      speculation,
      planLog: flags.planLog === undefined ? undefined : path.resolve(flags.planLog),
    },
  };
}

/** The name of a model file as people call it. */
export const nameOf = (file: string): string => path.basename(file).replace(/\.gguf$/i, '');
