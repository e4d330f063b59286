/** What the cost predictor says of the models that have been loaded; nothing where it knows too little. */
import { knownProfile } from '../abacus/gguf/known-profiles.js';
import { languageModel } from '../abacus/gguf/language-model.js';
import { predictedDraftCosts, predictedTargetCosts } from '../abacus/gguf/planner-costs.js';
import type { ProcessorMachine } from '../abacus/gguf/step-time.js';
import { cacheDirectory } from '../base/private-folder.js';
import type { DraftCosts, TargetCosts } from '../costs/cost-table.js';
import { curveSizes } from '../costs/prior-costs.js';
import { readModelFiles } from '../gguf/plausibility.js';
import type { LlamaDecoder } from '../llama/context.js';

/** Undefined for architectures that are not known, and where a GPU computes. */
export function predictedTarget(decoder: LlamaDecoder, repacked: boolean): TargetCosts | undefined {
  return predicted(decoder, (model, sizes, machine) =>
    predictedTargetCosts(model, sizes, { repacked }, machine),
  );
}

/** Drafts are always loaded with rearranged weights. */
export function predictedDraft(decoder: LlamaDecoder): DraftCosts | undefined {
  return predicted(decoder, (model, sizes, machine) =>
    predictedDraftCosts(model, sizes, { repacked: true }, machine),
  );
}

function predicted<T>(
  decoder: LlamaDecoder,
  costs: (model: ReturnType<typeof languageModel>, sizes: readonly number[], machine: ProcessorMachine) => T,
): T | undefined {
  if (decoder.model.computing.gpuLayers > 0) return undefined;
  try {
    const { profile } = knownProfile(cacheDirectory());
    return costs(languageModel(readModelFiles(decoder.model.path)), curveSizes(decoder.batch.capacity), {
      ...{ profile, threads: decoder.threads, pace: undefined },
    });
  } catch {
    // A prior is a help and no more: what cannot be predicted is measured from nothing.
    return undefined;
  }
}
