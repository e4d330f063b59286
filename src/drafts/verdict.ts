/**
 * What a draft is worth on this machine, measured by the engine itself: each prompt is answered without guesses and
 * with those that pay, one after the other and in turns the other way round, so that what else the machine does
 * meets both alike; and once with a fixed number of guesses, which says how many of them are right.
 */
import { GREEDY } from '../base/sampling-options.js';
import { ForetokenError } from '../base/errors.js';
import { acceptanceOf } from './measured.js';
import { startEngine } from '../engine/engine.js';
import {
  AS_THE_ENGINE,
  type EngineHandle,
  type RequestStatistics,
  type SpeculationWish,
} from '../engine/types.js';

export interface DraftVerdictOptions {
  readonly target: string;
  readonly draft: string;
  /** Token ids of prompts that the draft was not trained on. */
  readonly prompts: readonly Int32Array[];
  /** 0 = physical cores. */
  readonly threads: number;
  /** Told after each answer, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

export interface DraftVerdict {
  /** Prompts that were answered all three ways. */
  readonly prompts: number;
  /** Share of the draft's guesses that were right, `GUESSES` in a row; undefined where it made none. */
  readonly right: number | undefined;
  /** [position] share of its guesses accepted, of those before which all were; as far as enough were made. */
  readonly acceptance: readonly number[];
  /** Time of a token without guesses, divided by that with those that pay. */
  readonly timesAsFast: number;
  /** Guesses that were thought to pay. */
  readonly paying: number;
}

/** Guesses in a row where their number is fixed. */
export const GUESSES = 3;
const ANSWER_TOKENS = 48;
const MOST_PROMPTS = 4;
/** No other prompt is begun after this, once there are two. */
const BUDGET_MS = 20_000;

const OFF: SpeculationWish = { ...AS_THE_ENGINE, mode: 'off' };
const PAYING: SpeculationWish = { ...AS_THE_ENGINE, mode: 'auto' };
const FIXED: SpeculationWish = { ...AS_THE_ENGINE, mode: 'fixed', length: GUESSES };

/** @throws ForetokenError as `startEngine`, `invalid_option` when no prompt fits, `cancelled` */
export async function measureDraft(options: DraftVerdictOptions): Promise<DraftVerdict> {
  const engine = await start(options);
  try {
    const { sequenceCapacity } = engine.info;
    const prompts = options.prompts
      .filter(({ length }) => length > 0 && length + ANSWER_TOKENS < sequenceCapacity)
      .slice(0, MOST_PROMPTS);
    if (prompts.length === 0)
      throw new ForetokenError('invalid_option', 'There is no prompt to measure the draft with.', {
        param: 'prompts',
      });
    return await measure(engine, prompts, options);
  } finally {
    await engine.close({ graceMs: 0 });
  }
}

function start({ target, draft, threads }: DraftVerdictOptions): Promise<EngineHandle> {
  return startEngine(
    {
      modelPath: target,
      draftPath: draft,
      contextSize: 0,
      parallel: 1,
      batchSize: 512,
      microBatchSize: 512,
      threads,
      gpu: 'none',
      gpuLayers: 0,
      kvUnified: undefined,
      loraPaths: [],
      calibration: 'auto',
    },
    {
      parallel: 1,
      queueLimit: 1,
      prefillChunk: 64,
      speculation: {
        mode: 'auto',
        length: 16,
        proposers: ['draft'],
        lookupMinNgram: 2,
        suffixBytes: 0,
      },
    },
  );
}

async function measure(
  engine: EngineHandle,
  prompts: readonly Int32Array[],
  { onProgress, signal }: DraftVerdictOptions,
): Promise<DraftVerdict> {
  const [off, paying] = [new Sum(), new Sum()];
  const fixed = new Sum();
  // What is slow the first time is nobody's fault.
  for (const wish of [OFF, FIXED]) await answer(engine, prompts[0]!, wish, signal);
  const startMs = performance.now();
  let done = 0;
  for (const [index, prompt] of prompts.entries()) {
    if (index >= 2 && performance.now() - startMs > BUDGET_MS) break;
    const ways = [
      [OFF, off],
      [PAYING, paying],
    ] as const;
    for (const [wish, sum] of index % 2 === 0 ? ways : [...ways].reverse())
      sum.add(await answer(engine, prompt, wish, signal));
    fixed.add(await answer(engine, prompt, FIXED, signal));
    done += 1;
    onProgress?.(done / prompts.length);
  }
  return {
    prompts: done,
    right: fixed.guesses === 0 ? undefined : fixed.right / fixed.guesses,
    acceptance: acceptanceOf(fixed.histogram, GUESSES),
    timesAsFast: off.msPerToken / paying.msPerToken,
    paying: paying.guesses,
  };
}

async function answer(
  engine: EngineHandle,
  prompt: Int32Array,
  speculation: SpeculationWish,
  signal: AbortSignal | undefined,
): Promise<RequestStatistics> {
  const stream = engine.submit({
    prompt,
    maxTokens: ANSWER_TOKENS,
    sampling: GREEDY,
    stop: [],
    ignoreEndOfGeneration: false,
    // Shorter answers leave nothing to measure.
    minTokens: 16,
    grammar: undefined,
    topLogprobs: -1,
    speculation,
    label: 0,
  });
  const cancel = (): void => {
    stream.cancel();
  };
  signal?.addEventListener('abort', cancel);
  try {
    for await (const { finish } of stream) {
      if (finish === undefined) continue;
      if (finish.error !== undefined) throw ForetokenError.fromPlain(finish.error);
      if (finish.reason === 'cancelled') break;
      return finish.statistics;
    }
  } finally {
    signal?.removeEventListener('abort', cancel);
  }
  throw new ForetokenError('cancelled', 'Measuring the draft was broken off.');
}

/** Of answers of one kind. */
class Sum {
  guesses = 0;
  right = 0;
  /** [k] drafts of which exactly k guesses were accepted. */
  readonly histogram: number[] = [];
  #tokens = 0;
  #ms = 0;

  add(statistics: RequestStatistics): void {
    const { draftTokens, acceptedTokens, outputTokens, decodeMs } = statistics;
    statistics.acceptanceHistogram.forEach((drafts, count) => {
      this.histogram[count] = (this.histogram[count] ?? 0) + drafts;
    });
    this.guesses += draftTokens;
    this.right += acceptedTokens;
    // The time of decoding is that from the first token on.
    this.#tokens += outputTokens - 1;
    this.#ms += decodeMs;
  }

  get msPerToken(): number {
    return this.#ms / this.#tokens;
  }
}
