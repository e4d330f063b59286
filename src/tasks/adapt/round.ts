/**
 * A whole round (TaskSpec, arXiv 2505.08600, section 3): texts of the target for each task, a general draft, which tasks
 * pay for a draft of their own, aligning those, measuring all on held-out prompts, and assigning to each task what has
 * the highest predicted goodput here. Everything that is done is kept at once, so a round that was ended goes on.
 */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { countText } from '../../base/count-text.js';
import { makeFolder } from '../../base/make-folder.js';
import { ForetokenError } from '../../base/errors.js';
import { fileFingerprint } from '../../base/file-fingerprint.js';
import { preparePrivateFolder } from '../../base/private-folder.js';
import { taskId } from '../../base/task-id.js';
import { readPlausibleModel } from '../../gguf/plausibility.js';
import type { ModelCosts } from '../../costs/cost-table.js';
import {
  type Aligned,
  alignDraft,
  alignedText,
  LEAST_HELD,
  type SplitTexts,
  splitTexts,
} from '../../drafts/align.js';
import { goodputOf } from '../../drafts/assign.js';
import type { CorpusText } from '../../drafts/corpus.js';
import { createDraft } from '../../drafts/create.js';
import { chooseHead, type CutHead } from '../../drafts/cut-head.js';
import { draftCostsOf } from '../../drafts/measure-on.js';
import { vocabularySizeOf } from '../../drafts/network.js';
import { decide, judged, LEAST_TASK_TEXTS, refusedShare, type TrainingCandidate } from '../../drafts/pays.js';
import { type Decision, type DraftEntry, GENERAL } from '../../drafts/registry/entry.js';
import { FileLock } from '../../drafts/registry/lock.js';
import { TargetTexts } from '../../drafts/target-texts.js';
import { LEAST_TEXTS } from '../../drafts/train.js';
import { assignAll, withMeasured } from './assignments.js';
import { Budget } from './budget.js';
import { candidateOf } from './candidates.js';
import { findTasks } from './find-tasks.js';
import { DraftKeeper } from './keep-draft.js';
import { giveWay } from './priority.js';
import { measureAll, type Measured } from './measure-all.js';
import { chosenSize, Predictions, sizeLines } from './predictions.js';
import type { RoundOptions, RoundProgress, RoundResult } from './round-options.js';
import { RoundState } from './state.js';
import { groupByTask, makeTexts, mixed, readTexts } from './texts.js';
import type { TrafficItem } from './traffic.js';

/**
 * Shares of the budget. The rest is for aligning; what a phase does not need is left to those after it. Texts are worth more than
 * passes over them: after one minute of training on 110, 220 and 340 answers of the demo target, 77, 81 and 82 % of
 * first choices were right on sql, 59, 63 and 65 % on translate (71 and 51 before; docs/drafts-accuracy.md).
 */
const TEXTS_SHARE = 0.5;
/** As long as a task has too few to align a draft with. */
const MOST_TEXTS_SHARE = 0.6;
const GENERAL_SHARE = 0.35;
const TEXTS_PER_TASK = 400;
const ENOUGH_TEXTS = LEAST_TASK_TEXTS * 2;
/** With fewer there is nothing to align any draft with, so that all minutes would have been spent for nothing. */
const LEAST_TEXTS_OF_ALL = 2 * (LEAST_TEXTS + LEAST_HELD);
/** A general draft is a new network, not one to refine. */
const GENERAL_RATE = 3e-3;
/** Vocabularies up to here are not cut. */
const WHOLE_HEAD = 16_384;

/**
 * @throws ForetokenError `locked` when another round runs, `invalid_option` when there is nothing to learn from,
 *   `storage_failed`, `cancelled`; the registry is then whole, with what was done until then
 */
export async function adapt(options: RoundOptions): Promise<RoundResult> {
  const { registry } = options;
  try {
    preparePrivateFolder(registry.place.folder);
  } catch (cause) {
    throw new ForetokenError(
      'storage_failed',
      `The folder ${registry.place.folder} cannot be used: ${(cause as Error).message}.`,
      { cause },
    );
  }
  const lock = await FileLock.acquire(path.join(registry.place.folder, 'adapt.lock'), 'The folder of tasks');
  try {
    return await new Round(options).run();
  } finally {
    lock.release();
  }
}

