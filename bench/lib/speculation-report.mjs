/** What speculation.mjs shows: measured speed-ups beside the replay's, the share of it reached, the ceiling. */
import { replayTask } from './ceiling-report.mjs';
import { replayFixed } from './replay.mjs';
import { figure, median, percent, quantile, sum, table, times } from './statistics.mjs';

/**
 * One answer measured: which prompt, with which setting, how long from its first to its last token.
 * @typedef {{ block: number, task: string, index: number, setting: string, decodeMs: number, e2eMs: number,
 *   outputTokens: number, drafted: number, accepted: number, same: boolean }} Measured
 * @typedef {{ source: 'off' | 'draft' | 'lookup', length: number, name: string }} Setting
 */

/** @param {'draft' | 'lookup'} source @param {number} length @returns {Setting} */
export const settingOf = (source, length) => ({ source, length, name: `${source} ${length}` });
/** @type {Setting} */
export const OFF = { source: 'off', length: 0, name: 'off' };

/**
 * Measured against off and against the replay, for one task's answers and one setting.
 * @param {Measured[]} answers of the task, all settings
 * @param {Setting} setting
 * @param {Map<string, import('./replay.mjs').Recording>} recordings by `task index`
 * @param {import('./replay.mjs').Costs} costs
 */
export function judge(answers, setting, recordings, costs) {
  const mine = answers.filter((answer) => answer.setting === setting.name);
  const off = answers.filter((answer) => answer.setting === OFF.name);
  const perToken = (/** @type {Measured[]} */ list) =>
    sum(list.map((answer) => answer.decodeMs)) / sum(list.map((answer) => answer.outputTokens - 1));
  const perAnswer = (/** @type {Measured[]} */ list) => sum(list.map((answer) => answer.e2eMs)) / list.length;
  const replayed = mine.map((answer) => {
    const record = recordings.get(`${answer.task} ${answer.index}`);
    if (record === undefined) throw new Error(`no recording of ${answer.task} ${answer.index}`);
    const source = setting.source === 'lookup' ? 'lookup' : 'draft';
    return replayFixed(record, costs, source, setting.length).ms;
  });
  const blocks = [...new Set(mine.map((answer) => answer.block))].map((block) => {
    const inBlock = (/** @type {Measured[]} */ list) => list.filter((answer) => answer.block === block);
    return perToken(inBlock(off)) / perToken(inBlock(mine));
  });
  return {
    setting: setting.name,
    answers: mine.length,
    tokensPerSecond: 1000 / perToken(mine),
    speedUp: perToken(off) / perToken(mine),
    speedUpP10: quantile(blocks, 0.1),
    speedUpP90: quantile(blocks, 0.9),
    e2eSpeedUp: perAnswer(off) / perAnswer(mine),
    /** 1 = as fast as the replay, which counts nothing but decodes. */
    shareOfReplay: sum(replayed) / sum(mine.map((answer) => answer.decodeMs)),
    accepted: sum(mine.map((answer) => answer.accepted)) / sum(mine.map((answer) => answer.drafted)),
    different: mine.filter((answer) => !answer.same).length,
  };
}

/**
 * @param {{ tasks: Map<string, Measured[]>, settings: Setting[], recordings: Map<string, any>, costs: any,
 *   lengths: number[], hasDraft: boolean }} input
 */
export function judgeAll({ tasks, settings, recordings, costs, lengths, hasDraft }) {
  return [...tasks].map(([task, answers]) => {
    const keys = [...new Set(answers.map((answer) => `${answer.task} ${answer.index}`))];
    const replay = replayTask(
      keys.map((key) => recordings.get(key)),
      costs,
      { lengths, hasDraft },
    );
    return { task, replay, measured: settings.map((setting) => judge(answers, setting, recordings, costs)) };
  });
}

/** @param {ReturnType<typeof judgeAll>} judged @param {'draft' | 'lookup'} source @param {number[]} lengths */
export function speculationTables(judged, source, lengths) {
  const of = (/** @type {any} */ row, /** @type {number} */ length) =>
    row.measured.find((/** @type {any} */ one) => one.setting === `${source} ${length}`);
  const rows = judged.map((row) => {
    const cells = lengths.map(
      (length, at) => `${times(of(row, length).speedUp)} (${times(row.replay[source][at].speedUp)})`,
    );
    const best = Math.max(1, ...lengths.map((length) => of(row, length).speedUp));
    const top = row.replay.ceilings[source];
    return [row.task, ...cells, times(top), percent(best / top)];
  });
  const shares = judged.map((row) => [
    row.task,
    percent(row.measured[0].shareOfReplay),
    ...lengths.map((length) => percent(of(row, length).shareOfReplay)),
  ]);
  const all = judged[judged.length - 1];
  const summary = [0, ...lengths].map((length) => {
    const one = length === 0 ? all.measured[0] : of(all, length);
    return [
      length === 0 ? 'off' : `K=${length}`,
      figure(one.tokensPerSecond),
      length === 0 ? '1.00x' : `${times(one.speedUp)} (${times(one.speedUpP10)}-${times(one.speedUpP90)})`,
      times(one.e2eSpeedUp),
      length === 0 ? '-' : percent(one.accepted),
      percent(one.shareOfReplay),
      `${one.different} of ${one.answers}`,
    ];
  });
  const name = source === 'draft' ? 'Draft model' : 'Prompt lookup';
  return [
    `${name}: speed-up of decoding, measured (replayed), the ceiling, and the share of it that the best length reached:`,
    table(['task', ...lengths.map((length) => `K=${length}`), 'ceiling', 'reached'], rows),
    `${name}: measured speed over the replay of the same length:`,
    table(['task', 'off', ...lengths.map((length) => `K=${length}`)], shares),
    `${name}, all tasks: tokens/s of decoding, speed-up of it (p10-p90 of blocks) and of the whole answer:`,
    table(['', 'tokens/s', 'speed-up', 'whole answer', 'accepted', 'of replay', 'text differs'], summary),
  ];
}

/** @param {Measured[]} answers */
export const medianDecodeMs = (answers) => median(answers.map((answer) => answer.decodeMs));
