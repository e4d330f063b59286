/** What leaves the engine thread when. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Outbox } from './outbox.js';
import { refusalOf, type RequestEvent, type StepReport } from './types.js';

const tokenOf = (id: number, token: number): RequestEvent => ({ id, tokens: [token], accepted: 0 });

it('sends first tokens and endings at once, what is between together, and loses nothing', () => {
  const sent: number[][] = [];
  const outbox = new Outbox((events) => sent.push(events.flatMap(({ tokens }) => [...tokens])));
  let nowMs = 1000;
  const step = (events: RequestEvent[], afterMs: number): void => {
    nowMs += afterMs;
    outbox.add(events, undefined);
    outbox.flush(nowMs);
  };
  step([tokenOf(1, 10)], 0);
  assert.deepEqual(sent, [[10]], 'a first token waits for nobody');
  for (let token = 11; token <= 14; token++) step([tokenOf(1, token)], 3);
  assert.deepEqual(sent.length, 1, 'tokens that follow fast wait');
  step([tokenOf(1, 15)], 5);
  assert.deepEqual(sent.at(-1), [11, 12, 13, 14, 15]);
  step([tokenOf(1, 16)], 30);
  assert.deepEqual(sent.at(-1), [16], 'tokens of a slow model leave as they come');
  step([tokenOf(1, 17)], 1);
  step([tokenOf(2, 20)], 1);
  assert.deepEqual(sent.at(-1), [17, 20], "another's first token takes along what waits");
  step([tokenOf(2, 21)], 1);
  step([{ ...refusalOf(1, { code: 'cancelled', message: '' }), tokens: [18] }], 1);
  assert.deepEqual(sent.at(-1), [21, 18]);
  step([tokenOf(2, 22)], 1);
  outbox.flush(nowMs, true);
  assert.deepEqual(sent.at(-1), [22], 'nothing stays behind when the engine sleeps');
  outbox.flush(nowMs, true);
  assert.equal(sent.length, 6);
});

it('holds reports of steps until some have come, a request ends, or nothing more will come', () => {
  const sent: [tokens: number, reports: number][] = [];
  const outbox = new Outbox((events, reports) => sent.push([events.length, reports.length]));
  let nowMs = 1000;
  const report = {} as StepReport;
  const step = (afterMs: number, ...events: RequestEvent[]): void => {
    nowMs += afterMs;
    outbox.add(events, report);
    outbox.flush(nowMs);
  };
  step(0, tokenOf(1, 10));
  assert.deepEqual(sent, [[1, 1]]);
  for (let index = 0; index < 4; index++) step(40, tokenOf(1, 11));
  assert.deepEqual(
    sent.slice(1),
    [
      [1, 0],
      [1, 0],
      [1, 0],
      [1, 0],
    ],
    'tokens do not wait for reports',
  );
  step(100, tokenOf(1, 12));
  assert.deepEqual(sent.at(-1), [1, 5], 'a quarter of a second of reports');
  step(20, tokenOf(1, 13));
  step(1, { ...refusalOf(1, { code: 'cancelled', message: '' }), tokens: [14] });
  assert.deepEqual(sent.at(-1), [1, 2], 'at an end statistics are up to date');
  step(1);
  step(200);
  assert.deepEqual(sent.at(-1), [1, 2], 'steps of a prompt tell nothing by themselves');
  step(60);
  assert.deepEqual(sent.at(-1), [0, 3]);
  step(1);
  outbox.flush(nowMs, true);
  assert.deepEqual(sent.at(-1), [0, 1]);
});
