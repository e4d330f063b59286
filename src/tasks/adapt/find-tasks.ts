/**
 * Which task each prompt of a round is: as the prompts say themselves, or as discovery finds it; the classifier that goes
 * with it is written for the server.
 */
import { existsSync } from 'node:fs';
import type { TasksPlace } from '../../drafts/registry/place.js';
import { TaskClassifier } from '../classifier/classifier.js';
import { GENERAL, MOST_TASKS, readTaskModel, type TaskModel, writeTaskModel } from '../classifier/model.js';
import { trainClassifier } from '../classifier/train.js';
import { discoverTasks } from '../discovery/discover.js';
import { promptText } from '../prompt-text.js';
import { taskId, type TrafficItem } from './traffic.js';

/** A classifier of tasks with fewer prompts would learn their words by heart. */
const LEAST_LABELLED = 8;

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
    const model = learn(items, texts, seed);
    if (model !== undefined) writeTaskModel(place.tasks, model);
    return { tasks: new Map(items.map((item) => [item, taskId(item.task!)])), notes: [] };
  }
  if (resumed && known !== undefined) {
    const classifier = new TaskClassifier(known);
    return { tasks: new Map(items.map((item, i) => [item, classifier.classify(texts[i]!).task])), notes: [] };
  }
  const { model, assignments, notes } = discoverTasks(texts, { seed, known });
  writeTaskModel(place.tasks, model);
  return { tasks: new Map(items.map((item, i) => [item, assignments[i]!.task])), notes };
}

/** Undefined where there are too many tasks, or too few prompts of one. */
function learn(items: readonly TrafficItem[], texts: readonly string[], seed: number): TaskModel | undefined {
  const counts = new Map<string, number>();
  for (const { task } of items) counts.set(taskId(task!), (counts.get(taskId(task!)) ?? 0) + 1);
  counts.delete(GENERAL);
  const tasks = [...counts].map(([id, count]) => ({ id, name: id.replaceAll('-', ' '), count }));
  const isEnough = tasks.every(({ count }) => count >= LEAST_LABELLED);
  if (tasks.length === 0 || tasks.length > MOST_TASKS || !isEnough) return undefined;
  const index = new Map(tasks.map(({ id }, at) => [id, at]));
  const learned = items.flatMap(({ task }, i) => {
    const at = index.get(taskId(task!));
    return at === undefined ? [] : [{ text: texts[i]!, task: at }];
  });
  return trainClassifier(tasks, learned, { seed }).model;
}
