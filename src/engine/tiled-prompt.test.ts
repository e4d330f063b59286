/** Prompts in tiles: a text depends on its prompt alone, and what can be reused is. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { hashedModel } from '../decoder/fake.js';
import { EngineCore } from './core.js';
import { optionsOf, pair, requestOf, runAll, textsOf, type Model } from './test-support.js';
import { piecesOf, sharedPrefix, tiledOf, type TiledText } from './tiled-prompt.js';
import type { EngineOptions, EngineRequest } from './types.js';

const TILE = { least: 8, most: 32 };
/** With which answers begin; 0 ends a turn. */
const START = [23, 22];
const END = 0;

/** A model whose next token depends on all tokens and on which of them were computed in tiles. */
const model = (more: Parameters<typeof pair>[0] = {}): Model =>
  pair({
    next: hashedModel({ salt: 3, sharpness: 5, order: 4096 }),
    tile: TILE,
    answerStart: START,
    cellCount: 4096,
    maxSequences: 8,
    unified: false,
    ...more,
  });

const words = (length: number, salt: number): number[] =>
  Array.from({ length }, (_, index) => 1 + ((index * salt + (index >> 3)) % 20));

const turn = (length: number, salt: number): number[] => [21, ...words(length, salt), END];

const tiled = (prompt: readonly number[]): number[] =>
  Array.from(
    tiledOf(Int32Array.from(prompt), {
      decoder: model().decoder,
      answerStart: START,
      isEndOfGeneration: (token) => token === END,
    }),
  );

function answersOf(core: EngineCore, requests: readonly EngineRequest[]): number[][] {
  for (const request of requests) core.submit(request);
  return textsOf(runAll(core));
}

const fresh = (request: EngineRequest, options: Partial<EngineOptions> = {}): number[] =>
  answersOf(new EngineCore(model(), optionsOf({ mode: 'off', ...options })), [request])[0]!;

describe('the tiled part of a prompt', () => {
  it('is a multiple of 16 of a text that ends within a turn, without its last token', () => {
    assert.deepEqual(tiled(words(40, 5)), [0, 32]);
    assert.deepEqual(tiled(words(32, 5)), [0, 16]);
    assert.deepEqual(tiled(words(33, 5)), [0, 32]);
    assert.deepEqual(tiled(words(16, 5)), []);
  });

  it('is all of a turn that is long enough, and nothing of answers', () => {
    const [system, short, question] = [turn(10, 3), turn(2, 3), turn(17, 5)];
    assert.deepEqual(tiled([...system, ...question, ...START]), [0, 31]);
    assert.deepEqual(tiled([...short, ...question, ...START]), [0, 23]);
    assert.deepEqual(tiled([...system, ...short, ...START]), [0, 12]);
    const told = [...system, ...START, ...words(100, 3), END, ...question, ...START];
    assert.deepEqual(tiled(told), [0, 12, 114, 134]);
    // The end of a turn may be all that there is.
    assert.deepEqual(tiled(question), [0, 18]);
    assert.deepEqual(tiled([...question, ...words(3, 7)]), [0, 19]);
  });

  it('is that of the prompt before, as far as that goes', () => {
    const first = [...turn(10, 3), ...turn(17, 5), ...START];
    for (const question of [2, 7, 40]) {
      const second = [...first, ...words(50, 7), END, ...turn(question, 9), ...START];
      assert.deepEqual(tiled(second).slice(0, 2), tiled(first));
    }
  });

  it('is shared where both texts have it, if enough is left to compute the others', () => {
    const text = (tokens: readonly number[], edges: readonly number[]): TiledText => ({
      tokens: Int32Array.from(tokens),
      tiled: Int32Array.from(edges),
    });
    const a = text(words(60, 5), [0, 20, 30, 50]);
    const shared = (other: TiledText, limit: number): number => sharedPrefix(a, other, limit, TILE);
    assert.equal(shared(a, 60), 60);
    assert.equal(shared(a, 25), 25);
    assert.equal(shared(a, 30), 30);
    assert.equal(shared(a, 35), 35);
    assert.equal(shared(a, 43), 42, 'eight are left');
    assert.equal(shared(a, 3), 3);
    assert.equal(shared(text(words(60, 5), [0, 20]), 60), 30);
    assert.equal(shared(text(words(60, 5), [0, 28]), 60), 20);
    assert.equal(shared(text(words(60, 5), [0, 20, 30, 36]), 60), 36);
    assert.equal(shared(text(words(60, 5), []), 60), 0);
    assert.equal(shared(text([...words(17, 5), 21], [0, 20]), 18), 12);
    assert.equal(sharedPrefix(a, a, 43, undefined), 43);
  });

  it('is computed in pieces of which none is too small or too large', () => {
    const pieces = (from: number, end: number, chunk: number): string =>
      piecesOf({ tiled: Int32Array.of(5, 29, 40, 100) }, TILE, [from, end], chunk)
        .map((piece) => `${piece.count}${piece.tiled ? ' tiled' : ''}`)
        .join(', ');
    assert.equal(pieces(0, 60, 39), '5, 24 tiled, 10');
    assert.equal(pieces(0, 120, 16), '5, 11 tiled');
    assert.equal(pieces(0, 120, 24), '5, 24 tiled');
    assert.equal(pieces(21, 120, 64), '8 tiled, 11, 32 tiled, 13 tiled');
    assert.equal(pieces(64, 120, 64), '28 tiled, 8 tiled, 20');
    assert.equal(pieces(5, 60, 4), '8 tiled');
    assert.equal(pieces(13, 60, 4), '8 tiled');
    assert.deepEqual(piecesOf({ tiled: Int32Array.of() }, undefined, [5, 60], 16), [
      { count: 11, tiled: false },
    ]);
    const next = randomNumbers(7);
    for (let trial = 0; trial < 2000; trial += 1) {
      const start = Math.floor(next() * 20);
      const end = start + TILE.least + Math.floor(next() * 200);
      const chunk = 1 + Math.floor(next() * 64);
      let at = start;
      while (at < end) {
        const [first] = piecesOf({ tiled: Int32Array.of(start, end) }, TILE, [at, end + 9], chunk);
        assert.ok(first!.tiled && first!.count >= TILE.least && first!.count <= TILE.most);
        at += first!.count;
      }
      assert.equal(at, end);
    }
  });
});

