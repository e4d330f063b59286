/**
 * A whole round (TaskSpec, arXiv 2505.08600, section 3): texts of the target for each task, a general draft, which tasks
 * pay for a draft of their own, aligning those, measuring all on held-out prompts, and assigning to each task what has
 * the highest predicted goodput here. Everything that is done is kept at once, so a round that was ended goes on.
 */
import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../../base/errors.js';
import { fileFingerprint } from '../../base/file-fingerprint.js';
import { preparePrivateFolder } from '../../base/private-folder.js';
import { readPlausibleModel } from '../../gguf/plausibility.js';
import type { DraftCosts, TargetCosts } from '../../costs/cost-table.js';
import {
  type Aligned,
  alignDraft,
  alignedText,
  promptHash,
  type SplitTexts,
  splitTexts,
  writeCorpus,
} from '../../drafts/align.js';
import { assign, goodputOf } from '../../drafts/assign.js';
import type { CorpusText } from '../../drafts/corpus.js';
import { createDraft } from '../../drafts/create.js';
import { keepAcceptance } from '../../drafts/measured.js';
import { draftCostsOf, measureLookup } from '../../drafts/measure-on.js';
import { networkShape, vocabularySizeOf } from '../../drafts/network.js';
import { decide, judged, LEAST_TASK_TEXTS, refusedShare, type TrainingCandidate } from '../../drafts/pays.js';
import { type Assignment, type Decision, type DraftEntry, GENERAL } from '../../drafts/registry/entry.js';
import { FileLock } from '../../drafts/registry/lock.js';
import type { DraftRegistry } from '../../drafts/registry/registry.js';
import { TargetTexts } from '../../drafts/target-texts.js';
import { findTasks } from './find-tasks.js';
import { giveWay } from './priority.js';
import { measureAll, type Measured, measuredOf } from './measure-all.js';
import { RoundState } from './state.js';
import { makeTexts, readTexts } from './texts.js';
import { taskId, type Traffic, type TrafficItem } from './traffic.js';

export interface RoundOptions {
  readonly target: string;
  readonly registry: DraftRegistry;
  readonly traffic: Traffic;
  /** The target's answers with their labels, where there are some already. */
  readonly corpus?: readonly CorpusText[];
  /** Draft to start from where the registry has no general one; undefined: a new one is made. */
  readonly base?: string | undefined;
  /** Of the draft that is made where there is none; undefined: 2 layers of 128. */
  readonly shape?: { readonly layers?: number; readonly width?: number };
  readonly minutes: number;
  /** The only task to align; undefined: all that pay. */
  readonly only?: string | undefined;
  /** Also what a day of traffic does not repay. */
  readonly all?: boolean;
  readonly textsPerTask?: number;
  readonly maxTokens?: number;
  /** That train and write. */
  readonly threads?: number;
  /** With which costs are measured: those of the server; 0: physical cores. */
  readonly servingThreads?: number;
  readonly seed?: number;
  readonly onProgress?: (progress: RoundProgress) => void;
  /** What is to be read by a person, a line each. */
  readonly onNote?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface RoundProgress {
  readonly phase: 'texts' | 'general draft' | 'measuring' | 'aligning';
  /** Of the phase, 0 to 1. */
  readonly done: number;
  readonly note: string;
  /** Until the budget is spent. */
  readonly leftMs: number;
}

export interface RoundResult {
  readonly assignments: Readonly<Record<string, Assignment>>;
  readonly decisions: readonly Decision[];
  readonly minutes: number;
}

/** Shares of the budget. The rest is for aligning; what a phase does not need is left to those after it. */
const TEXTS_SHARE = 0.3;
/** As long as a task has too few to align a draft with. */
const MOST_TEXTS_SHARE = 0.55;
const GENERAL_SHARE = 0.35;
const CLOSING_SHARE = 0.06;
const TEXTS_PER_TASK = 400;
const ENOUGH_TEXTS = LEAST_TASK_TEXTS * 2;
/** A general draft is a new network, not one to refine. */
const GENERAL_RATE = 3e-3;
/** Vocabularies up to here are not cut. */
const WHOLE_HEAD = 16_384;
/** Training that is shorter learns nothing. */
const LEAST_MINUTES = 0.2;

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
  readonly #targetFile: string;
  readonly #vocabularySize: number;
  /** Of each prompt. */
  #tasks: ReadonlyMap<TrafficItem, string> = new Map();
  #costs: TargetCosts | undefined;
  /** Prompts whose answers were served. */
  readonly #served: ReadonlySet<string>;
  /** [shape] */
  readonly #draftCosts = new Map<string, DraftCosts>();

