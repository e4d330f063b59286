/** What speculation-peers.mjs shows: each goal beside its ratio, every setting, the tasks at one stream. */
import { machineLine } from './machine.mjs';
import { bestByMedian, pairedRatios, ratiosToRoundBest, relativeSpeeds } from './pairing.mjs';
import { OURS, OURS_OFF } from './peers/speculation-settings.mjs';
import { othersLine } from './quiet.mjs';
import { figure, median, percent, spread, sum, summarize, table, times } from './statistics.mjs';

/** Speed over the best of the peers' settings that is aimed at: at one stream, and at several. */
export const GOALS = { oneStream: 1.1, streams: 1 };

/** Rough pace of a run, for its length alone: starting a process, tokens/s of one stream, tokens of an answer, pauses. */
const PACE = { startS: 0.7, tokensPerSecond: 550, growth: 0.25, answerTokens: 55, pauseS: 0.3 };

/**
 * @param {any} options
 * @param {readonly { group?: string, keep?: number }[]} theirs
 * @param {(streams: number) => number} size requests of one measurement
 */
export function estimateMinutes(options, theirs, size) {
  const candidates = theirs.filter(({ group }) => group !== undefined);
  const kept = new Map(candidates.map(({ group, keep = 1 }) => [group, keep]));
  const settings = 2 + theirs.length - candidates.length + sum([...kept.values()]);
  // All of them, a half, a quarter, but never fewer than twice those that are kept.
  let measurements = options.rounds * settings;
  for (let round = 0; round < options['tuning-rounds']; round += 1) {
    measurements += 1 + Math.max(candidates.length / 2 ** round, 2 * sum([...kept.values()]));
  }
  const starts = 1 + candidates.length + settings;
  const seconds = options.streams.map((/** @type {number} */ streams) => {
    const perSecond = PACE.tokensPerSecond * streams ** PACE.growth;
    const answerS = (size(streams) * PACE.answerTokens) / perSecond;
    return starts * PACE.startS + measurements * (answerS + PACE.pauseS);
  });
  return sum(seconds) / 60;
}

/** @param {any} results @returns {string} Markdown */
export function report(results) {
  const { machine, options, paired, failures } = results;
  const streams = /** @type {number[]} */ (options.streams);
  const views = streams.map((count) => viewOf(paired, count));
  const oneStream = views.find((view) => view.streams === 1);
  return [
    `Machine: ${machineLine(machine)}. ${options.threads} threads (node-llama-cpp ${options['node-threads']}), ` +
      `answers of up to ${options['max-tokens']} tokens that end by themselves, prefill included.`,
    'Foretoken auto over the best of the peers’ settings (by median), over the fastest setting of each single ' +
      'round, and over Foretoken off; medians (min-max) of the rounds’ own ratios:',
    summaryTable(views),
    ...(oneStream && Number.isFinite(results.ceiling) ? [ceilingLine(oneStream, results.ceiling)] : []),
    `Output tokens/s, median (min-max) of ${options.rounds} rounds, the settings in turn:`,
    settingsTable(views),
    ...(oneStream ? ['At one stream, by task (tokens/s over whole answers):', taskTable(oneStream)] : []),
    tuningLine(results),
    ...(failures.length > 0 ? [failuresLine(failures)] : []),
    othersLine(paired),
    `Answers that differ from those of Foretoken off: ${differences(paired)}.`,
  ].join('\n\n');
}

/** @param {any[]} paired @param {number} streams */
function viewOf(paired, streams) {
  const records = paired.filter((record) => record.streams === streams);
  const names = [...new Set(records.map((record) => record.setting))].sort();
  const theirs = names.filter((name) => name !== OURS && name !== OURS_OFF);
  return { streams, records, names, theirs, best: bestByMedian(records, theirs) };
}

/** @param {ReturnType<typeof viewOf>[]} views */
function summaryTable(views) {
  const rows = views.map(({ streams, records, theirs, best }) => {
    const ratios = pairedRatios(records, OURS, best);
    const goal = streams === 1 ? GOALS.oneStream : GOALS.streams;
    return [
      String(streams),
      best,
      spread(summarize(ratios), times),
      spread(summarize(ratiosToRoundBest(records, OURS, theirs)), times),
      spread(summarize(pairedRatios(records, OURS, OURS_OFF)), times),
      `${times(goal)}: ${median(ratios) >= goal ? 'reached' : 'missed'}`,
    ];
  });
  return table(
    ['streams', 'best of the peers', 'auto over it', 'over each round’s fastest', 'over off', 'goal'],
    rows,
  );
}

