import { calibrate } from '../costs/calibrate.js';
import { cacheDirectory } from '../base/private-folder.js';
import { calibrationKey, calibrationPath, readCalibration, writeCalibration, } from '../costs/calibration-file.js';
import { isExactAsked } from '../llama/target.js';
/** @param note told in words of what went wrong; costs are found all the same */
export function knownCosts(model, options, speculation, note) {
    const calibration = options.calibration ?? 'auto';
    // Nothing is planned, so nothing need be known.
    if (calibration === 'off' || speculation.mode === 'off' || !model.decoder.canTruncate)
        return undefined;
    const { computing } = model.decoder.model;
    const key = calibrationKey({
        modelPath: options.modelPath,
        draftPath: options.draftPath,
        loraPaths: options.loraPaths,
        libraryVersion: model.decoder.model.library.llama.version(),
        threads: model.decoder.threads,
        batchSize: options.batchSize,
        microBatchSize: options.microBatchSize,
        unified: model.decoder.unified,
        exact: isExactAsked(options),
        repacked: model.repacked,
        gpu: options.gpu,
        gpuLayers: computing.gpuLayers,
        flashAttention: options.flashAttention ?? 'auto',
        devices: computing.gpus.map(({ backend, name, description }) => `${backend} ${name} ${description}`),
    });
    const file = calibrationPath(cacheDirectory(), key);
    const kept = calibration === 'fresh' ? undefined : readCalibration(file, key);
    if (kept !== undefined && !('problem' in kept))
        return kept;
    if (kept !== undefined)
        note(kept.problem);
    const costs = calibrate(model);
    const problem = writeCalibration(file, key, costs);
    if (problem !== undefined)
        note(problem);
    return costs;
}
//# sourceMappingURL=known-costs.js.map