/**
 * Whether a model fits into memory, before it is loaded: by the same arithmetic as `predict`. What was asked for and does not
 * fit is refused with the figures; what was left to choose is made to fit, first the context of a request, then how many
 * requests run at once.
 */
import { languageModel, type LanguageModel } from '../abacus/gguf/language-model.js';
import { predictMemory, type MemoryNeed } from '../abacus/gguf/memory-need.js';
import { ForetokenError } from '../base/errors.js';
import { sizeText } from '../base/size-text.js';
import { readModelFiles } from '../gguf/plausibility.js';
import { planContext } from '../llama/engine-model.js';
import { availableBytes } from '../llama/memory.js';
import type { EngineSetup } from './flags/engine.js';

const LEAST_CONTEXT = 512;
const CELL_BLOCK = 256;

export interface Fitted {
  readonly setup: EngineSetup;
  /** What was made smaller, in words. */
  readonly note: string | undefined;
}

/**
 * @param freeBytes memory that can be used
 * @throws ForetokenError `out_of_memory` where it cannot fit, or not as it was asked for
 */
export function fitted(setup: EngineSetup, freeBytes = availableBytes()): Fitted {
  const asIs = { setup, note: undefined };
  // What lies on a GPU is counted there.
  if (setup.model.gpuLayers !== 0) return asIs;
  const models = modelsOf(setup);
  if (models === undefined) return asIs;
  const [target] = models;
  const { contextSize, parallel } = setup.model;
  const chosen = planContext(setup.model, target, freeBytes).contextSize;
  const needOf = (context: number, requests: number): number =>
    models.reduce((sum, model) => sum + needBytes(model, setup, context, requests), 0) +
    processOf(target, setup).processBytes;
  if (needOf(chosen, parallel) <= freeBytes) return asIs;
  // What the user asked for is not changed behind their back.
  if (contextSize > 0) throw tooLarge(target, setup, chosen, parallel, needOf, freeBytes);
  for (let requests = parallel; requests >= 1; requests--)
    for (let context = usual(chosen, parallel); context >= LEAST_CONTEXT; context -= CELL_BLOCK) {
      const needed = needOf(context * requests, requests);
      if (needed > freeBytes) continue;
      const fewer = requests < parallel ? ` and ${requests} of ${parallel} requests at a time` : '';
      return {
        setup: {
          ...setup,
          model: { ...setup.model, contextSize: context * requests, parallel: requests },
          engine: { ...setup.engine, parallel: requests },
        },
        note:
          `${context} tokens of context for each request${fewer}: with more it would take ` +
          `${sizeText(needOf(chosen, parallel))}, and ${sizeText(freeBytes)} are free (now ${sizeText(needed)})`,
      };
    }
  throw tooLarge(target, setup, LEAST_CONTEXT, 1, needOf, freeBytes);
}

const usual = (contextSize: number, parallel: number): number =>
  CELL_BLOCK * Math.ceil(contextSize / parallel / CELL_BLOCK);

interface SizedModel extends LanguageModel {
  readonly canTruncate: true;
}

/** The target and its draft; undefined where nothing can be said of the target. */
function modelsOf({
  model: { modelPath, draftPath },
}: EngineSetup): [SizedModel, ...SizedModel[]] | undefined {
  const read = (file: string): SizedModel[] => {
    try {
      return [{ ...languageModel(readModelFiles(file)), canTruncate: true }];
    } catch {
      // Whoever loads it says what is wrong with it.
      return [];
    }
  };
  const [target] = read(modelPath);
  if (target === undefined) return undefined;
  return [target, ...(draftPath === undefined ? [] : read(draftPath))];
}

function processOf(model: LanguageModel, setup: EngineSetup): MemoryNeed {
  const { parallel, contextSize } = setup.model;
  return memoryOf(model, setup, Math.max(1, contextSize), parallel);
}

/** Without the process, which there is only one of. */
function needBytes(model: LanguageModel, setup: EngineSetup, contextSize: number, parallel: number): number {
  const need = memoryOf(model, setup, contextSize, parallel);
  return need.totalBytes - need.processBytes;
}

function memoryOf(
  model: LanguageModel,
  { model: options }: EngineSetup,
  contextSize: number,
  parallel: number,
): MemoryNeed {
  return predictMemory(model, {
    contextSize,
    parallel: options.kvUnified === true ? 1 : parallel,
    batchTokens: options.microBatchSize,
    repacked: options.exact === false,
    typeK: options.cacheTypeK ?? 'F16',
    typeV: options.cacheTypeV ?? 'F16',
  });
}

function tooLarge(
  model: LanguageModel,
  setup: EngineSetup,
  contextSize: number,
  parallel: number,
  needOf: (contextSize: number, parallel: number) => number,
  freeBytes: number,
): ForetokenError {
  const { weightBytes, kvBytes } = memoryOf(model, setup, contextSize, parallel);
  let fitting = 0;
  for (let step = contextSize; step >= CELL_BLOCK; step /= 2)
    if (needOf(fitting + step, parallel) <= freeBytes) fitting += step;
  const most = CELL_BLOCK * Math.floor(fitting / CELL_BLOCK);
  const mend =
    most > 0
      ? `--ctx-size ${most} fits, and so may fewer requests at a time (--parallel), or a KV cache of another type (--cache-type-k, --cache-type-v).`
      : 'Choose a smaller model or smaller weights: `foretoken predict` says which would fit.';
  return new ForetokenError(
    'out_of_memory',
    `${setup.model.modelPath} does not fit: with ${contextSize} tokens of context for ${parallel} request${parallel === 1 ? '' : 's'} it takes ` +
      `${sizeText(needOf(contextSize, parallel))} (weights ${sizeText(weightBytes)}, KV cache ${sizeText(kvBytes)}), and ${sizeText(freeBytes)} are free. ${mend}`,
    { param: 'ctx-size' },
  );
}