  constructor(options: RoundOptions) {
    this.#options = options;
    const { traffic, corpus = [], minutes, only, target, seed } = options;
    if (traffic.items.length + corpus.length === 0)
      throw new ForetokenError(
        'invalid_option',
        'There is nothing to learn from: the journal or the file of prompts is empty. Serve with --journal for a while, or give --prompts.',
        { param: 'prompts' },
      );
    this.#targetFile = fileFingerprint(target);
    this.#vocabularySize = vocabularySizeOf(readPlausibleModel(target)[0]);
    const what = [
      this.#targetFile,
      traffic.items.length,
      traffic.items[0],
      corpus.length,
      minutes,
      only,
      seed,
    ];
    const key = createHash('sha256').update(JSON.stringify(what)).digest('hex');
    this.#served = new Set(
      traffic.items.flatMap(({ served }) => (served === undefined ? [] : promptHash(served))),
    );
    this.#state = new RoundState(options.registry.place.work, key);
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
    found.notes.forEach((text) => {
      this.#note(text);
    });
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
    const { corpus = [], traffic } = this.#options;
    const file = path.join(this.#state.folder, 'texts.jsonl');
    const source = this.#openTarget();
    let made: readonly CorpusText[];
    try {
      this.#costs = source.costs(this.#options.servingThreads ?? 0);
      if (!this.#state.progress.textsDone && traffic.items.length > 0) {
        const until = this.#timeFor(MOST_TEXTS_SHARE);
        const enoughMs = this.#state.spentMs + this.#options.minutes * 60_000 * TEXTS_SHARE;
        try {
          await makeTexts(source, traffic.items, (item) => this.#taskOf(item), {
            file,
            perTask: this.#options.textsPerTask ?? TEXTS_PER_TASK,
            signal: until.signal,
            onProgress: (texts, of, fewest) => {
              if (fewest >= ENOUGH_TEXTS && this.#state.spentMs > enoughMs) until.stop();
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
    const byTask = new Map<string, CorpusText[]>();
    for (const text of [...corpus, ...made]) {
      const task = taskId(text.task ?? GENERAL);
      const same = byTask.get(task);
      if (same === undefined) byTask.set(task, [text]);
      else same.push(text);
    }
    this.#note(
      `${corpus.length + made.length} texts: ${[...byTask].map(([task, all]) => `${task} ${all.length}`).join(', ')}`,
    );
    return new Map(
      [...byTask].sort(([, a], [, b]) => b.length - a.length).map(([task, all]) => [task, splitTexts(all)]),
    );
  }

  #openTarget(): TargetTexts {
    const { target, threads, maxTokens } = this.#options;
    return new TargetTexts({
      target,
      ...(threads === undefined ? {} : { threads }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
    });
  }

  #taskOf(item: TrafficItem): string {
    return taskId(this.#tasks.get(item) ?? item.task ?? GENERAL);
  }

  /** The file of the general draft, which is made where there is none. */
  async #general(texts: ReadonlyMap<string, SplitTexts>): Promise<string> {
    const { registry, base, target, shape = {} } = this.#options;
    const known = registry.read().drafts.find(({ id }) => id === GENERAL);
    if (known !== undefined) return registry.fileOf(known);
    const all = mixed(texts);
    let file = base;
    let settings: DraftEntry['settings'] = { from: 'given' };
    let data = { texts: 0, answerTokens: 0, sha256: 'unknown', served: 0, generated: 0 };
    if (base === undefined) {
      file = path.join(this.#state.folder, 'new.gguf');
      createDraft({ target, output: file, ...shape, ...this.#head(all) });
      const minutes = (this.#leftMs * GENERAL_SHARE) / 60_000;
      const aligned = await this.#alignOn(file, all, GENERAL, minutes, 'general draft', GENERAL_RATE);
      file = aligned.file;
      settings = { minutes, learningRate: GENERAL_RATE, ...shape };
      data = this.#dataOf(aligned, all);
      this.#note(`general draft: ${this.#words(aligned, all)}`);
    }
    const entry = await this.#keep(file!, GENERAL, settings, data);
    this.#state.save();
    return registry.fileOf(entry);
  }

  /** A draft of a large vocabulary spends most of its time on the head, and a part of that covers the texts. */
  #head({ training }: SplitTexts): { readonly vocabulary?: 'auto'; readonly corpus?: readonly string[] } {
    if (this.#vocabularySize <= WHOLE_HEAD) return {};
    const corpus = path.join(this.#state.folder, 'head.corpus.jsonl');
    writeCorpus(corpus, training);
    return { vocabulary: 'auto', corpus: [corpus] };
  }

  /** All drafts of the registry on the held-out texts of all tasks. */
  async #measure(texts: ReadonlyMap<string, SplitTexts>): Promise<Measured> {
    const { registry, servingThreads, threads, signal } = this.#options;
    const { drafts } = registry.read();
    return measureAll(registry, drafts, texts, this.#costs!, {
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
    const minutes = this.#minutesEach(tasks.length);
    const decisions: Record<string, Decision> = {};
    for (const task of tasks) {
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
    const { training, held } = texts.get(task)!;
    const best = first.best(task);
    return {
      task,
      texts: training.length + held.length,
      tokensPerDay: this.#tokensPerDay(task, texts),
      survival: best?.agreement.survival ?? [],
      costs: best?.costs ?? first.anyCosts,
      minutes,
    };
  }

  /** By the task's share of the traffic and the length of its answers. */
  #tokensPerDay(task: string, texts: ReadonlyMap<string, SplitTexts>): number | undefined {
    const { requestsPerDay, items } = this.#options.traffic;
    if (requestsPerDay === undefined) return undefined;
    const sizes = [...texts].map(
      ([name, { training, held }]) => [name, training.length + held.length] as const,
    );
    const share =
      items.length > 0
        ? items.filter((item) => this.#taskOf(item) === task).length / items.length
        : new Map(sizes).get(task)! / sizes.reduce((sum, [, size]) => sum + size, 0);
    const { training, held } = texts.get(task)!;
    const all = [...training, ...held];
    const tokens = all.reduce((sum, text) => sum + text.tokens.length - text.promptLength, 0) / all.length;
    return requestsPerDay * share * tokens;
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
      const minutes = this.#minutesEach(open.length - index);
      const split = texts.get(task)!;
      const startMs = performance.now();
      const candidate = this.#candidate(task, texts, first, minutes);
      const best = first.best(task);
      const from = best === undefined ? general : this.#options.registry.fileOf(best.entry);
      let judgement = decision;
      try {
        const aligned = await this.#alignOn(from, split, task, minutes, 'aligning');
        this.#note(`${task}: ${this.#words(aligned, split)}`);
        if (aligned.better) {
          const settings = { minutes, from: best?.id ?? GENERAL, seed: this.#options.seed ?? 1 };
          await this.#keep(aligned.file, task, settings, this.#dataOf(aligned, split), aligned);
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
    mkdirSync(this.#state.folder, { recursive: true });
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

  #dataOf({ sha256, answerTokens }: Aligned, { training }: SplitTexts): DraftEntry['data'] {
    const served = training.filter((text) => this.#served.has(promptHash(text))).length;
    return { texts: training.length, answerTokens, sha256, served, generated: training.length - served };
  }

  #words(aligned: Aligned, texts: SplitTexts): string {
    const costs = draftCostsOf(aligned.file, this.#costs!, this.#options.servingThreads ?? 0);
    const none = goodputOf(this.#costs!, [], undefined).tokenGoodput;
    const times = ({ survival }: Aligned['after']): number =>
      goodputOf(this.#costs!, survival, costs).tokenGoodput / none;
    return alignedText(aligned, texts, { before: times(aligned.before), after: times(aligned.after) });
  }

  #keep(
    file: string,
    task: string,
    settings: DraftEntry['settings'],
    data: DraftEntry['data'],
    aligned?: Aligned,
  ): Promise<DraftEntry> {
    const [head] = readPlausibleModel(file);
    const { layers, width, vocabularySize: vocabulary } = networkShape(head);
    const agreement = aligned?.after;
    // Where learning begins in the engine that loads it.
    if (agreement !== undefined) keepAcceptance(file, conditional(agreement.survival));
    return this.#options.registry.add(file, {
      ...{ id: task, task, settings, data, targetFile: this.#targetFile },
      shape: { layers, width, vocabulary },
      acceptance: agreement === undefined ? {} : { [task]: measuredOf(agreement) },
      // Known when all drafts are measured together.
      tokenMs: 0,
      madeAt: Date.now(),
    });
  }

  async #assign(texts: ReadonlyMap<string, SplitTexts>): Promise<RoundResult> {
    const { registry, only } = this.#options;
    const measured = await this.#measure(texts);
    const at = Date.now();
    const assignments: Record<string, Assignment> = {};
    for (const [task, { held }] of texts) {
      if (held.length === 0) continue;
      const candidates = measured
        .of(task)
        .sort((a, b) => Number(b.id === GENERAL) - Number(a.id === GENERAL))
        .map(({ id, agreement, costs }) => ({ id, survival: agreement.survival, costs }));
      assignments[task] = assign(this.#costs!, candidates, measureLookup(held), at);
    }
    if (only === undefined && assignments[GENERAL] === undefined) {
      const held = mixed(texts).held;
      const candidates = measured.over(GENERAL);
      if (candidates !== undefined)
        assignments[GENERAL] = assign(this.#costs!, [candidates], measureLookup(held), at);
    }
    const decisions = Object.values(this.#state.progress.decisions);
    const byId = measured.acceptanceById();
    await registry.change((content) => ({
      ...content,
      drafts: content.drafts.map((entry) => {
        const found = byId.get(entry.id);
        return found === undefined
          ? entry
          : { ...entry, acceptance: { ...entry.acceptance, ...found.acceptance }, tokenMs: found.tokenMs };
      }),
      assignments: { ...content.assignments, ...assignments },
      decisions: [...content.decisions, ...decisions],
    }));
    return { assignments, decisions, minutes: this.#state.spentMs / 60_000 };
  }

  get #leftMs(): number {
    return Math.max(0, this.#options.minutes * 60_000 - this.#state.spentMs);
  }

  /** Of what is left, when so many are still to be trained. */
  #minutesEach(count: number): number {
    const closingMs = this.#options.minutes * 60_000 * CLOSING_SHARE;
    return Math.max(LEAST_MINUTES, (this.#leftMs - closingMs) / Math.max(1, count) / 60_000);
  }

  /** Ends after this share of the whole budget, or when the round is to end. */
  #timeFor(share: number): {
    readonly signal: AbortSignal;
    readonly stop: () => void;
    readonly done: () => number;
    readonly end: () => void;
  } {
    const controller = new AbortController();
    const ms = Math.min(this.#leftMs, this.#options.minutes * 60_000 * share);
    const stop = (): void => {
      controller.abort();
    };
    const timer = setTimeout(stop, ms);
    const startMs = performance.now();
    this.#options.signal?.addEventListener('abort', stop);
    return {
      signal: controller.signal,
      stop,
      done: () => (performance.now() - startMs) / Math.max(1, ms),
      end: () => {
        clearTimeout(timer);
        this.#options.signal?.removeEventListener('abort', stop);
      },
    };
  }

  #cancelIfAsked(): void {
    if (this.#options.signal?.aborted === true)
      throw new ForetokenError('cancelled', 'The round was ended; started again it goes on.');
  }

  #progress(phase: RoundProgress['phase'], done: number, note: string): void {
    this.#options.onProgress?.({ phase, done: Math.min(1, done), note, leftMs: this.#leftMs });
  }

  #note(text: string): void {
    this.#options.onNote?.(text);
  }
}

function mixed(texts: ReadonlyMap<string, SplitTexts>): SplitTexts {
  const all = [...texts.values()];
  return { training: all.flatMap(({ training }) => training), held: all.flatMap(({ held }) => held) };
}

/** [position] P(accepted | all before it are), as the engine learns it. */
function conditional(survival: readonly number[]): number[] {
  const rates: number[] = [];
  let before = 1;
  for (const share of survival) {
    if (before <= 0) break;
    rates.push(Math.min(1, share / before));
    before = share;
  }
  return rates;
}
