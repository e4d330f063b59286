/**
 * Comparing settings on a machine whose pace drifts: orders that are fair over two rounds, speeds relative to
 * others of the same round, and the choice of the best. All of it pure.
 */
import { quantile, shuffled } from './statistics.mjs';

/**
 * One measurement: which setting, in which round, at what speed.
 * @typedef {{ round: number, setting: string, tokensPerSecond: number }} Measured
 */

/**
 * Another random order every two rounds, and its reverse in the second, so that everything is as often early as
 * late and no setting always follows the same one.
 * @template T
 * @param {readonly T[]} items
 * @param {number} round from 0
 */
export function fairOrder(items, round) {
  const order = shuffled(items, Math.floor(round / 2) + 1);
  return round % 2 === 0 ? order : order.reverse();
}

/**
 * Speed of each setting over that of the reference in the same round: geometric mean over the rounds it was in.
 * @param {readonly Measured[]} records
 * @param {string} reference setting that is in every round
 * @returns {Map<string, { score: number, rounds: number }>}
 */
export function relativeSpeeds(records, reference) {
  const pace = new Map(
    records.filter(({ setting }) => setting === reference).map((one) => [one.round, one.tokensPerSecond]),
  );
  /** @type {Map<string, number[]>} */
  const logs = new Map();
  for (const { round, setting, tokensPerSecond } of records) {
    const beside = pace.get(round);
    if (beside === undefined) throw new Error(`round ${round} has no measurement of "${reference}"`);
    logs.set(setting, [...(logs.get(setting) ?? []), Math.log(tokensPerSecond / beside)]);
  }
  return new Map(
    [...logs].map(([setting, list]) => [
      setting,
      { score: Math.exp(list.reduce((a, b) => a + b, 0) / list.length), rounds: list.length },
    ]),
  );
}

/**
 * The fastest settings of some candidates, best first; one that was given up in an earlier round is behind all that
 * stayed, however lucky its only round was. Candidates that were never measured (they failed) are left out.
 * @param {ReturnType<typeof relativeSpeeds>} speeds
 * @param {readonly string[]} candidates
 * @param {number} count
 * @returns {string[]}
 */
export function fastest(speeds, candidates, count) {
  const known = candidates.flatMap((setting) => {
    const speed = speeds.get(setting);
    return speed === undefined ? [] : [{ setting, ...speed }];
  });
  known.sort((a, b) => b.rounds - a.rounds || b.score - a.score);
  return known.slice(0, count).map(({ setting }) => setting);
}

/**
 * Speed of one setting over another's in each round that has both.
 * @param {readonly Measured[]} records
 * @param {string} setting
 * @param {string} other
 */
export function pairedRatios(records, setting, other) {
  return overRounds(records, (speeds) => {
    const [over, under] = [speeds.get(setting), speeds.get(other)];
    return over === undefined || under === undefined ? undefined : over / under;
  });
}

/**
 * Speed of one setting over the fastest of others in each round: harder than any single one of them, as each round
 * picks the luckiest.
 * @param {readonly Measured[]} records
 * @param {string} setting
 * @param {readonly string[]} others
 */
export function ratiosToRoundBest(records, setting, others) {
  return overRounds(records, (speeds) => {
    const over = speeds.get(setting);
    const best = Math.max(...others.flatMap((other) => speeds.get(other) ?? []));
    return over === undefined || best === -Infinity ? undefined : over / best;
  });
}

/**
 * The setting with the highest median speed.
 * @param {readonly Measured[]} records
 * @param {readonly string[]} settings
 */
export function bestByMedian(records, settings) {
  const medians = settings.map((setting) => {
    const speeds = records.filter((one) => one.setting === setting).map((one) => one.tokensPerSecond);
    return { setting, median: quantile(speeds, 0.5) };
  });
  const known = medians.filter(({ median }) => Number.isFinite(median));
  return known.sort((a, b) => b.median - a.median)[0]?.setting;
}

/** @param {readonly Measured[]} records @param {(speeds: Map<string, number>) => number | undefined} ratio */
function overRounds(records, ratio) {
  const rounds = [...new Set(records.map(({ round }) => round))];
  return rounds.flatMap((round) => {
    const inRound = records.filter((one) => one.round === round);
    return ratio(new Map(inRound.map((one) => [one.setting, one.tokensPerSecond]))) ?? [];
  });
}

/**
 * The comparison is void when one peer reads the prompts differently.
 * @param {readonly { peer: string, promptTokens: number }[]} records of one round
 */
export function checkPromptTokens(records) {
  if (new Set(records.map((record) => record.promptTokens)).size > 1) {
    const seen = records.map((record) => `${record.peer} ${record.promptTokens}`).join(', ');
    throw new Error(`the peers do not compute the same prompt tokens: ${seen}`);
  }
}
