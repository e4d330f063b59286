/** What is known of a task before its draft is trained: how much traffic it has, and how well it is guessed now. */
import type { SplitTexts } from '../../drafts/align.js';
import { answerTokens } from '../../drafts/corpus.js';
import type { TrainingCandidate } from '../../drafts/pays.js';
import type { Measured } from './measure-all.js';
import type { Traffic, TrafficItem } from './traffic.js';

interface TaskTraffic {
  readonly traffic: Traffic;
  readonly taskOf: (item: TrafficItem) => string;
}

/** @param minutes that its training, and making what it learns from, would take */
export function candidateOf(
  task: string,
  texts: ReadonlyMap<string, SplitTexts>,
  measured: Measured,
  minutes: number,
  traffic: TaskTraffic,
): TrainingCandidate {
  const { training, held } = texts.get(task)!;
  const best = measured.best(task);
  return {
    task,
    texts: training.length + held.length,
    tokensPerDay: tokensPerDay(task, texts, traffic),
    survival: best?.agreement.survival ?? [],
    costs: best?.costs ?? measured.anyCosts,
    minutes,
  };
}

/** By the task's share of the traffic and the length of its answers. */
function tokensPerDay(
  task: string,
  texts: ReadonlyMap<string, SplitTexts>,
  { traffic: { requestsPerDay, items }, taskOf }: TaskTraffic,
): number | undefined {
  if (requestsPerDay === undefined) return undefined;
  const sizes = [...texts].map(
    ([name, { training, held }]) => [name, training.length + held.length] as const,
  );
  const share =
    items.length > 0
      ? items.filter((item) => taskOf(item) === task).length / items.length
      : new Map(sizes).get(task)! / sizes.reduce((sum, [, size]) => sum + size, 0);
  const { training, held } = texts.get(task)!;
  const all = [...training, ...held];
  return (requestsPerDay * share * answerTokens(all)) / all.length;
}
