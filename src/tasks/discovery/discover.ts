/**
 * Finds the tasks in prompts that nobody has labelled: points by their words (`word-points.ts`), clusters (`k-means.ts`) as
 * many as pay (`choose-k.ts`), names, and a classifier of new prompts. Tasks that are known already keep their ids.
 */
import { countText } from '../../base/count-text.js';
import { randomNumbers, shuffled } from '../../base/random.js';
import { taskId } from '../../base/task-id.js';
import { TaskClassifier } from '../classifier/classifier.js';
import { GENERAL, MOST_TASKS, type TaskInfo, type TaskModel } from '../classifier/model.js';
import { trainClassifier } from '../classifier/train.js';
import { chooseClustering } from './choose-k.js';
import { kMeansPath, withoutSmall } from './k-means.js';
import { taskIds, tellingWords } from './names.js';
import { likeliestClusters, withOwnSpread } from './own-spread.js';
import { reduce, type Points } from './svd.js';
import { DIRECTIONS, wordPoints } from './word-points.js';

/** Different prompts below which nothing is looked for: parts of one task could not be told from tasks. */
export const LEAST_PROMPTS = 40;
/** Different prompts that are clustered, so that time and memory are bounded; the others are then assigned. */
const MOST_CLUSTERED = 2000;
/** Which they are does not depend on the run's seed. */
const SAMPLE_SEED = 1;
/** Clusterings that are made; the last of them tell what parts of tasks save, so that up to 18 tasks are found. */
export const MOST_CLUSTERS = 24;
/** A cluster with a smaller share of the prompts, or fewer of them, is no task: its draft would not pay. */
const LEAST_SHARE = 0.03;
const LEAST_IN_TASK = 8;
/**
 * What fewer prompts have than half of the smallest task tells no task but a topic. On 40 random mixes (seed 101) the mean
 * adjusted Rand index is 0.87 with it and 0.85 with 2, on the 15 of at most 300 prompts 0.83 and 0.75.
 */
export const LEAST_WITH_TERM = LEAST_IN_TASK / 2;
/** A prompt so much farther from its centre than the task's median is an outlier, in median deviations. */
const OUTLIER_DEVIATIONS = 8;
/** Share of a known task's prompts that a new cluster must hold to be that task. */
const SAME_TASK = 0.5;

export interface DiscoverOptions {
  readonly seed?: number;
  /** Tasks from before, whose ids are kept where a cluster is theirs. */
  readonly known?: TaskModel | undefined;
  /** Instead of the words: a vector of each prompt, of the same length. */
  readonly embeddings?: readonly Float32Array[] | undefined;
  readonly now?: Date;
}

export interface Assignment {
  readonly task: string;
  /** Calibrated probability of the classifier. */
  readonly confidence: number;
}

export interface Discovery {
  readonly model: TaskModel;
  /** False: there were too few prompts; the tasks are those known before, or none. */
  readonly isNew: boolean;
  /** In the order of the prompts. */
  readonly assignments: readonly Assignment[];
  /** Prompts that are not alike. */
  readonly distinct: number;
  /** Of the classifier, on prompts it had not learned from. */
  readonly accuracy: number;
  readonly calibrationError: number;
  /** What a person should know, in words. */
  readonly notes: readonly string[];
}

/** @param texts from `promptText` */
export function discoverTasks(texts: readonly string[], options: DiscoverOptions = {}): Discovery {
  const { seed = 1, known, now = new Date() } = options;
  const notes: string[] = [];
  const distinct = [...new Set(texts)].filter((text) => text !== '').sort();
  if (distinct.length < texts.length)
    notes.push(
      `Of ${countText(texts.length, 'prompt')}, what is empty counts for nothing and what repeats another one counts once: ` +
        `${countText(distinct.length, 'prompt')} left.`,
    );
  if (distinct.length < LEAST_PROMPTS) {
    notes.push(
      `There are too few to tell tasks apart: ${distinct.length} different; at least ${LEAST_PROMPTS} are needed, some ` +
        `hundreds are better. ${known === undefined ? 'All is the general task.' : 'The tasks stay as they were.'}`,
    );
    const model = known ?? emptyModel(now);
    return {
      model,
      isNew: false,
      assignments: classified(texts, model),
      distinct: distinct.length,
      accuracy: 1,
      calibrationError: 0,
      notes,
    };
  }
  const chosen = shuffled(distinct, randomNumbers(SAMPLE_SEED)).slice(0, MOST_CLUSTERED).sort();
  const all = pointsOf(distinct, chosen, texts, options);
  const place = new Map(distinct.map((text, index) => [text, index]));
  const sample = subset(
    all,
    chosen.map((text) => place.get(text)!),
  );
  const path = kMeansPath(sample, MOST_CLUSTERS, { seed });
  const least = Math.max(LEAST_SHARE, LEAST_IN_TASK / sample.count);
  const clusters = withOwnSpread(sample, withoutSmall(sample, chooseClustering(path), least), least);
  const { labels, distances } = likeliestClusters(all, clusters);
  const outlying = outliers(labels, distances, clusters.k);
  const groups = Array.from({ length: clusters.k }, (_, c) =>
    distinct.filter((_text, i) => labels[i] === c && !outlying[i]),
  );
  const tasks = identified(groups, known);
  const learned = groups.flatMap((group, task) => group.map((text) => ({ text, task })));
  const { model, accuracy, calibrationError } = trainClassifier(tasks, learned, { seed, now });
  const classifier = new TaskClassifier(model);
  const assignments = texts.map((text) => {
    const at = place.get(text);
    if (at === undefined || outlying[at]!)
      return { task: GENERAL, confidence: classifier.classify(text).confidence };
    return { task: tasks[labels[at]!]!.id, confidence: classifier.classify(text).confidence };
  });
  const outside = outlying.filter(Boolean).length;
  if (outside > 0) notes.push(`Like no others, and so of the general task: ${countText(outside, 'prompt')}.`);
  if (tasks.length === 1) notes.push('All prompts are one task: nothing in them divides them clearly.');
  return {
    ...{ model, isNew: true, assignments },
    ...{ distinct: distinct.length, accuracy, calibrationError, notes },
  };
}

