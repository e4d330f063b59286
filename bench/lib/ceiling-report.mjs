/** What ceiling.mjs shows: costs, acceptance, and by task the predicted speed-up of each length and the ceiling. */
import { ceiling, draftSource, lookupSource, perfectSource, replayFixed, timeOff } from './replay.mjs';
import { figure, sum, table, times } from './statistics.mjs';

/** Guesses a step that the ceiling may choose from. */
export const MOST_GUESSES = 16;

/**
 * Speed-ups over no speculation, of one task's records together.
 * @param {import('./replay.mjs').Recording[]} records
 * @param {import('./replay.mjs').Costs} costs
 * @param {{ lengths: number[], hasDraft: boolean }} settings
 */
export function replayTask(records, costs, { lengths, hasDraft }) {
  const off = sum(records.map((record) => timeOff(record, costs)));
  const fixed = (/** @type {'draft' | 'lookup'} */ source) =>
    lengths.map((length) => {
      const runs = records.map((record) => replayFixed(record, costs, source, length));
      return { length, ms: sum(runs.map((run) => run.ms)), speedUp: off / sum(runs.map((run) => run.ms)) };
    });
  const best = (
    /** @type {(record: import('./replay.mjs').Recording) => import('./replay.mjs').Source[]} */ sources,
  ) => off / sum(records.map((record) => ceiling(record, costs, sources(record), MOST_GUESSES)));
  const draft = (/** @type {any} */ record) => (hasDraft ? [draftSource(record, costs)] : []);
  return {
    answers: records.length,
    tokens: sum(records.map((record) => record.length)),
    offMs: off,
    draft: hasDraft ? fixed('draft') : [],
    lookup: fixed('lookup'),
    ceilings: {
      draft: hasDraft ? best(draft) : NaN,
      draftFree: hasDraft ? best((record) => [draftSource(record, costs, true)]) : NaN,
      lookup: best((record) => [lookupSource(record, costs)]),
      both: best((record) => [...draft(record), lookupSource(record, costs)]),
      perfect: best((record) => [perfectSource(record, costs)]),
    },
  };
}

/** Records by task, in order of first appearance, and all together. @param {import('./replay.mjs').Recording[]} records */
export function byTask(records) {
  /** @type {Map<string, import('./replay.mjs').Recording[]>} */
  const tasks = new Map();
  for (const record of records) tasks.set(record.task, [...(tasks.get(record.task) ?? []), record]);
  return new Map([...tasks, ['all', records]]);
}

/** @param {any} costs raw, as measured */
export function costTables(costs) {
  const parts = [];
  costs.contexts.forEach((/** @type {number} */ context, /** @type {number} */ row) => {
    const { sizes, ms } = costs.verify;
    const cells = (/** @type {(index: number) => string} */ show) =>
      sizes.map((/** @type {number} */ _, /** @type {number} */ index) => show(index));
    parts.push(
      `Target, n tokens in one decode, ${context} in the cache (ms; what n tokens cost over what 1 costs; the most ` +
        'that perfect guesses for nothing can give):',
      table(
        ['n', ...sizes.map(String)],
        [
          ['median', ...cells((at) => figure(ms[row][at]))],
          [
            'p10-p90',
            ...cells((at) => `${figure(costs.verifyP10.ms[row][at])}-${figure(costs.verifyP90.ms[row][at])}`),
          ],
          ['over one', ...cells((at) => times(ms[row][at] / ms[row][0]))],
          ['most', ...cells((at) => times((sizes[at] * ms[row][0]) / ms[row][at]))],
        ],
      ),
    );
    if (costs.draft) {
      const at = costs.draft.sizes;
      parts.push(
        `Draft, k guesses, ${context} in the cache (ms):`,
        table(
          ['k', ...at.map(String)],
          [
            ['median', ...costs.draft.ms[row].map(figure)],
            [
              'p10-p90',
              ...at.map(
                (/** @type {number} */ _, /** @type {number} */ index) =>
                  `${figure(costs.draftP10.ms[row][index])}-${figure(costs.draftP90.ms[row][index])}`,
              ),
            ],
            ['two tokens behind', ...costs.draftBehind.ms[row].map(figure)],
            ['target after it, k + 1', ...costs.verifyAfterDraft.ms[row].slice(1).map(figure)],
          ],
        ),
      );
    }
  });
  return parts;
}

/** Share of positions where at least one guess is right, and guesses right in a row. @param {Map<string, any[]>} tasks */
export function acceptanceTable(tasks, /** @type {boolean} */ hasDraft) {
  const rows = [...tasks].map(([task, records]) => {
    const of = (/** @type {'draft' | 'lookup'} */ source) => {
      const runs = records.flatMap((record) => record[source].slice(1));
      const right = runs.filter((run) => run > 0).length / runs.length;
      const capped = sum(runs.map((run) => Math.min(run, 8))) / runs.length;
      return [`${(right * 100).toFixed(0)}%`, figure(capped)];
    };
    const tokens = sum(records.map((record) => record.length)) / records.length;
    return [task, records.length, figure(tokens), ...(hasDraft ? of('draft') : []), ...of('lookup')];
  });
  const head = (/** @type {string} */ name) => [`${name}: next token right`, `${name}: right in a row, of 8`];
  return table(['task', 'answers', 'tokens', ...(hasDraft ? head('draft') : []), ...head('lookup')], rows);
}

/** @param {Map<string, ReturnType<typeof replayTask>>} results @param {'draft' | 'lookup'} source */
export function speedUpTable(results, source) {
  const lengths = [...results.values()][0][source].map(({ length }) => length);
  const ceilings =
    source === 'draft'
      ? ['ceiling', 'ceiling, free guesses']
      : ['ceiling', 'ceiling, both sources', 'perfect guesses'];
  const rows = [...results].map(([task, { ceilings: top, ...result }]) => [
    task,
    ...result[source].map(({ speedUp }) => times(speedUp)),
    ...(source === 'draft' ? [top.draft, top.draftFree] : [top.lookup, top.both, top.perfect]).map(times),
  ]);
  return table(['task', ...lengths.map((length) => `K=${length}`), ...ceilings], rows);
}