class Round {
  readonly #options: RoundOptions;
  readonly #state: RoundState;
  readonly #budget: Budget;
  readonly #vocabularySize: number;
  #tasks: ReadonlyMap<TrafficItem, string> = new Map();
  #costs: ModelCosts | undefined;
  readonly #keeper: DraftKeeper;
  readonly #predictions: Predictions;
  /** [shape] */
  readonly #draftCosts = new Map<string, ModelCosts>();

  constructor(options: RoundOptions) {
    this.#options = options;
    const { traffic, corpus = [], minutes, only, target, seed } = options;
    if (traffic.items.length + corpus.length === 0)
      throw new ForetokenError(
        'invalid_option',
        'There is nothing to learn from: the journal or the file of prompts is empty. Serve with --journal for a while, or give --prompts.',
        { param: 'prompts' },
      );
    const targetFile = fileFingerprint(target);
    this.#vocabularySize = vocabularySizeOf(readPlausibleModel(target)[0]);
    const what = [targetFile, traffic.items.length, traffic.items[0], corpus.length, minutes, only, seed];
    const key = createHash('sha256').update(JSON.stringify(what)).digest('hex');
    const served = traffic.items.flatMap((item) => item.served ?? []);
    this.#keeper = new DraftKeeper(options.registry, targetFile, served);
    this.#predictions = new Predictions(options);
    this.#state = new RoundState(options.registry.place.work, key);
    this.#budget = new Budget(this.#state, minutes, options.signal);
  }