function pointsOf(
  distinct: readonly string[],
  chosen: readonly string[],
  texts: readonly string[],
  { embeddings }: DiscoverOptions,
): Points {
  if (embeddings !== undefined) {
    const of = new Map(texts.map((text, index) => [text, embeddings[index]!]));
    const rows = distinct.map((text) => of.get(text)!);
    const width = rows[0]!.length;
    const columns = Int32Array.from({ length: width }, (_, i) => i);
    // What all texts of a model have in common says nothing about any of them.
    const mean = new Float32Array(width);
    for (const row of rows) for (let d = 0; d < width; d += 1) mean[d]! += row[d]! / rows.length;
    const centred = rows.map((row) => ({ columns, values: row.map((value, d) => value - mean[d]!) }));
    return reduce(centred, width, DIRECTIONS);
  }
  return wordPoints(distinct, { learned: chosen, leastTexts: LEAST_WITH_TERM });
}

function subset({ width, values }: Points, indices: readonly number[]): Points {
  const chosen = new Float32Array(indices.length * width);
  indices.forEach((from, to) => {
    chosen.set(values.subarray(from * width, (from + 1) * width), to * width);
  });
  return { count: indices.length, width, values: chosen };
}

function outliers(labels: Int32Array, distances: Float32Array, k: number): boolean[] {
  const limits = Array.from({ length: k }, (_, c) => {
    const own = distances.filter((_distance, i) => labels[i] === c).sort();
    if (own.length === 0) return Infinity;
    const middle = own[own.length >> 1]!;
    const deviation = own.map((value) => Math.abs(value - middle)).sort()[own.length >> 1]!;
    return middle + OUTLIER_DEVIATIONS * Math.max(deviation, 0.02);
  });
  return Array.from(distances, (distance, i) => distance > limits[labels[i]!]!);
}

/** Names and ids of groups; a group that holds most of what a known task took for its own is that task. */
function identified(groups: readonly (readonly string[])[], known: TaskModel | undefined): TaskInfo[] {
  const words = tellingWords(groups);
  const ids: (string | undefined)[] = groups.map(() => undefined);
  if (known !== undefined && known.tasks.length > 0) {
    const classifier = new TaskClassifier(known);
    const overlaps: { group: number; id: string; share: number }[] = [];
    const counts = groups.map((texts) => {
      const counted = new Map<string, number>();
      for (const text of texts) {
        const { task } = classifier.classify(text);
        counted.set(task, (counted.get(task) ?? 0) + 1);
      }
      return counted;
    });
    counts.forEach((counted, group) => {
      for (const [found, count] of counted) {
        // Files of earlier versions have ids in letters that drafts' ids cannot have.
        const id = found === GENERAL ? GENERAL : taskId(found);
        const share = count / groups[group]!.length;
        if (id !== GENERAL && share >= SAME_TASK) overlaps.push({ group, id, share: share * count });
      }
    });
    overlaps.sort((a, b) => b.share - a.share);
    for (const { group, id } of overlaps) if (ids[group] === undefined && !ids.includes(id)) ids[group] = id;
  }
  const fresh = groups.map((_, group) => group).filter((group) => ids[group] === undefined);
  const taken = [
    GENERAL,
    ...ids.filter((id) => id !== undefined),
    ...(known?.tasks ?? []).map(({ id }) => id),
  ];
  taskIds(
    fresh.map((group) => words[group]!),
    taken,
  ).forEach((id, at) => {
    ids[fresh[at]!] = id;
  });
  return groups
    .map((texts, group) => ({ id: ids[group]!, name: words[group]!.join(' '), count: texts.length }))
    .slice(0, MOST_TASKS);
}

function classified(texts: readonly string[], model: TaskModel): Assignment[] {
  const classifier = new TaskClassifier(model);
  return texts.map((text) => classifier.classify(text));
}

const emptyModel = (now: Date): TaskModel => ({
  version: 1,
  madeAt: now.toISOString(),
  tasks: [],
  classifier: { terms: [], idf: [], weights: [], temperature: 1, threshold: 0.5 },
});
