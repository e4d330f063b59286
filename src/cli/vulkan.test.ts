/**
 * A GPU, as far as one can be had without one: llama.cpp's Vulkan backend over whatever driver there is, in CI Mesa's
 * software driver. `node scripts/test-vulkan.mjs` prepares both and runs this file; without them it is skipped.
 */
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { quantile } from '../base/quantile.js';
import { position, sequenceId, token } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
import { EngineCore } from '../engine/core.js';
import { optionsOf, requestOf, runAll, textsOf } from '../engine/test-support.js';
import { writeTinyModel } from '../gguf/tiny-model.js';
import { calibrateModel } from '../costs/calibrate.js';
import { LlamaDecoder } from '../llama/context.js';
import { gpusAmong, listDevices } from '../llama/devices.js';
import { LlamaEngineModel, type EngineModelOptions } from '../llama/engine-model.js';
import { isBatchInvariant } from '../llama/invariance.js';
import { loadLibrary } from '../llama/library.js';
import { LlamaModel } from '../llama/model.js';
import { temporaryFolder } from '../llama/test-models.js';
import { run, serving } from './test-command.js';

const lacking = whatLacks();
if (lacking !== undefined) {
  assert.ok(process.env['FORETOKEN_REQUIRE_VULKAN'] === undefined, lacking);
  console.error(
    `\n*** SKIPPED: nothing was tested on Vulkan (${lacking}). node scripts/test-vulkan.mjs runs it. ***\n`,
  );
}

/** What the tests need and is not here; undefined when they can run. */
function whatLacks(): string | undefined {
  try {
    const { llama } = loadLibrary('vulkan');
    return gpusAmong(listDevices(llama)).length > 0 ? undefined : 'no Vulkan device';
  } catch (error) {
    if (error instanceof ForetokenError) return error.message;
    throw error;
  }
}

const folder = temporaryFolder();
const modelPath = path.join(folder, 'tiny.gguf');
const LENGTHS = [1, 2, 4, 9, 16];
const TOKENS = Array.from({ length: 16 }, (_, index) => (index * 37 + 11) % 250);

/** [row] logits of the first tokens, computed in one batch. */
function logitsOf(decoder: Decoder, length: number): Float32Array[] {
  decoder.truncate(sequenceId(0), position(0));
  decoder.batch.clear();
  TOKENS.slice(0, length).forEach((id, at) =>
    decoder.batch.add(token(id), position(at), sequenceId(0), true),
  );
  assert.equal(decoder.decode(), 'done');
  return TOKENS.slice(0, length).map((_, row) => decoder.logits(row).slice());
}

const furthest = (a: Float32Array, b: Float32Array): number =>
  a.reduce((most, value, id) => Math.max(most, Math.abs(value - b[id]!)), 0);