describe('a prompt in tiles', () => {
  it('is computed so', () => {
    const target = model();
    let count = 0;
    const decode = target.decoder.decode.bind(target.decoder);
    target.decoder.decode = (asTiles) => {
      if (asTiles === true) count += target.decoder.batch.length;
      return decode(asTiles);
    };
    answersOf(new EngineCore(target, optionsOf({ prefillChunk: 32 })), [requestOf(1, words(100, 5))]);
    assert.equal(count, 96);
  });

  it('gives the same text whatever is in the cache, beside whatever else, in whatever pieces', () => {
    const system = turn(21, 3);
    const conversation = (id: number, questions: number): EngineRequest => {
      const prompt = [...system];
      for (let one = 0; one < questions; one += 1) {
        if (one > 0) prompt.push(...START, ...words(9 + one, one + id), END);
        prompt.push(...turn(5 * id, one + 2));
      }
      return requestOf(id, [...prompt, ...START], { maxTokens: 20 });
    };
    const requests = [1, 2, 3, 4, 5, 6].map((id) => conversation(id, 1 + (id % 3)));
    // Texts that grow by a few tokens, and begin like those above.
    for (let id = 7; id <= 10; id += 1)
      requests.push(requestOf(id, [...system, ...words(20 + 3 * id, 5)], { maxTokens: 5 }));
    const alone = requests.map((request) => fresh(request, { prefillChunk: 64 }));
    for (const mode of ['off', 'fixed', 'auto'] as const)
      for (const prefillChunk of [4, 16, 23, 64])
        for (const unified of [false, true]) {
          const core = new EngineCore(model({ unified }), optionsOf({ mode, prefillChunk }));
          // Twice, so that the second time all is in the cache.
          for (let round = 0; round < 2; round += 1)
            assert.deepEqual(
              answersOf(
                core,
                requests.map((request) => ({ ...request, id: request.id + 10 * round })),
              ),
              alone,
              `${mode}, ${prefillChunk} at a time, round ${round}`,
            );
        }
  });

  it('leaves the answer of the turn before in use', () => {
    const core = new EngineCore(model(), optionsOf({ prefillChunk: 64 }));
    const first = [...turn(30, 3), ...START];
    const [answer] = answersOf(core, [requestOf(1, first, { maxTokens: 60, ignoreEndOfGeneration: false })]);
    if (answer!.at(-1) === END) answer!.pop();
    const second = requestOf(2, [...first, ...answer!, END, ...turn(30, 7), ...START]);
    core.submit(second);
    const outcome = runAll(core).get(2)!;
    // The newest token of an answer is never computed.
    const { cachedTokens } = outcome.finish.statistics;
    assert.ok(cachedTokens >= first.length + answer!.length - 1, `${cachedTokens} tokens of the cache`);
    assert.deepEqual(outcome.tokens, fresh(second));
  });

  it('has its log-probabilities told as ever', () => {
    const core = new EngineCore(model(), optionsOf({ prefillChunk: 16 }));
    core.submit(requestOf(1, words(50, 5), { promptLogprobs: true, maxTokens: 4 }));
    let told = 0;
    while (!core.idle) {
      core.step();
      for (const { promptLogprobs = [] } of core.takeEvents()) told += promptLogprobs.length;
    }
    assert.equal(told, 49);
  });

  it('survives a decode that fails in the midst of it', () => {
    for (let at = 0; at < 5; at += 1) {
      const target = model();
      const core = new EngineCore(target, optionsOf({ prefillChunk: 32, mode: 'off' }));
      target.decoder.faults.push(...Array.from({ length: at }, () => 'done' as const), 'failed');
      const prompt = words(70, 5);
      core.submit(requestOf(1, prompt, { maxTokens: 3 }));
      runAll(core);
      const again = requestOf(2, prompt, { maxTokens: 3 });
      assert.deepEqual(answersOf(core, [again])[0], fresh(again));
    }
  });
});
