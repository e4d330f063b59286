/** `foretoken adapt`, the whole round from traffic to drafts, and `foretoken draft align`, the same for one task. */
import path from 'node:path';
import { countText } from '../base/count-text.js';
import { modelFile } from '../base/bundled.js';
import { ForetokenError } from '../base/errors.js';
import { fileFingerprint } from '../base/file-fingerprint.js';
import { taskId } from '../base/task-id.js';
import { splitTexts } from '../drafts/align.js';
import { readCorpus } from '../drafts/corpus.js';
import { vocabularySizeOf } from '../drafts/network.js';
import type { Assignment } from '../drafts/registry/entry.js';
import { targetFingerprint } from '../drafts/registry/place.js';
import type { DraftRegistry } from '../drafts/registry/registry.js';
import { usualDraft } from '../drafts/shipped.js';
import { readPlausibleModel } from '../gguf/plausibility.js';
import { defaultThreads } from '../llama/threads.js';
import { sizeLines } from '../tasks/adapt/predictions.js';
import { adapt } from '../tasks/adapt/round.js';
import type { RoundProgress, RoundResult } from '../tasks/adapt/round-options.js';
import { MOST_ITEMS, readPrompts, type Traffic, trafficOf } from '../tasks/adapt/traffic.js';
import { openJournal } from '../tasks/journal/store.js';
import { openRegistry } from './draft-registry.js';
import { verdict } from './draft-verdict.js';
import { note } from './failure.js';
import type { AdaptFlags } from './flags/adapt.js';
import { ProgressBar, table } from './terminal.js';
import { thisProcessor } from './this-machine.js';

const INTERRUPTED = 130;
/** Where there is no terminal, a line of progress so often. */
const LINE_MS = 30_000;

/** @returns the exit code */
export async function adaptCommand(flags: AdaptFlags): Promise<number> {
  const result = await round(flags, openRegistry(flags));
  if (result === undefined) return INTERRUPTED;
  process.stdout.write(`${reportText(result)}\n`);
  return 0;
}

/** @returns the exit code */
export async function align(flags: AdaptFlags): Promise<number> {
  const registry = openRegistry(flags);
  const task = taskId(flags.task!);
  const before = registry.read().drafts.find(({ id }) => id === task);
  const result = await round({ ...flags, all: true }, registry, task);
  if (result === undefined) return INTERRUPTED;
  const made = registry.read().drafts.find(({ id }) => id === task);
  if (made === undefined || made.sha256 === before?.sha256) {
    process.stdout.write(`No draft was kept for ${task}: what it started from guesses as well.\n`);
    return 0;
  }
  process.stdout.write(`${reportText(result)}\n`);
  if (flags.verdict !== false && flags.corpus.length + (flags.prompts === undefined ? 0 : 1) > 0)
    await verdict(modelFile(flags.model), registry.fileOf(made), {
      prompts: heldPrompts(flags, task),
      threads: flags.servingThreads,
      keep: false,
    });
  return 0;
}

/** Prompts of the task that were held out, where a corpus has them. */
function heldPrompts(flags: AdaptFlags, task: string): readonly Int32Array[] | undefined {
  const texts = corpusOf(flags).filter((text) => taskId(text.task ?? 'general') === task);
  const { held } = splitTexts(texts);
  if (held.length === 0) return undefined;
  return held.map(({ tokens, promptLength }) => Int32Array.from(tokens.slice(0, promptLength)));
}

async function round(
  flags: AdaptFlags,
  registry: DraftRegistry,
  only?: string,
): Promise<RoundResult | undefined> {
  const target = modelFile(flags.model);
  const traffic = trafficGiven(flags, target);
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
    process.stderr.write(
      '\nforetoken: stopping; started again with the same flags it goes on (again: at once)\n',
    );
  });
  const bar = new ProgressBar();
  let lineMs = -Infinity;
  const onProgress = ({ phase, done, note: what, leftMs }: RoundProgress): void => {
    const left = `${(leftMs / 60_000).toFixed(1)} min left`;
    bar.update(phase, done, `${what} · ${left}`);
    if (process.stderr.isTTY || performance.now() - lineMs < LINE_MS) return;
    lineMs = performance.now();
    note(`${phase} ${Math.floor(100 * done)} % · ${what} · ${left}`);
  };
  const base = flags.draft ?? usualDraft(target);
  try {
    return await adapt({
      ...{ target, registry, traffic, only, corpus: corpusOf(flags), onProgress },
      base: base === undefined || base === 'none' ? undefined : path.resolve(base),
      ...{ minutes: flags.minutes, all: flags.all ?? false, textsPerTask: flags.textsPerTask },
      ...{ maxTokens: flags.answerTokens, servingThreads: flags.servingThreads, seed: flags.seed },
      processor: thisProcessor(flags.servingThreads),
      threads: flags.threads === 0 ? defaultThreads() : flags.threads,
      signal: interrupt.signal,
      onNote: (text) => {
        bar.clear();
        note(text);
      },
    });
  } catch (error) {
    if (error instanceof ForetokenError && error.code === 'cancelled') return undefined;
    throw error;
  } finally {
    bar.clear();
  }
}