describe('on Vulkan', { skip: lacking ?? false }, () => {
  let software = false;
  let options: EngineModelOptions;
  /** Largest difference between a logit on the GPU and on the processor. */
  let rounding = 0;

  before(() => {
    writeTinyModel(modelPath, { type: 'F16', contextLength: 256 });
    software = gpusAmong(listDevices(loadLibrary('vulkan').llama)).every(({ description }) =>
      /llvmpipe/i.test(description),
    );
    options = {
      ...{
        modelPath,
        draftPath: modelPath,
        contextSize: 512,
        parallel: 2,
        batchSize: 64,
        microBatchSize: 64,
      },
      ...{ threads: 0, gpu: 'vulkan', gpuLayers: -1, kvUnified: undefined, loraPaths: [] },
      // Mesa 22.3 crashes in the kernel for attention of several tokens.
      flashAttention: software ? 'disabled' : 'auto',
    };
  });

  it('computes what the processor computes, up to rounding', () => {
    const flashAttention = software ? 'disabled' : 'auto';
    const [processor, gpu] = [0, -1].map((gpuLayers) => {
      const model = LlamaModel.load(modelPath, { gpu: 'vulkan', gpuLayers });
      return { model, decoder: new LlamaDecoder(model, { contextSize: 64, threads: 1, flashAttention }) };
    });
    assert.deepEqual(processor!.model.computing, { gpus: [], gpuLayers: 0, layers: 3 });
    assert.equal(gpu!.model.computing.gpuLayers, 3);
    assert.equal(gpu!.model.computing.gpus[0]!.backend, 'Vulkan');
    for (const length of LENGTHS) {
      const expected = logitsOf(processor!.decoder, length);
      logitsOf(gpu!.decoder, length).forEach((row, at) => {
        const spread = Math.max(...expected[at]!) - Math.min(...expected[at]!);
        const apart = furthest(row, expected[at]!);
        rounding = Math.max(rounding, apart);
        assert.ok(apart < 0.03 * spread, `token ${at} of ${length}: ${apart} of ${spread}`);
      });
    }
    for (const { decoder, model } of [processor!, gpu!]) {
      decoder.dispose();
      model.dispose();
    }
  });

  it('has waited for the work when a decode returns', () => {
    const model = LlamaModel.load(modelPath, { gpu: 'vulkan', gpuLayers: -1 });
    const decoder = new LlamaDecoder(model, { contextSize: 64, flashAttention: options.flashAttention! });
    assert.equal(decoder.threads, 1);
    logitsOf(decoder, 4);
    let decodeMs = 0;
    let logitsMs = 0;
    for (let repeat = 0; repeat < 20; repeat++) {
      decoder.truncate(sequenceId(0), position(0));
      const startMs = performance.now();
      decoder.decode();
      const decodedMs = performance.now();
      decoder.logits(0);
      decodeMs += decodedMs - startMs;
      logitsMs += performance.now() - decodedMs;
    }
    assert.ok(logitsMs < 0.1 * decodeMs, `logits after ${logitsMs} ms more than ${decodeMs} ms`);
    decoder.dispose();
    model.dispose();
  });

  it('writes the same with speculation and without, but for near ties, and foretells its steps', (t) => {
    const model = LlamaEngineModel.load(options);
    t.diagnostic(
      `the same bits for one token and several: ${isBatchInvariant(model.decoder) ? 'yes' : 'no'}`,
    );
    const costs = calibrateModel(model);
    assert.ok(costs.target.curve.ms.every((ms) => ms > 0 && ms < Infinity));
    const prompts = [TOKENS.slice(0, 5), TOKENS.slice(3, 14), [7, 8, 9, 7, 8, 9, 7]];
    const errors: number[] = [];
    const write = (mode: 'off' | 'fixed' | 'auto'): number[][] => {
      const core = new EngineCore(model, optionsOf({ mode, length: 3, parallel: 2 }), { costs });
      prompts.forEach((prompt, id) => {
        core.submit(requestOf(id, prompt, { maxTokens: 24 }));
      });
      const texts = textsOf(
        runAll(core, (_, { predictedMs, stepMs }) => {
          if (predictedMs !== undefined) errors.push(Math.abs(predictedMs / stepMs - 1));
        }),
      );
      while (core.pool.evictOldest());
      return texts;
    };
    const off = write('off');
    for (const mode of ['fixed', 'auto'] as const)
      write(mode).forEach((text, id) => {
        const at = text.findIndex((one, index) => one !== off[id]![index]);
        if (at < 0) {
          assert.equal(text.length, off[id]!.length);
          return;
        }
        // The processor says how near the tie was.
        const row = onProcessor([...prompts[id]!, ...text.slice(0, at)]);
        const gap = Math.abs(row[text[at]!]! - row[off[id]![at]!]!);
        assert.ok(gap <= 4 * rounding, `${mode}, text ${id} differs at ${at} where ${gap} lies between`);
      });
    assert.ok(errors.length > 0 && errors.every((error) => error >= 0 && error < Infinity));
    const [p50, p90] = [0.5, 0.9].map((share) => (100 * quantile(errors, share)).toFixed(0));
    t.diagnostic(`error of the time foretold for ${errors.length} steps: median ${p50} %, p90 ${p90} %`);
    model.dispose();
  });

  /** Logits after a text. */
  function onProcessor(text: readonly number[]): Float32Array {
    const model = LlamaModel.load(modelPath, { gpu: 'vulkan', gpuLayers: 0 });
    const decoder = new LlamaDecoder(model, { contextSize: 128, threads: 1 });
    text.forEach((id, at) =>
      decoder.batch.add(token(id), position(at), sequenceId(0), at === text.length - 1),
    );
    assert.equal(decoder.decode(), 'done');
    const row = decoder.logits(0).slice();
    decoder.dispose();
    model.dispose();
    return row;
  }

  it('names the device at the start and in /health', async () => {
    const flags = ['-m', modelPath, '--gpu', 'vulkan', '--speculation', 'off', '-c', '256', '-np', '1'];
    const { server, url } = await serving([...flags, ...(software ? ['--flash-attn', 'off'] : [])], {
      env: { FORETOKEN_THREADS: '0' },
    });
    try {
      const { computing } = (await (await fetch(`${url}/health`)).json()) as {
        computing: { devices: { name: string; description: string; backend: string }[]; threads: number };
      };
      const [device] = computing.devices;
      assert.equal(device!.backend, 'Vulkan');
      assert.equal(computing.threads, 1);
      assert.ok(server.out.includes(`on ${device!.description} (Vulkan)`), server.out);
    } finally {
      server.kill('SIGINT');
      await server.finished;
    }
  });

  it('refuses a device that is not there', async () => {
    const { code, err } = await run([
      'serve',
      '-m',
      modelPath,
      '--gpu',
      'vulkan',
      '--device',
      'Vulkan99',
      '--port',
      '0',
    ]);
    assert.equal(code, 1);
    assert.match(err, /There is no GPU "Vulkan99"\. Found: Vulkan0 \(/);
  });

  it(
    'does not compute on the processor instead when a driver is hidden',
    { skip: process.platform !== 'linux' },
    async () => {
      // An empty list of devices is no list of all.
      const hidden = {
        VK_DRIVER_FILES: '/nowhere',
        VK_ICD_FILENAMES: '/nowhere',
        GGML_VK_VISIBLE_DEVICES: '',
      };
      const { code, err } = await run(['serve', '-m', modelPath, '--gpu', 'vulkan', '--port', '0'], {
        env: hidden,
      });
      assert.equal(code, 1);
      assert.match(err, /There is no device for --gpu vulkan\. Found: CPU .*vulkaninfo/s);
    },
  );
});
