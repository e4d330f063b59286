/** What the cost predictor says of the models that have been loaded; nothing where it knows too little. */
import { knownProfile } from '../abacus/gguf/known-profiles.js';
import { languageModel } from '../abacus/gguf/language-model.js';
import { predictedDraftCosts, predictedTargetCosts } from '../abacus/gguf/planner-costs.js';
import { cacheDirectory } from '../base/private-folder.js';
import type { Role } from '../costs/calibration-file.js';
import type { ModelCosts } from '../costs/cost-table.js';
import { curveSizes } from '../costs/prior-costs.js';
import { readModelFiles } from '../gguf/plausibility.js';
import type { LlamaDecoder } from '../llama/context.js';

/**
 * Undefined for architectures that are not known, and where a GPU computes.
 * @param repacked whether its weights are rearranged for faster kernels, as those of drafts always are
 */
export function predictedCosts(role: Role, decoder: LlamaDecoder, repacked = true): ModelCosts | undefined {
  const { model, batch, threads } = decoder;
  if (model.computing.gpuLayers > 0) return undefined;
  try {
    const { profile } = knownProfile(cacheDirectory());
    const predict = role === 'target' ? predictedTargetCosts : predictedDraftCosts;
    const machine = { profile, threads, pace: undefined };
    return predict(
      languageModel(readModelFiles(model.path)),
      curveSizes(batch.capacity),
      { repacked },
      machine,
    );
  } catch {
    // A prior is a help and no more: what cannot be predicted is measured from nothing.
    return undefined;
  }
}
