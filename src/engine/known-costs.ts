/**
 * Where the planner's costs come from: measured earlier on this machine, measured now, or guessed. Each model's are
 * kept by themselves, so a draft brings its own to whatever target it guesses for.
 */
import { knownProfile } from '../abacus/gguf/known-profiles.js';
import { languageModel } from '../abacus/gguf/language-model.js';
import { predictedDraftCosts, predictedTargetCosts } from '../abacus/gguf/planner-costs.js';
import { cacheDirectory } from '../base/private-folder.js';
import { calibrate } from '../costs/calibrate.js';
import {
  calibrationKey,
  calibrationPath,
  readCalibration,
  writeCalibration,
  type Role,
} from '../costs/calibration-file.js';
import { tableOf, type CostTable, type ModelCosts } from '../costs/cost-table.js';
import { curveSizes, PRIOR_STEP_COSTS, priorDraftCosts } from '../costs/prior-costs.js';
import { readModelFiles } from '../gguf/plausibility.js';
import type { LlamaDecoder } from '../llama/context.js';
import type { LlamaDraft } from '../llama/draft.js';
import type { LlamaEngineModel } from '../llama/engine-model.js';
import { isExactAsked } from '../llama/target.js';
import type { EngineOptions, ModelOptions } from './types.js';

/** A draft that is loaded while the engine serves is measured for no longer than this, and only when nobody waits. */
const HOT_BUDGET_MS = 300;

export class KnownCosts {
  readonly #model: LlamaEngineModel;
  readonly #options: ModelOptions;
  readonly #note: (text: string) => void;

  /** @param note told in words of what went wrong; costs are found all the same */
  constructor(model: LlamaEngineModel, options: ModelOptions, note: (text: string) => void) {
    this.#model = model;
    this.#options = options;
    this.#note = note;
  }

  /** Undefined where nothing need be known, for nothing is planned. The caches must be empty, and are so afterwards. */
  atStart(speculation: EngineOptions['speculation']): CostTable | undefined {
    const { decoder, drafts } = this.#model;
    const { calibration, modelPath } = this.#options;
    if (speculation.mode === 'off' || !decoder.canTruncate) return undefined;
    const [draft] = drafts;
    const predicted = predictedCosts('target', decoder, this.#model.repacked);
    const predictedOfDraft = draft && predictedCosts('draft', draft.decoder);
    const isPredicted = predicted !== undefined && (draft === undefined || predictedOfDraft !== undefined);
    // Nothing is measured, and what is predicted is better than nothing.
    if (calibration === 'off')
      return isPredicted
        ? tableOf(predicted, draftsOf(draft, predictedOfDraft), PRIOR_STEP_COSTS)
        : undefined;
    const known = this.#read('target', modelPath);
    const knownDraft = draft && this.#read('draft', draft.model.path);
    // What is not known yet is measured, in shorter time where a prediction leaves little to do.
    const measured = calibrate(
      { target: decoder, known, draft: knownDraft === undefined ? draft?.decoder : undefined },
      isPredicted ? { predicted: { target: predicted, draft: predictedOfDraft } } : {},
    );
    const { target } = measured;
    if (known === undefined) this.#write('target', modelPath, target);
    if (measured.draft !== undefined) this.#write('draft', draft!.model.path, measured.draft);
    return tableOf(target, draftsOf(draft, knownDraft ?? measured.draft), PRIOR_STEP_COSTS);
  }

  /**
   * Of a draft that has just been loaded: kept from earlier, measured when the engine is `idle`, or else by its size;
   * the online model corrects that.
   * @param target what the target costs now
   */
  ofDraft(draft: LlamaDraft, target: ModelCosts, idle: boolean): ModelCosts {
    const known = this.#options.calibration === 'off' ? undefined : this.#read('draft', draft.model.path);
    if (known !== undefined) return known;
    const prior = priorDraftCosts(target, draft.share);
    if (!idle || this.#options.calibration === 'off') return prior;
    const measured = calibrate({ draft: draft.decoder, known: target }, { budgetMs: HOT_BUDGET_MS }).draft;
    if (measured === undefined) return prior;
    this.#write('draft', draft.model.path, measured);
    return measured;
  }

  #read(role: Role, file: string): ModelCosts | undefined {
    if (this.#options.calibration === 'fresh') return undefined;
    const key = this.#key(role, file);
    const kept = readCalibration(calibrationPath(cacheDirectory(), key), key);
    if (kept === undefined || !('problem' in kept)) return kept;
    this.#note(kept.problem);
    return undefined;
  }

  #write(role: Role, file: string, costs: ModelCosts): void {
    const key = this.#key(role, file);
    const problem = writeCalibration(calibrationPath(cacheDirectory(), key), key, costs);
    if (problem !== undefined) this.#note(problem);
  }

  #key(role: Role, file: string): string {
    const { decoder, repacked } = this.#model;
    const options = this.#options;
    const { computing, library } = decoder.model;
    return calibrationKey({
      role,
      modelPath: file,
      loraPaths: role === 'target' ? options.loraPaths : [],
      libraryVersion: library.llama.version(),
      threads: decoder.threads,
      batchSize: options.batchSize,
      microBatchSize: options.microBatchSize,
      unified: decoder.unified,
      exact: isExactAsked(options),
      repacked,
      gpu: options.gpu,
      gpuLayers: computing.gpuLayers,
      flashAttention: options.flashAttention ?? 'auto',
      devices: computing.gpus.map(({ backend, name, description }) => `${backend} ${name} ${description}`),
    });
  }
}

function draftsOf(draft: LlamaDraft | undefined, costs: ModelCosts | undefined): CostTable['drafts'] {
  return draft === undefined || costs === undefined ? {} : { [draft.id]: costs };
}

/**
 * What the cost predictor says of a model that has been loaded. Undefined for architectures that are not known, and where a
 * GPU computes.
 * @param repacked whether its weights are rearranged for faster kernels, as those of drafts always are
 */
export function predictedCosts(role: Role, decoder: LlamaDecoder, repacked = true): ModelCosts | undefined {
  const { model, batch, threads } = decoder;
  if (model.computing.gpuLayers > 0) return undefined;
  try {
    const { profile } = knownProfile(cacheDirectory());
    const predict = role === 'target' ? predictedTargetCosts : predictedDraftCosts;
    const machine = { profile, threads, pace: undefined };
    const network = languageModel(readModelFiles(model.path));
    return predict(network, curveSizes(batch.capacity), { repacked }, machine);
  } catch {
    // A prior is a help and no more: what cannot be predicted is measured from nothing.
    return undefined;
  }
}
