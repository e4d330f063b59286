/**
 * The engine's vocabulary: what goes in, what comes out. Everything here can be sent between threads.
 */
import type { PlainError } from '../base/errors.js';
import type { SamplingOptions } from '../base/sampling-options.js';
import type { CompiledGrammar } from '../constraints/network.js';
import type { Mechanism } from '../planning/mechanisms.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { Computing } from '../llama/devices.js';
import type { CacheType, Exactness } from '../llama/invariance.js';
import type { NodeSource } from '../speculation/proposal.js';

export type { SamplingOptions } from '../base/sampling-options.js';

/** `auto` lets goodput decide at every step, `fixed` always guesses the same number, `off` none. */
export type SpeculationMode = 'auto' | 'off' | 'fixed';

/**
 * What may guess: the request's own text, earlier outputs, the request's grammar, the draft model; `tree` tries second choices of the
 * draft and a looked-up text beside its first (one pool of KV cells only).
 */
export const PROPOSERS = ['lookup', 'suffix', 'grammar', 'draft', 'tree'] as const;
export type ProposerName = (typeof PROPOSERS)[number];

/** A request's own wish; what is undefined is as the engine's options say. */
export interface SpeculationWish {
  readonly mode: SpeculationMode | undefined;
  /** `fixed`: guesses a step; `auto`: most guesses a step. */
  readonly length: number | undefined;
  /** Those of the engine's proposers that may guess. */
  readonly proposers: readonly ProposerName[] | undefined;
}

export const AS_THE_ENGINE: SpeculationWish = { mode: undefined, length: undefined, proposers: undefined };

export interface EngineRequest {
  /** Unique among the requests in flight. */
  readonly id: number;
  /** Token ids, at least one. */
  readonly prompt: Int32Array;
  /** Most tokens to generate; cut to what fits into the context. 0: the prompt is computed, and nothing follows. */
  readonly maxTokens: number;
  readonly sampling: SamplingOptions;
  /** UTF-8 texts that end the generation; not part of the output. */
  readonly stop: readonly string[];
  /** Fewest tokens: before them neither the model nor anything below ends the text. Undefined: 0. */
  readonly minTokens?: number | undefined;
  /** Tokens that end the generation, besides the model's own; not part of the output. */
  readonly stopTokens?: readonly number[] | undefined;
  /** What ends the generation is part of the output: stop text or stop token. Undefined: no. */
  readonly includeStop?: boolean | undefined;
  /** Go on after the end of the text (benchmarks). */
  readonly ignoreEndOfGeneration: boolean;
  /** What restricts the text: `compileGbnf` makes it of GBNF; undefined for nothing. */
  readonly grammar: CompiledGrammar | undefined;
  /** Report log-probabilities: -1 none, 0 of the chosen token only, n also of the n likeliest. */
  readonly topLogprobs: number;
  /** Report log-probabilities of the prompt's own tokens, too: all of it is then computed anew. Undefined: no. */
  readonly promptLogprobs?: boolean | undefined;
  readonly speculation: SpeculationWish;
  /** What kind of work this is; 0 until tasks are told apart. Acceptance is learned for each. */
  readonly label: number;
  /** Who asks, in any words: places are shared out evenly among clients. Undefined: nobody in particular. */
  readonly client?: string | undefined;
  /** Requests of one client with the same number share a turn (the choices of one answer). Undefined: a turn of its own. */
  readonly group?: number | undefined;
}

export interface TokenLogprob {
  readonly token: number;
  readonly logprob: number;
  /** The likeliest tokens, best first. */
  readonly top: readonly { readonly token: number; readonly logprob: number }[];
}

/**
 * How a request ended: `finished` by the model's end-of-generation token, `stopped` by a stop text, `length`
 * by its limit or the context's, `cancelled` by the client, `error`.
 */
export type FinishReason = 'finished' | 'stopped' | 'length' | 'cancelled' | 'error';

/** Counts of one request; times in milliseconds on the engine's monotonic clock. */
export interface RequestStatistics {
  readonly promptTokens: number;
  /** Prompt tokens that were in the KV cache already. */
  readonly cachedTokens: number;
  readonly outputTokens: number;
  /** Waiting before the first step that computed anything for it. */
  readonly queueMs: number;
  /** From first computation to first token. */
  readonly prefillMs: number;
  /** From first to last token. */
  readonly decodeMs: number;
  /** Steps in which at least one token was drafted for it. */
  readonly drafts: number;
  readonly draftTokens: number;
  readonly acceptedTokens: number;
  /** [k] = number of drafts of which exactly k tokens were accepted. */
  readonly acceptanceHistogram: readonly number[];
  /** Verification steps including those without a draft: outputTokens / steps = mean acceptance length. */
  readonly decodeSteps: number;
  readonly preemptions: number;
}

