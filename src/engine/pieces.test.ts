/** Long prompts in pieces, also when nobody decodes. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EngineCore } from './core.js';
import { generate, optionsOf, pair, requestOf, runAll, textsOf } from './test-support.js';

const prompt = (length: number, salt: number): number[] =>
  Array.from({ length }, (_, index) => 1 + ((index * salt + (index >> 3)) % 22));

describe('prompts', () => {
  it('are computed a piece a step when nothing else runs, and let go after one', () => {
    const core = new EngineCore(pair(), optionsOf({ prefillChunk: 16, parallel: 4 }));
    core.submit(requestOf(1, prompt(400, 5)));
    core.submit(requestOf(2, prompt(300, 7)));
    for (let step = 0; step < 6; step++) assert.ok(core.step().prefillTokens <= 16);
    core.cancel(1);
    core.cancel(2);
    assert.equal(core.pool.inUse, 0);
    assert.ok(core.idle);
  });

  it('of a few tokens do not wait behind a long one, nor a long one behind many short ones', () => {
    const core = new EngineCore(pair(), optionsOf({ prefillChunk: 16, parallel: 2 }));
    core.submit(requestOf(1, prompt(480, 5)));
    core.step();
    core.submit(requestOf(2, prompt(12, 7)));
    core.step();
    core.step();
    core.step();
    assert.ok(
      core.takeEvents().some(({ id, tokens }) => id === 2 && tokens.length > 0),
      'the short one has to wait',
    );
    // Short ones without end: the long one has every other piece.
    core.cancel(2);
    let steps = 0;
    for (let id = 3; !core.takeEvents().some((event) => event.id === 1 && event.tokens.length > 0); steps++) {
      assert.ok(steps < 2 * (480 / 16) + 10, 'the long one starves');
      if (core.running < 2) core.submit(requestOf(id++, prompt(40, 2 * id + 1), { maxTokens: 1 }));
      core.step();
    }
  });

  it('have the same texts whatever they are computed beside', () => {
    const requests = [1, 2, 3, 4, 5].map((id) => requestOf(id, prompt(30 * id, 2 * id + 1)));
    const together = textsOf(generate(pair({ cellCount: 2048 }), optionsOf({ prefillChunk: 16 }), requests));
    const alone = requests.map((request) => {
      const core = new EngineCore(pair({ cellCount: 2048 }), optionsOf({ prefillChunk: 16 }));
      core.submit(request);
      return runAll(core).get(request.id)!.tokens;
    });
    assert.deepEqual(together, alone);
  });
});
