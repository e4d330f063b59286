/** Books of the KV cache that are wrong are found and mended while nothing runs, and texts stay the same. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { position, sequenceId } from '../base/types.js';
import { EngineCore } from './core.js';
import { IdleAudit } from './idle-audit.js';
import { optionsOf, pair, requestOf, runAll, textsOf, type Model } from './test-support.js';

const BEGINNING = Array.from({ length: 30 }, (_, index) => 1 + ((index * 5) % 20));
const TEXT = { tokens: Int32Array.from(BEGINNING), tiled: new Int32Array(0) };
const REQUESTS = [1, 2, 3, 4, 5].map((id) => requestOf(id, [...BEGINNING, id], { maxTokens: 30 }));

function texts(core: EngineCore): number[][] {
  for (const request of REQUESTS) core.submit(request);
  return textsOf(runAll(core));
}

interface Engine {
  readonly core: EngineCore;
  readonly model: Model;
  readonly audit: IdleAudit;
  readonly problems: string[];
}

function engineOf(unified: boolean): Engine {
  const model = pair({ unified, maxSequences: 6, cellCount: 900 });
  const core = new EngineCore(model, optionsOf({ mode: 'auto', proposers: ['lookup', 'draft', 'tree'] }));
  const problems: string[] = [];
  return { core, model, problems, audit: new IdleAudit(core, (problem) => problems.push(problem)) };
}

/** Ways in which books and decoder come apart, by what is said of each. */
const DAMAGES: readonly [RegExp, (engine: Engine) => void][] = [
  [
    /length of sequence/,
    ({ model }) => {
      model.decoder.truncate(sequenceId(0), position(7));
    },
  ],
  [
    /runs for no request/,
    ({ core }) => {
      core.pool.acquire(TEXT, BEGINNING.length);
    },
  ],
  [
    /holders of cell/,
    ({ core }) => {
      core.pool.bestMatch(TEXT, BEGINNING.length)!.slot.cells[3] = 899;
    },
  ],
  [
    /holds \d+ tokens/,
    ({ core }) => {
      core.pool.bestMatch(TEXT, BEGINNING.length)!.slot.cells.pop();
    },
  ],
];

describe('the check of the KV books while idle', () => {
  for (const unified of [true, false])
    for (const [message, damage] of DAMAGES)
      it(`finds and mends books that are wrong: ${message.source}${unified ? '' : ', a stream each'}`, () => {
        const engine = engineOf(unified);
        const { core, audit, problems, model } = engine;
        const expected = texts(core);
        damage(engine);
        audit.stepped();
        audit.look(0);
        assert.equal(problems.length, 1);
        assert.match(problems[0]!, message);
        assert.equal(core.pool.free, core.pool.total);
        for (const decoder of [model.decoder, model.draft!])
          for (let id = 0; id < decoder.maxSequences; id++) assert.equal(decoder.lengthOf(sequenceId(id)), 0);
        assert.deepEqual(texts(core), expected);
        // Told of once.
        audit.stepped();
        audit.look(5000);
        assert.equal(problems.length, 1);
      });

  it('leaves books alone that are right, and those of requests that have paused', () => {
    const { core, audit, problems } = engineOf(true);
    const expected = texts(core);
    const { cached } = core.pool;
    assert.ok(cached > 0);
    audit.stepped();
    audit.look(0);
    assert.equal(core.pool.cached, cached);
    core.submit(requestOf(9, [...BEGINNING, 9]));
    core.step();
    core.pause(9);
    assert.ok(core.idle);
    audit.stepped();
    audit.look(5000);
    assert.ok(core.pool.inUse > 0);
    core.resume(9);
    runAll(core);
    assert.deepEqual(texts(core), expected);
    assert.deepEqual(problems, []);
  });

  it('looks after steps only, at most once a second, and says when to come again', () => {
    const { core, model, audit, problems } = engineOf(true);
    texts(core);
    assert.equal(audit.look(0), Infinity);
    audit.stepped();
    assert.equal(audit.look(100), Infinity);
    model.decoder.truncate(sequenceId(0), position(7));
    assert.equal(audit.look(200), Infinity);
    audit.stepped();
    assert.equal(audit.look(300), 800);
    assert.deepEqual(problems, []);
    assert.equal(audit.look(1100), Infinity);
    assert.equal(problems.length, 1);
  });
});
