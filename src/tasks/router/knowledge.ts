/** What is known of a target's tasks on disk, as the router takes it: the classifier, and the drafts of the registry. */
import { statSync } from 'node:fs';
import { ForetokenError } from '../../base/errors.js';
import type { MeasuredAcceptance } from '../../drafts/registry/entry.js';
import type { DraftSource } from '../../drafts/registry/source.js';
import type { AcceptanceRates } from './goodput.js';
import type { RoutedDraft } from './policy.js';
import type { PromptClassifier } from './router.js';

export interface TaskKnowledge {
  /** Undefined: no tasks have been found yet, or their file cannot be read. */
  readonly classifier: PromptClassifier | undefined;
  /** In the registry; whether they are loaded is another matter. */
  readonly drafts: readonly RoutedDraft[];
  /** What was left out and why, in words. */
  readonly problems: readonly string[];
}

/** Where it comes from. */
export interface TaskSource {
  /** File of the user's tasks, which is looked at for changes. */
  readonly file: string;
  read(): TaskKnowledge;
}

/** @param readClassifier of the file that it is given; throws where that cannot be read */
export function taskSource(
  source: DraftSource,
  readClassifier: (file: string) => PromptClassifier,
): TaskSource {
  /** Drafts change more often than tasks, and both are read together. */
  let latest: { readonly version: string; readonly classifier: PromptClassifier } | undefined;
  const classifierOf = (file: string): PromptClassifier | undefined => {
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    const version = `${file} ${stats.size} ${stats.mtimeMs}`;
    if (latest?.version !== version) latest = { version, classifier: readClassifier(file) };
    return latest.classifier;
  };
  return {
    file: source.watched.tasks,
    read: () => readKnowledge(source, classifierOf),
  };
}

/** The registry's own problems are told by who loads its drafts. */
function readKnowledge(
  source: DraftSource,
  classifierOf: (file: string) => PromptClassifier | undefined,
): TaskKnowledge {
  const file = source.tasksFile;
  let classifier: PromptClassifier | undefined;
  const problems: string[] = [];
  try {
    classifier = classifierOf(file);
  } catch (error) {
    problems.push(`the tasks in ${file} are left out: ${ForetokenError.from(error).message}`);
  }
  const { drafts, assignments } = source.read();
  const assigned = new Set(Object.values(assignments).map(({ draft }) => draft));
  // Drafts that lost everywhere are out of the choice; before anything is assigned, all are in it.
  const used = assigned.size === 0 ? drafts : drafts.filter(({ id }) => assigned.has(id));
  return {
    classifier,
    drafts: used.map(({ id, tokenMs, acceptance }) => ({
      ...{ id, tokenMs },
      measured: Object.fromEntries(
        Object.entries(acceptance).map(([task, measured]) => [task, ratesOf(measured)]),
      ),
    })),
    problems,
  };
}

/** As the shares of places at which the next guesses are all right tell them. */
export function ratesOf({
  rate,
  survival: [one = rate, two = one * rate],
}: MeasuredAcceptance): AcceptanceRates {
  return { first: one, later: one > 0 ? Math.min(1, two / one) : rate };
}
