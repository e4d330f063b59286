/** What does not fit is refused with figures or made smaller, before anything is loaded. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import type { ForetokenError } from '../base/errors.js';
import type { EngineSetup } from './flags/engine.js';
import { fitted } from './fit.js';
import { run } from './test-command.js';

const GIB = 2 ** 30;

const setupWith = (model: Partial<EngineSetup['model']>): EngineSetup =>
  ({
    model: {
      ...{ modelPath: bundledTarget(), contextSize: 0, parallel: 4, microBatchSize: 512, gpuLayers: 0 },
      ...model,
    },
    engine: { parallel: 4 },
  }) as unknown as EngineSetup;

describe('a model before it is loaded', () => {
  it('is left as it is where there is room', () => {
    const setup = setupWith({});
    assert.equal(fitted(setup, 64 * GIB).setup, setup);
  });

  it('gets less context, then fewer requests, as memory gets short, and always fits', () => {
    const seen: [number, number][] = [];
    for (let bytes = 2 * GIB; ; bytes *= 0.97) {
      let result: ReturnType<typeof fitted>;
      try {
        result = fitted(setupWith({}), bytes);
      } catch (error) {
        assert.equal((error as ForetokenError).code, 'out_of_memory');
        assert.match((error as ForetokenError).message, /does not fit: .*KV cache .* are free\. /);
        break;
      }
      if (result.note === undefined) continue;
      const { contextSize, parallel } = result.setup.model;
      assert.equal(result.setup.engine.parallel, parallel);
      seen.push([parallel, contextSize / parallel]);
      assert.match(result.note, /tokens of context for each request.* are free/);
    }
    assert.ok(seen.some(([parallel]) => parallel < 4));
    const order = seen.map(([parallel]) => parallel);
    assert.deepEqual(
      [...order].sort((a, b) => b - a),
      order,
      'fewer and fewer requests',
    );
    assert.ok(seen.every(([, context]) => context >= 512));
  });

  it('is refused with what was asked for, and told what fits', () => {
    try {
      fitted(setupWith({ contextSize: 2 ** 20 }), 4 * GIB);
      assert.fail('it was taken');
    } catch (error) {
      const { code, message } = error as ForetokenError;
      assert.equal(code, 'out_of_memory');
      const most = Number(/--ctx-size (\d+) fits/.exec(message)?.[1]);
      assert.ok(most > 0 && most < 2 ** 20);
      const setup = setupWith({ contextSize: most });
      assert.equal(fitted(setup, 4 * GIB).setup, setup, 'what is proposed is taken');
    }
  });

  it('is left to the library where nothing is known of it, or a GPU holds it', () => {
    for (const model of [{ modelPath: '/nowhere.gguf' }, { gpuLayers: -1, contextSize: 2 ** 24 }]) {
      const setup = setupWith(model);
      assert.equal(fitted(setup, GIB).setup, setup);
    }
  });

  it('is refused by serve at once', async () => {
    const { code, err } = await run(['serve', '--port', '0', '-c', '16000000']);
    assert.equal(code, 1);
    assert.match(err, /does not fit: with 16000000 tokens of context .* --ctx-size \d+ fits/);
  });
});
