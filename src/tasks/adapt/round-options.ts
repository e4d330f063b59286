/** What a round of adapting is given, tells on the way, and comes to. */
import type { ProcessorMachine } from '../../abacus/gguf/step-time.js';
import type { CorpusText } from '../../drafts/corpus.js';
import type { Assignment, Decision } from '../../drafts/registry/entry.js';
import type { DraftRegistry } from '../../drafts/registry/registry.js';
import type { SizeForecast } from '../../drafts/sizes.js';
import type { Traffic } from './traffic.js';

export interface RoundOptions {
  readonly target: string;
  readonly registry: DraftRegistry;
  readonly traffic: Traffic;
  /** The target's answers with their labels, where there are some already. */
  readonly corpus?: readonly CorpusText[];
  /** Draft to start from where the registry has no general one; undefined: a new one is made. */
  readonly base?: string | undefined;
  /** Of the draft that is made where there is none; undefined: what the cost predictor says does best here. */
  readonly shape?: { readonly layers?: number; readonly width?: number } | undefined;
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
  /** That serves, for predictions; undefined: that of the known profile. */
  readonly processor?: ProcessorMachine;
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

/** Milliseconds of one token of a draft. */
export interface TokenTime {
  readonly measured: number;
  /** By the cost predictor, before it ran. */
  readonly predicted: number | undefined;
}

export interface RoundResult {
  readonly assignments: Readonly<Record<string, Assignment>>;
  readonly decisions: readonly Decision[];
  /** What was predicted of each size of a new draft; empty where none was made. */
  readonly sizes: readonly SizeForecast[];
  /** [id of a draft] */
  readonly tokenTimes: Readonly<Record<string, TokenTime>>;
  readonly minutes: number;
}