function trafficGiven(flags: AdaptFlags, target: string): Traffic {
  if (flags.prompts !== undefined) return readPrompts(path.resolve(flags.prompts), flags.requestsPerDay);
  if (flags.journal !== undefined) {
    const journal = openJournal(path.resolve(flags.journal), { mustExist: true });
    try {
      const of = { target: targetFingerprint(target), targetFile: fileFingerprint(target) };
      const traffic = trafficOf(journal.entries({ of }), of.targetFile);
      const others = journal.counts().entries - traffic.items.length;
      if (others > 0 && traffic.items.length < MOST_ITEMS)
        note(`left out, since other models answered them: ${countText(others, 'request')} of the journal`);
      return traffic;
    } finally {
      journal.close();
    }
  }
  if (flags.corpus.length > 0) return { items: [], requestsPerDay: flags.requestsPerDay };
  throw new ForetokenError(
    'invalid_option',
    'What to learn from? Give --journal with the folder of a server, --prompts with a file, or --corpus with earlier answers.',
    { param: 'journal' },
  );
}

function corpusOf({ corpus, model }: AdaptFlags) {
  if (corpus.length === 0) return [];
  const size = vocabularySizeOf(readPlausibleModel(modelFile(model))[0]);
  return corpus.flatMap((file) => readCorpus(path.resolve(file), size));
}

export function reportText({ assignments, decisions, sizes, tokenTimes, minutes }: RoundResult): string {
  const percent = (share: number | undefined): string =>
    share === undefined ? '-' : `${(100 * share).toFixed(1)} %`;
  const figure = (value: number | undefined): string => (value === undefined ? '-' : value.toFixed(1));
  const rows = decisions.map(
    ({
      task,
      train,
      before,
      expected,
      after,
      minutes: cost,
      spentMinutes,
      savedMinutes,
      reallySavedMinutes,
      right,
    }) => [
      task,
      train ? 'trained' : 'left alone',
      percent(before),
      percent(expected),
      percent(after),
      figure(spentMinutes ?? cost),
      figure(reallySavedMinutes ?? savedMinutes),
      right === undefined ? '-' : right ? 'yes' : 'no',
    ],
  );
  const parts: string[] = [];
  if (sizes.length > 0) parts.push(sizeLines(sizes).join('\n'));
  if (rows.length > 0)
    parts.push(
      table([['task', '', 'right before', 'expected', 'after', 'minutes', 'saved a day', 'paid'], ...rows]),
    );
  parts.push(assignmentTable(assignments, tokenTimes), `done in ${minutes.toFixed(1)} min`);
  return parts.join('\n\n');
}

/** Every candidate of every task with the tokens a second that are expected of it, and its token time as measured and as predicted. */
function assignmentTable(
  assignments: Readonly<Record<string, Assignment>>,
  tokenTimes: RoundResult['tokenTimes'],
): string {
  const ms = (value: number | undefined): string => value?.toFixed(2) ?? '-';
  if (Object.keys(assignments).length === 0)
    return 'Nothing is assigned: no task has texts enough to hold some out and measure drafts with.';
  const rows = Object.entries(assignments).flatMap(([task, { draft, candidates }]) =>
    candidates.map((one, index) => [
      index === 0 ? task : '',
      one.draft,
      one.right === undefined ? '-' : `${(100 * one.right).toFixed(1)} %`,
      String(one.length),
      one.tokenGoodput.toFixed(0),
      ms(tokenTimes[one.draft]?.measured),
      ms(tokenTimes[one.draft]?.predicted),
      one.draft === draft || (draft === null && index === 0) ? 'serves' : '',
    ]),
  );
  return table([
    ['task', 'candidate', 'right', 'in a row', 'tokens/s', 'ms a token', 'as predicted', ''],
    ...rows,
  ]);
}
