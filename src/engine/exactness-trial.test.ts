import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { absent, GEMMA, SMOLLM2_Q4_1 } from '../base/real-models.js';
import { LlamaEngineModel } from '../llama/engine-model.js';
import { temporaryFolder } from '../llama/test-models.js';
import { WEIGHT_TYPES, writeTypedModel } from '../llama/typed-models.js';
import { randomPrompts, TRIAL_SETTINGS, tryExactness } from './test-exactness.js';

function load(modelPath: string, draftPath?: string): LlamaEngineModel {
  return LlamaEngineModel.load({
    modelPath,
    draftPath,
    contextSize: 4 * 512,
    parallel: 4,
    batchSize: 256,
    microBatchSize: 256,
    threads: 1,
    gpu: 'none',
    gpuLayers: 0,
    kvUnified: undefined,
    loraPaths: [],
    // More types than by default (IQ).
    exact: true,
  });
}

describe('a model that says exact', () => {
  const folder = temporaryFolder();
  const draft = path.join(folder, 'draft.gguf');
  writeTypedModel(draft, 'Q8_0');
  for (const type of WEIGHT_TYPES) {
    it(`writes the same texts at every length and load: ${type}`, (t) => {
      const file = path.join(folder, `${type}.gguf`);
      writeTypedModel(file, type);
      const model = load(file, draft);
      const { exactness, vocabulary } = model;
      const result =
        exactness === 'exact' ? tryExactness(model, randomPrompts(4, vocabulary.size, 3), 12) : undefined;
      model.dispose();
      if (result === undefined) {
        t.skip(`${type} is ${exactness} on this processor`);
        return;
      }
      assert.deepEqual(result.differing, []);
      assert.equal(result.answers, 4 * TRIAL_SETTINGS.length);
      assert.ok(result.accepted > 0, 'no guess stood');
    });
  }
});

const LIKED = ['river', 'sea', 'forest', 'sun', 'night', 'snow', 'rain', 'city', 'garden', 'mountain'];
const LIKERS = ['people', 'children'];

describe('pretrained models', () => {
  // Repacked weights change 12 of such texts by Gemma between `auto` and `off`.
  for (const [name, file] of [
    ['Gemma 3 270M', GEMMA],
    ['SmolLM2', SMOLLM2_Q4_1],
  ] as const) {
    it(
      `write the same 20 greedy texts with speculation and without: ${name}`,
      { skip: absent(file) },
      (t) => {
        const model = load(file);
        const prompts = LIKERS.flatMap((who) =>
          LIKED.map((what) =>
            model.vocabulary.tokenize(
              `Q: Why do ${who} like the ${what}?\nA: ${who[0]!.toUpperCase()}${who.slice(1)} like the ${what} because`,
              { addSpecial: true },
            ),
          ),
        );
        const { exactness } = model;
        const settings = TRIAL_SETTINGS.filter(({ mode, length, parallel }) =>
          parallel === 4 ? mode === 'off' : mode === 'auto' || length < 8,
        );
        const { differing } = tryExactness(model, prompts, 16, settings, [0]);
        model.dispose();
        if (exactness === 'exact') assert.deepEqual(differing, []);
        else
          t.diagnostic(
            `${exactness}: ${differing.length} of ${settings.length * prompts.length} texts differ`,
          );
      },
    );
  }
});