/** One step's news of one request. */
export interface RequestEvent {
  readonly id: number;
  /** New tokens in order; may be empty. Text of a matched stop string is cut off by `stopTrimBytes`. */
  readonly tokens: readonly number[];
  /** The first `accepted` of `tokens` had been guessed. */
  readonly accepted: number;
  readonly logprobs?: readonly TokenLogprob[];
  /** Of tokens of the prompt, from the second one on, in order and in pieces, before any other token. */
  readonly promptLogprobs?: readonly TokenLogprob[];
  readonly finish?: {
    readonly reason: FinishReason;
    readonly statistics: RequestStatistics;
    /** Bytes at the end of the request's text that belong to the stop string or what follows it. */
    readonly stopTrimBytes: number;
    /** The stop text that was found. */
    readonly stop?: string;
    readonly error?: PlainError;
  };
}

/** The one event of a request that ends in an error before anything was done for it. */
export function refusalOf(id: number, error: PlainError, promptTokens = 0): RequestEvent {
  const statistics: RequestStatistics = {
    promptTokens,
    cachedTokens: 0,
    outputTokens: 0,
    queueMs: 0,
    prefillMs: 0,
    decodeMs: 0,
    drafts: 0,
    draftTokens: 0,
    acceptedTokens: 0,
    acceptanceHistogram: [],
    decodeSteps: 0,
    preemptions: 0,
  };
  return { id, tokens: [], accepted: 0, finish: { reason: 'error', statistics, stopTrimBytes: 0, error } };
}

/** What one step did: sent with its events, feeds the metrics. */
export interface StepReport {
  /** Whole step and its share inside the target's and draft's native decode, milliseconds. */
  readonly stepMs: number;
  readonly targetMs: number;
  readonly draftMs: number;
  /** Tokens in the target's batch: prefill + decode (one a sequence) + guesses. */
  readonly batchTokens: number;
  readonly prefillTokens: number;
  readonly draftTokens: number;
  readonly acceptedTokens: number;
  /** Tokens emitted to requests. */
  readonly committedTokens: number;
  readonly running: number;
  readonly waiting: number;
  readonly cellsInUse: number;
  readonly cellsCached: number;
  readonly cellsFree: number;
  readonly preemptions: number;
  /** [position] = drafts whose token at that position was accepted. */
  readonly acceptedPerPosition: readonly number[];
  readonly drafts: number;
  /** What the step was predicted to take, milliseconds; undefined where it was not looked at. */
  readonly predictedMs: number | undefined;
  /** Part of the step in which the planner chose, milliseconds; 0 where nobody speculates. */
  readonly planMs: number;
  /** Guesses verified, and how many stood, by where they came from. */
  readonly sources: Readonly<Partial<Record<NodeSource, { drafted: number; accepted: number }>>>;
  /** Only when plans are logged. */
  readonly plan: PlanRecord | undefined;
  /** Proposers that failed in this step, each kind of failure once in the engine's life. */
  readonly proposerErrors: readonly string[];
}

export interface EngineOptions {
  /** Requests that run at the same time. */
  readonly parallel: number;
  /** Requests that may wait; one more is refused with `queue_full`. */
  readonly queueLimit: number;
  /** Most prompt tokens computed in a step, so that a long prompt delays nobody for long; prompts are cut at multiples. */
  readonly prefillChunk: number;
  /** The engine counts as hanging when one thing that it does takes longer; undefined: 30 s; 0: never. */
  readonly watchdogMs?: number | undefined;
  readonly speculation: {
    /** `off` is the operator's word and holds for all; the others are the default for requests. */
    readonly mode: SpeculationMode;
    /** `fixed`: guesses a step; `auto`: most guesses a step. */
    readonly length: number;
    /** What may guess at all. */
    readonly proposers: readonly ProposerName[];
    /** Shortest n-gram that prompt lookup trusts. */
    readonly lookupMinNgram: number;
    /** Most memory of the store of earlier outputs, bytes. */
    readonly suffixBytes: number;
    /** Parts of the policy of `auto` to do without, for ablations; undefined: none. */
    readonly without?: readonly Mechanism[] | undefined;
  };
  /** File to which every step's plan is appended as a line of JSON; undefined for none. */
  readonly planLog?: string | undefined;
}

/** How the engine thread loads its model. */
export interface ModelOptions {
  readonly modelPath: string;
  readonly draftPath: string | undefined;
  /** Tokens of context over all requests together; 0 = chosen from the model and `parallel`. */
  readonly contextSize: number;
  readonly parallel: number;
  /** Most tokens of one decode. */
  readonly batchSize: number;
  readonly microBatchSize: number;
  /** 0 = physical cores, or one where a GPU computes everything. */
  readonly threads: number;
  readonly gpu: 'none' | 'cuda' | 'vulkan' | 'metal';
  readonly gpuLayers: number;
  /** Name of the only GPU to use, as `EngineInfo.computing` has it; undefined: all. */
  readonly device?: string | undefined;
  /** Attention in one kernel where the GPU has one (undefined, too), or as products of matrices. */
  readonly flashAttention?: 'auto' | 'disabled' | undefined;
  readonly kvUnified: boolean | undefined;
  /** Logits that do not depend on batching (docs/lossless.md); undefined = on the processor only. */
  readonly exact?: boolean | undefined;
  /** Types of the KV cache's keys and values; undefined: those that make texts exact, where that is asked for, or else F16. */
  readonly cacheTypeK?: CacheType | undefined;
  readonly cacheTypeV?: CacheType | undefined;
  /** LoRA adapters applied to the target. */
  readonly loraPaths: readonly string[];
  /**
   * Where the planner's costs come from at the start: `auto` (undefined, too) takes those measured earlier on this
   * machine and measures when there are none, `fresh` measures anew, `off` starts from a guess.
   */
  readonly calibration?: 'auto' | 'fresh' | 'off' | undefined;
}

