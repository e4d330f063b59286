/**
 * Which task each prompt of a round is: as the prompts say themselves, or as discovery finds it; the classifier that goes
 * with it is written for the server.
 */
import { existsSync } from 'node:fs';
import { taskId } from '../../base/task-id.js';
import type { TasksPlace } from '../../drafts/registry/place.js';
import { TaskClassifier } from '../classifier/classifier.js';
import { GENERAL, MOST_TASKS, readTaskModel, type TaskModel, writeTaskModel } from '../classifier/model.js';
import { trainClassifier } from '../classifier/train.js';
import { discoverTasks } from '../discovery/discover.js';
import { promptText } from '../prompt-text.js';
import type { TrafficItem } from './traffic.js';

/** A classifier of tasks with fewer prompts would learn their words by heart. */
const LEAST_LABELLED = 8;
const MOST_LISTED = 8;

export interface FoundTasks {
  /** Of each item. */
  readonly tasks: ReadonlyMap<TrafficItem, string>;
  /** What a person should know, in words. */
  readonly notes: readonly string[];
}

/**
 * @param resumed the tasks of a round that goes on are those it began with
 * @throws ForetokenError as reading and writing the file of tasks
 */
export function findTasks(
  items: readonly TrafficItem[],
  place: TasksPlace,
  { seed, resumed }: { readonly seed: number; readonly resumed: boolean },
): FoundTasks {
  if (items.length === 0) return { tasks: new Map(), notes: [] };
  const texts = items.map(({ prompt }) => promptText(prompt));
  const known = existsSync(place.tasks) ? readTaskModel(place.tasks) : undefined;
  const named = items.every(({ task }) => task !== undefined);
  if (named) {
    const { ids, model, notes } = learn(items, texts, seed);
    if (model !== undefined) writeTaskModel(place.tasks, model);
    return { tasks: new Map(items.map((item, i) => [item, ids[i]!])), notes };
  }
  if (resumed && known !== undefined) {
    const classifier = new TaskClassifier(known);
    return { tasks: new Map(items.map((item, i) => [item, classifier.classify(texts[i]!).task])), notes: [] };
  }
  const { model, isNew, assignments, notes } = discoverTasks(texts, { seed, known });
  if (isNew) writeTaskModel(place.tasks, model);
  return { tasks: new Map(items.map((item, i) => [item, assignments[i]!.task])), notes };
}

interface Learned {
  /** [item] */
  readonly ids: readonly string[];
  /** Undefined: tasks cannot be told apart. */
  readonly model: TaskModel | undefined;
  readonly notes: readonly string[];
}

/** Of tasks that the prompts themselves name. More than a classifier can tell apart are no tasks: nothing would be routed to their drafts. */
function learn(items: readonly TrafficItem[], texts: readonly string[], seed: number): Learned {
  const named = items.map(({ task }) => taskId(task!));
  const counts = new Map<string, number>();
  for (const id of named) counts.set(id, (counts.get(id) ?? 0) + 1);
  counts.delete(GENERAL);
  const bySize = [...counts].sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1));
  const rare = bySize.filter(([, count]) => count < LEAST_LABELLED).map(([id]) => id);
  const enough = bySize.slice(0, bySize.length - rare.length);
  const tasks = enough
    .slice(0, MOST_TASKS)
    .map(([id, count]) => ({ id, name: id.replaceAll('-', ' '), count }));
  const index = new Map(tasks.map(({ id }, at) => [id, at]));
  const beyond = new Set(enough.slice(MOST_TASKS).map(([id]) => id));
  const notes: string[] = [];
  if (beyond.size > 0)
    notes.push(
      `of ${enough.length} tasks the ${MOST_TASKS} with the most prompts are taken, as many as a classifier tells apart; ` +
        `part of the general task: ${listText([...beyond])}`,
    );
  // With one task only, everything would be taken for it.
  const isTelling = tasks.length > 1 || (tasks.length === 1 && rare.length === 0);
  if (rare.length > 0)
    notes.push(
      `too few prompts to recognise a task by, of which ${LEAST_LABELLED} are the least: ${listText(rare)}` +
        (isTelling ? '' : '; so no request is routed to a draft of its task'),
    );
  const learned = named.flatMap((id, i) => {
    const task = index.get(id);
    return task === undefined ? [] : [{ text: texts[i]!, task }];
  });
  return {
    ids: named.map((id) => (beyond.has(id) ? GENERAL : id)),
    model: isTelling ? trainClassifier(tasks, learned, { seed }).model : undefined,
    notes,
  };
}

function listText(ids: readonly string[]): string {
  const more = ids.length - MOST_LISTED;
  return ids.slice(0, MOST_LISTED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