  async run(): Promise<RoundResult> {
    giveWay();
    if (this.#state.resumed)
      this.#note(
        `going on with the round that was ended after ${(this.#state.spentMs / 60_000).toFixed(1)} min`,
      );
    for (const problem of this.#options.registry.read().problems) this.#note(problem);
    const { seed = 1, traffic, registry } = this.#options;
    const found = findTasks(traffic.items, registry.place, { seed, resumed: this.#state.resumed });
    this.#tasks = found.tasks;
    for (const text of found.notes) this.#note(text);
    const texts = await this.#texts();
    const general = await this.#general(texts);
    giveWay();
    const first = await this.#measure(texts);
    const decisions = this.#decide(texts, first);
    await this.#align(texts, first, decisions, general);
    const result = await this.#assign(texts);
    this.#state.remove();
    return result;
  }

  /** By task, in descending number; tasks of which next to nothing is known are part of `general`. */
  async #texts(): Promise<ReadonlyMap<string, SplitTexts>> {
    const { corpus = [], traffic, target, threads, maxTokens } = this.#options;
    const file = path.join(this.#state.folder, 'texts.jsonl');
    const source = new TargetTexts({
      target,
      ...(threads === undefined ? {} : { threads }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
    });
    let made: readonly CorpusText[];
    try {
      this.#costs = source.costs(this.#options.servingThreads ?? 0);
      if (!this.#state.progress.textsDone && traffic.items.length > 0) {
        let count = corpus.length;
        const until = this.#budget.phase(MOST_TEXTS_SHARE, () => count >= LEAST_TEXTS_OF_ALL);
        try {
          await makeTexts(source, traffic.items, (item) => this.#taskOf(item), {
            file,
            perTask: this.#options.textsPerTask ?? TEXTS_PER_TASK,
            signal: until.signal,
            onProgress: (texts, of, fewest) => {
              count = corpus.length + texts;
              if (fewest >= ENOUGH_TEXTS && this.#budget.isSpent(TEXTS_SHARE)) until.stop();
              this.#progress('texts', Math.max(texts / of, until.done()), `${texts} of ${of} texts`);
            },
          });
        } finally {
          until.end();
        }
      }
      this.#cancelIfAsked();
      this.#state.save({ textsDone: true });
      made = readTexts(file, this.#vocabularySize);
    } finally {
      source.dispose();
    }
    const byTask = groupByTask([...corpus, ...made]);
    if (byTask.size === 0) {
      this.#state.remove();
      throw new ForetokenError(
        'invalid_option',
        `No prompt leaves room for an answer: both together may have ${source.maxTokens} tokens.`,
        { param: 'prompts' },
      );
    }
    this.#note(
      `${countText(corpus.length + made.length, 'text')}: ${[...byTask].map(([task, all]) => `${task} ${all.length}`).join(', ')}`,
    );
    return new Map([...byTask].map(([task, all]) => [task, splitTexts(all)]));
  }

  #taskOf(item: TrafficItem): string {
    return taskId(this.#tasks.get(item) ?? item.task ?? GENERAL);
  }

  /** The file of the general draft, which is made where there is none. */
  async #general(texts: ReadonlyMap<string, SplitTexts>): Promise<string> {
    const { registry, base, target } = this.#options;
    const known = registry.read().drafts.find(({ id }) => id === GENERAL);
    if (known !== undefined) return registry.fileOf(known);
    const all = mixed(texts);
    let file = base;
    let settings: DraftEntry['settings'] = { from: 'given' };
    let data = { texts: 0, answerTokens: 0, sha256: 'unknown', served: 0, generated: 0 };
    if (base === undefined) {
      file = path.join(this.#state.folder, 'new.gguf');
      const minutes = this.#budget.minutesOf(GENERAL_SHARE);
      const head = this.#head(all);
      const shape = this.#shape(all, head, minutes);
      createDraft({ target, output: file, ...shape, head });
      const aligned = await this.#alignOn(file, all, GENERAL, minutes, 'general draft', GENERAL_RATE);
      file = aligned.file;
      settings = { minutes, learningRate: GENERAL_RATE, ...shape };
      data = this.#keeper.dataOf(aligned, all);
      this.#note(`general draft: ${this.#words(aligned, all)}`);
    }
    const entry = await this.#keeper.keep(file!, GENERAL, settings, data);
    this.#state.save();
    return registry.fileOf(entry);
  }

  /** As asked for, or the size that promises most here; a round that goes on keeps what it chose. */
  #shape(texts: SplitTexts, head: CutHead | undefined, minutes: number): RoundOptions['shape'] {
    if (this.#options.shape !== undefined) return this.#options.shape;
    if (this.#state.progress.sizes.length === 0)
      this.#state.save({ sizes: this.#predictions.sizes(texts, head, minutes, this.#costs!) });
    const { sizes } = this.#state.progress;
    for (const line of sizeLines(sizes)) this.#note(line);
    return chosenSize(sizes);
  }

  /** A draft of a large vocabulary spends most of its time on the head, and a part of that covers the texts. */
  #head({ training }: SplitTexts): CutHead | undefined {
    return this.#vocabularySize <= WHOLE_HEAD
      ? undefined
      : chooseHead(this.#options.target, 'auto', training);
  }

  /** All drafts of the registry on the held-out texts of all tasks. */
  async #measure(texts: ReadonlyMap<string, SplitTexts>): Promise<Measured> {
    const { registry, servingThreads, threads, signal } = this.#options;
    const drafts = registry
      .read()
      .drafts.map((entry) => ({ id: entry.id, task: entry.task, file: registry.fileOf(entry) }));
    return measureAll(drafts, texts, this.#costs!, {
      servingThreads: servingThreads ?? 0,
      costs: this.#draftCosts,
      ...(threads === undefined ? {} : { threads }),
      ...(signal === undefined ? {} : { signal }),
      onProgress: (done, note) => {
        this.#progress('measuring', done, note);
      },
    });
  }

  #decide(texts: ReadonlyMap<string, SplitTexts>, first: Measured): Readonly<Record<string, Decision>> {
    const { only, all = false, registry } = this.#options;
    const refused = refusedShare(registry.read().decisions);
    const known = this.#state.progress.decisions;
    const tasks = [...texts.keys()].filter((task) => (only === undefined ? task !== GENERAL : task === only));
    if (only !== undefined && tasks.length === 0)
      throw new ForetokenError(
        'invalid_option',
        `There is no task '${only}' in the texts; there ${texts.size === 1 ? 'is' : 'are'}: ${[...texts.keys()].join(', ')}.`,
        { param: 'task' },
      );
    const share = this.#budget.minutesEach(tasks.length);
    const decisions: Record<string, Decision> = {};
    for (const task of tasks) {
      const best = first.best(task);
      const minutes = best
        ? Math.min(share, this.#predictions.alignMinutes(best.file, texts.get(task)!))
        : share;
      decisions[task] =
        known[task] ??
        decide(this.#candidate(task, texts, first, minutes), this.#costs!, refused, {
          all: all || only !== undefined,
          at: Date.now(),
        });
      this.#note(
        `${task}: ${decisions[task].train ? 'a draft of its own' : 'left alone'}: ${decisions[task].reason}`,
      );
    }
    this.#state.save({ decisions });
    return decisions;
  }

  #candidate(
    task: string,
    texts: ReadonlyMap<string, SplitTexts>,
    first: Measured,
    minutes: number,
  ): TrainingCandidate {
    const { traffic } = this.#options;
    return candidateOf(task, texts, first, minutes, { traffic, taskOf: (item) => this.#taskOf(item) });
  }

  async #align(
    texts: ReadonlyMap<string, SplitTexts>,
    first: Measured,
    decisions: Readonly<Record<string, Decision>>,
    general: string,
  ): Promise<void> {
    const trained = [...this.#state.progress.trained];
    const open = Object.values(decisions).filter(({ task, train }) => train && !trained.includes(task));
    for (const [index, decision] of open.entries()) {
      const { task } = decision;
      const minutes = this.#budget.minutesEach(open.length - index);
      const split = texts.get(task)!;
      const startMs = performance.now();
      const candidate = this.#candidate(task, texts, first, minutes);
      const best = first.best(task);
      let judgement = decision;
      try {
        const aligned = await this.#alignOn(best?.file ?? general, split, task, minutes, 'aligning');
        this.#note(`${task}: ${this.#words(aligned, split)}`);
        if (aligned.better) {
          const settings = { minutes, from: best?.id ?? GENERAL, seed: this.#options.seed ?? 1 };
          const data = this.#keeper.dataOf(aligned, split);
          await this.#keeper.keep(aligned.file, task, settings, data, aligned.after);
        }
        const spentMinutes = (performance.now() - startMs) / 60_000;
        const after = aligned.better ? aligned.after : aligned.before;
        judgement = judged(
          decision,
          candidate,
          { survival: after.survival, costs: candidate.costs },
          this.#costs!,
          spentMinutes,
        );
      } catch (thrown) {
        const error = ForetokenError.from(thrown);
        // What is wrong with one task's texts or training is no reason to leave the others alone.
        if (error.code !== 'invalid_option' || this.#options.only !== undefined) throw error;
        this.#note(`${task}: left as it was: ${error.message}`);
      }
      trained.push(task);
      this.#state.save({
        trained: [...trained],
        decisions: { ...this.#state.progress.decisions, [task]: judgement },
      });
    }
  }

  async #alignOn(
    base: string,
    texts: SplitTexts,
    task: string,
    minutes: number,
    phase: RoundProgress['phase'],
    learningRate?: number,
  ): Promise<Aligned> {
    const { threads, seed, signal } = this.#options;
    makeFolder(this.#state.folder);
    giveWay();
    return alignDraft({
      ...{ base, texts, minutes, work: this.#state.folder, name: task },
      ...(learningRate === undefined ? {} : { learningRate }),
      ...(threads === undefined ? {} : { threads }),
      ...(seed === undefined ? {} : { seed }),
      ...(signal === undefined ? {} : { signal }),
      onProgress: ({ done, loss }) => {
        this.#progress(phase, done, `${task} · loss ${loss.toFixed(3)}`);
      },
    });
  }

  #words(aligned: Aligned, texts: SplitTexts): string {
    const costs = draftCostsOf(aligned.file, this.#costs!, this.#options.servingThreads ?? 0);
    const none = goodputOf(this.#costs!, [], undefined).tokenGoodput;
    const times = ({ survival }: Aligned['after']): number =>
      goodputOf(this.#costs!, survival, costs).tokenGoodput / none;
    return alignedText(aligned, texts, { before: times(aligned.before), after: times(aligned.after) });
  }

  async #assign(texts: ReadonlyMap<string, SplitTexts>): Promise<RoundResult> {
    const { registry, only } = this.#options;
    const measured = await this.#measure(texts);
    const assignments = assignAll(texts, measured, this.#costs!, only);
    const decisions = Object.values(this.#state.progress.decisions);
    const tokenTimes = this.#predictions.tokenTimes(registry, measured.acceptanceById());
    await registry.change((content) => ({
      ...withMeasured(content, measured, assignments),
      decisions: [...content.decisions, ...decisions],
    }));
    const { sizes } = this.#state.progress;
    return { assignments, decisions, sizes, tokenTimes, minutes: this.#state.spentMs / 60_000 };
  }

  #cancelIfAsked(): void {
    if (this.#options.signal?.aborted === true)
      throw new ForetokenError('cancelled', 'The round was ended; started again it goes on.');
  }

  #progress(phase: RoundProgress['phase'], done: number, note: string): void {
    this.#options.onProgress?.({ phase, done: Math.min(1, done), note, leftMs: this.#budget.leftMs });
  }

  #note(text: string): void {
    this.#options.onNote?.(text);
  }
}