/** @param {ReturnType<typeof viewOf>} view @param {number} ceiling */
function ceilingLine({ records, best }, ceiling) {
  const offOverBest = median(pairedRatios(records, OURS_OFF, best));
  return (
    `The replay’s ceiling of decoding with this draft and lookup is ${times(ceiling)} of off, which is ` +
    `${times(ceiling * offOverBest)} of the best of the peers at one stream.`
  );
}

/** @param {ReturnType<typeof viewOf>[]} views */
function settingsTable(views) {
  const rows = views.flatMap(({ streams, records, names }) =>
    names.map((name) => {
      const mine = records.filter((record) => record.setting === name);
      const drafted = sum(mine.map((record) => record.drafted));
      return [
        `${streams}: ${name}`,
        spread(summarize(mine.map((record) => record.tokensPerSecond))),
        figure(median(mine.map((record) => record.ttftMs))),
        figure(median(mine.map((record) => record.tpotMs))),
        drafted === 0 ? '-' : percent(sum(mine.map((record) => record.accepted)) / drafted),
        name === OURS ? '-' : spread(summarize(pairedRatios(records, OURS, name)), times),
      ];
    }),
  );
  return table(
    ['streams: setting', 'tokens/s', 'TTFT, ms', 'TPOT, ms', 'guesses accepted', 'Foretoken auto over it'],
    rows,
  );
}

/** @param {ReturnType<typeof viewOf>} view */
function taskTable({ records, best, theirs }) {
  const speed = (/** @type {string} */ name, /** @type {string} */ task) => {
    const answers = records
      .filter((record) => record.setting === name)
      .flatMap((record) => record.answers.filter((/** @type {any} */ answer) => answer.task === task));
    return (
      (sum(answers.map((answer) => answer.outputTokens)) / sum(answers.map((answer) => answer.e2eMs))) * 1000
    );
  };
  const tasks = [...new Set(records[0].answers.map((/** @type {any} */ answer) => answer.task))];
  const rows = tasks.map((task) => {
    const fastest = theirs
      .map((name) => ({ name, speed: speed(name, task) }))
      .sort((a, b) => b.speed - a.speed)[0];
    const auto = speed(OURS, task);
    return [
      task,
      ...[OURS, OURS_OFF, best].map((name) => figure(speed(name, task))),
      times(auto / speed(best, task)),
      `${times(auto / fastest.speed)} (${fastest.name})`,
    ];
  });
  return table(['task', OURS, OURS_OFF, best, 'auto over it', 'auto over the task’s best'], rows);
}

/** Which settings the tuning pass chose, of how many, at what speed over Foretoken off. @param {any} results */
function tuningLine({ tuning, chosen }) {
  const parts = chosen.map((/** @type {any} */ { streams, settings }) => {
    const records = tuning.filter((/** @type {any} */ record) => record.streams === streams);
    const speeds = relativeSpeeds(records, OURS_OFF);
    const listed = settings.filter((/** @type {string} */ name) => speeds.has(name));
    const shown = listed.map(
      (/** @type {string} */ name) => `${name} (${times(speeds.get(name)?.score ?? NaN)})`,
    );
    return `at ${streams} of ${speeds.size - 1} ${shown.join(', ')}`;
  });
  return `Chosen by the tuning pass, with their speed in it over Foretoken off: ${parts.join('; ')}.`;
}

/** Names alone; why is in the JSON. @param {{ streams: number, setting: string }[]} failures */
function failuresLine(failures) {
  const names = failures.map(({ streams, setting }) => `${setting} at ${streams}`);
  return `Left out, as they did not start or answer: ${names.join(', ')}.`;
}

/** @param {any[]} paired */
function differences(paired) {
  const names = [...new Set(paired.map((record) => record.setting))].filter((name) => name !== OURS_OFF);
  return names
    .sort()
    .map((name) => {
      const answers = paired.filter((record) => record.setting === name).flatMap((record) => record.answers);
      return `${name} ${answers.filter((answer) => !answer.same).length} of ${answers.length}`;
    })
    .join(', ');
}
