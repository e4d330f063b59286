/** A model that has never run here is planned by what is predicted for it, and measured in less time. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundledDraft, bundledTarget } from '../base/bundled.js';
import { curveMs } from '../costs/cost-table.js';
import { priorTargetCosts } from '../costs/prior-costs.js';
import { LlamaEngineModel } from '../llama/engine-model.js';
import { KnownCosts, predictedCosts } from './known-costs.js';

import type { EngineOptions } from './types.js';

const cache = mkdtempSync(path.join(os.tmpdir(), 'foretoken-prior-'));
const before = process.env['FORETOKEN_CACHE_DIR'];
process.env['FORETOKEN_CACHE_DIR'] = cache;
after(() => {
  if (before === undefined) delete process.env['FORETOKEN_CACHE_DIR'];
  else process.env['FORETOKEN_CACHE_DIR'] = before;
  rmSync(cache, { recursive: true });
});

const kept = (): string[] => readdirSync(cache).filter((name) => name.startsWith('costs-'));

describe('costs of a model that has never run here', () => {
  it('are predicted where nothing is measured, and measured from the prediction where it may be', () => {
    const modelPath = bundledTarget();
    const options = {
      ...{ modelPath, draftPath: bundledDraft(modelPath), contextSize: 1024, parallel: 1 },
      ...{ batchSize: 512, microBatchSize: 512, threads: 1, gpuLayers: 0 },
      ...{ kvUnified: undefined, loraPaths: [] },
      gpu: 'none',
    } as const;
    const model = LlamaEngineModel.load(options);
    try {
      const [draft] = model.drafts;
      const notes: string[] = [];
      const costs = (calibration: 'auto' | 'off'): ReturnType<KnownCosts['atStart']> =>
        new KnownCosts(model, { ...options, calibration }, (text) => notes.push(text)).atStart({
          mode: 'auto',
        } as EngineOptions['speculation']);
      const predicted = predictedCosts('target', model.decoder, model.repacked)!;
      const planned = costs('off')!;
      assert.deepEqual(planned.target, predicted);
      assert.deepEqual(planned.drafts[draft!.id], predictedCosts('draft', draft!.decoder));
      // A guess that knows nothing of the model has the draft at a fifth of it, whatever their sizes.
      assert.ok(planned.drafts[draft!.id]!.curve.ms[0]! < 0.2 * planned.target.curve.ms[0]!);
      assert.equal(kept().length, 0, 'nothing was measured');
      const measured = costs('auto')!;
      assert.equal(kept().length, 2);
      // Whatever the kernels are: no less than one token by itself, no more than each by itself, but for noise. How near
      // to the prediction that is differs, as matrix units take as long for sixteen as for one.
      for (const size of [4, 8, 16]) {
        const ratio = curveMs(measured.target.curve, size) / curveMs(measured.target.curve, 1);
        assert.ok(ratio > 0.8 && ratio < 1.5 * size, `${size} tokens take ${ratio} times as long as one`);
      }
      for (const guess of [predicted, priorTargetCosts()])
        assert.notDeepEqual(measured.target, guess, 'nothing was measured');
      assert.deepEqual(costs('auto')!.target, measured.target, 'it is measured once');
      assert.deepEqual(notes, []);
    } finally {
      model.dispose();
    }
  });
});