export type { Exactness };

/** Sent once the engine thread is ready. */
export interface EngineInfo {
  readonly vocabularySize: number;
  /** Tokens that one request may hold, prompt and answer together. */
  readonly sequenceCapacity: number;
  /** Tokens of a text that the model was trained for. */
  readonly contextTrain: number;
  readonly cellCount: number;
  readonly parallel: number;
  readonly threads: number;
  /** What computes the target: GPUs, with how many of its layers, or the processor. */
  readonly computing: Computing;
  readonly hasDraft: boolean;
  /** What can guess here: allowed, and able to with this model, draft and cache. */
  readonly proposers: readonly ProposerName[];
  /** False for recurrent models: their state cannot be taken back, so guesses cannot be verified. */
  readonly canSpeculate: boolean;
  readonly embeddingWidth: number;
  /** `embed` gives a score: how well a document answers a query that stand in one text. */
  readonly ranks: boolean;
  /**
   * `exact`: the same text whatever is guessed and whatever else runs, for logits were found to be the same to the
   * last bit. Otherwise a near tie may fall the other way with speculation or under load (docs/lossless.md).
   */
  readonly exactness: Exactness;
  /** Why, in words for the operator. */
  readonly exactnessReason: string;
  /** What went wrong while starting and did no harm, in words for the operator. */
  readonly notes: readonly string[];
  readonly loadMs: number;
}

/**
 * Why a text is too long and what can be done: what the server gives each request, and what the model was trained for.
 * @param tokens how many the text has, in words
 */
export function tooLongText(
  info: Pick<EngineInfo, 'sequenceCapacity' | 'contextTrain' | 'parallel'>,
  what: string,
  tokens: string,
): string {
  const { sequenceCapacity, contextTrain, parallel } = info;
  const more =
    contextTrain > sequenceCapacity
      ? `or give it more: the model was trained for ${contextTrain}, which --ctx-size ${contextTrain * parallel} gives ` +
        (parallel === 1 ? 'it.' : `each of ${parallel} requests at the same time.`)
      : 'since that is what the model was trained for.';
  return (
    `${what} has ${tokens} tokens, and a request may hold ${sequenceCapacity} here, answer included (--ctx-size). ` +
    `Shorten it, ${more}`
  );
}

/** The events of one request. Ends after the event that has `finish`; leaving the loop early cancels. */
export interface RequestStream extends AsyncIterable<RequestEvent> {
  readonly id: number;
  /** Frees its slot within one step; the stream still ends with a `finish` event. Idempotent. */
  cancel(): void;
}

/** Cells of the KV cache: of running requests, kept for reuse, free. */
export interface CellCounts {
  readonly inUse: number;
  readonly cached: number;
  readonly free: number;
}

/** The engine thread has not moved for longer than the watchdog allows. */
export interface EngineStall {
  /** What it was doing when it was last heard of. */
  readonly doing: string;
  readonly forMs: number;
}

/** The engine as the rest of the program sees it; the step loop runs in a thread of its own. */
export interface EngineHandle {
  readonly info: EngineInfo;
  /**
   * Queues a request. The id is given by the engine.
   * @throws ForetokenError `invalid_request` (a draft is asked for and there is none), `queue_full`, `shutting_down`, `engine_stopped`, `context_length_exceeded`.
   */
  submit(request: Omit<EngineRequest, 'id'>): RequestStream;
  /** Pooled, L2-normalised embedding of one text: [embeddingWidth]. */
  embed(tokens: Int32Array, gone?: AbortSignal): Promise<Float32Array>;
  /** The latest plans, oldest first; none where nothing speculates. */
  plans(): Promise<readonly PlanRecord[]>;
  /** Called after every step with its report. */
  onStep(listener: (report: StepReport) => void): void;
  /** Called when the books of the KV cache were found wrong, and have been mended. */
  onBooksMended(listener: (problem: string) => void): void;
  /** Requests in flight, running or waiting. */
  readonly inFlight: number;
  /** As of the latest news, which also comes when a request is cancelled; undefined before the first. */
  readonly cells?: CellCounts | undefined;
  /** Set while the engine thread does not move; still set after `close` when it never ended. */
  readonly stall: EngineStall | undefined;
  /**
   * Takes no more requests, lets those in flight end within `graceMs`, then cancels the rest; each is
   * answered. Frees everything, unless the thread does not end: then it returns all the same, with `stall` set.
   */
  close(options: { readonly graceMs: number }): Promise<void>;
}
