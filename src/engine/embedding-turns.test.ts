import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EmbeddingTurns, type EmbeddingPieces } from './embedding-turns.js';

/** Texts of so many pieces, each of 10 ms. */
function turns(): { embeddings: EmbeddingTurns; begun: number[] } {
  let now = 0;
  const begun: number[] = [];
  const begin = function* (tokens: Int32Array): EmbeddingPieces {
    begun.push(tokens.length);
    for (let piece = 1; piece < tokens.length; piece++) {
      now += 10;
      yield;
    }
    if (tokens.length > 5) throw new Error('too long');
    return Float32Array.of(tokens.length);
  };
  return { embeddings: new EmbeddingTurns(begin, () => now), begun };
}

describe('embeddings beside the step loop', () => {
  it('go on a piece at a time, one text after another', () => {
    const { embeddings } = turns();
    embeddings.add(1, new Int32Array(3));
    embeddings.add(2, new Int32Array(1));
    const answers = Array.from({ length: 5 }, () => embeddings.turn(undefined));
    assert.deepEqual(
      answers.map((answer) => answer?.id),
      [undefined, undefined, 1, 2, undefined],
    );
    assert.deepEqual(answers[2]!.value, Float32Array.of(3));
    assert.ok(embeddings.idle);
  });

  it('take no more time than the steps of requests', () => {
    const { embeddings } = turns();
    embeddings.add(1, new Int32Array(5));
    let steps = 0;
    while (embeddings.turn(2) === undefined) steps += 1;
    // Four pieces of 10 ms, and five steps of 2 ms after each.
    assert.equal(steps, 4 * 5);
  });

  it('answer what fails, and drop what nobody waits for', () => {
    const { embeddings, begun } = turns();
    embeddings.add(1, new Int32Array(6));
    embeddings.add(2, new Int32Array(4));
    embeddings.add(3, new Int32Array(2));
    embeddings.add(4, new Int32Array(2));
    let answer;
    while (answer === undefined) answer = embeddings.turn(undefined);
    assert.deepEqual([answer.id, answer.error?.message], [1, 'too long']);
    assert.equal(embeddings.turn(undefined), undefined);
    embeddings.cancel(2);
    embeddings.cancel(3);
    embeddings.cancel(99);
    embeddings.turn(undefined);
    assert.deepEqual(begun, [6, 4, 2]);
    const failed = embeddings.failAll({ code: 'shutting_down', message: 'the end' });
    assert.deepEqual(
      failed.map(({ id, error }) => [id, error?.code]),
      [[4, 'shutting_down']],
    );
    assert.ok(embeddings.idle);
  });
});
