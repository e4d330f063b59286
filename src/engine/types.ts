/**
 * The engine's vocabulary: what goes in, what comes out. Everything here can be sent between threads.
 */
import type { PlainError } from '../base/errors.js';
import type { DraftId } from '../base/draft-id.js';
import type { SamplingOptions } from '../base/sampling-options.js';
import type { CompiledGrammar } from '../constraints/network.js';
import type { Mechanism } from '../planning/mechanisms.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { Computing } from '../llama/devices.js';
import type { CacheType } from '../llama/cache-types.js';
import type { Exactness } from '../llama/invariance.js';
import type { GuessCounts } from './guess-counts.js';
import { recordOfRefused, type RequestRecord } from './request-record.js';
import type { ProposerName, SpeculationMode, SpeculationWish } from './speculation-mode.js';

export type { SamplingOptions } from '../base/sampling-options.js';

export {
  AS_THE_ENGINE,
  PROPOSERS,
  type ProposerName,
  type SpeculationMode,
  type SpeculationWish,
} from './speculation-mode.js';
export type { FinishReason, RequestRecord, RequestStatistics } from './request-record.js';

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
  readonly finish?: RequestRecord & {
    /** Bytes at the end of the request's text that belong to the stop string or what follows it. */
    readonly stopTrimBytes: number;
    /** The stop text that was found. */
    readonly stop?: string;
  };
}

/** The one event of a request that ends in an error before anything was done for it. */
export function refusalOf(
  id: number,
  error: PlainError,
  { label, prompt }: Partial<Pick<EngineRequest, 'label' | 'prompt'>> = {},
): RequestEvent {
  const record = recordOfRefused(id, error, label, prompt?.length);
  return { id, tokens: [], accepted: 0, finish: { ...record, stopTrimBytes: 0 } };
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
  /** Decodes of the target and of draft models. */
  readonly targetDecodes: number;
  readonly draftDecodes: number;
  /** Requests that decoded, with or without guesses. */
  readonly decodingRequests: number;
  readonly drafts: number;
  /** What the step was predicted to take, milliseconds; undefined where it was not looked at. */
  readonly predictedMs: number | undefined;
  /** Part of the step in which the planner chose, milliseconds; 0 where nobody speculates. */
  readonly planMs: number;
  /** Guesses verified and accepted, by who made them and by position. */
  readonly guesses: Readonly<GuessCounts>;
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
  /** Most prompt tokens computed in a step, so that a long prompt delays nobody for long; undefined: as many as are worth it. */
  readonly prefillChunk?: number | undefined;
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
    /** Most memory of all draft models together, bytes; undefined: a quarter of what is free when the engine starts. */
    readonly draftBytes?: number | undefined;
  };
  /** File to which every step's plan is appended as a line of JSON; undefined for none. */
  readonly planLog?: string | undefined;
}

/**
 * A draft model: `loading` while its file is looked at, `ready` for requests, `leaving` while those that have it end
 * and nobody gets it any more.
 */
export interface DraftStatus {
  readonly id: DraftId;
  /** Tells files under one id apart; empty while it is loading. */
  readonly version: string;
  readonly state: 'loading' | 'ready' | 'leaving';
  /** Of weights and KV cache. */
  readonly bytes: number;
  /** Requests that have it. */
  readonly requests: number;
  /** Requests that name no draft get this one. */
  readonly isDefault: boolean;
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
  /** False: weights are copied into memory instead of mapped, and the file may be written to while it is served. */
  readonly mmap?: boolean | undefined;
  /** Types of the KV cache's keys and values; undefined: those that make texts exact, where that is asked for, or else F16. */
  readonly cacheTypeK?: CacheType | undefined;
  readonly cacheTypeV?: CacheType | undefined;
  /** LoRA adapters applied to the target. */
  readonly loraPaths: readonly string[];
  /** Jinja text in place of the model's own: it tells where former answers are in a prompt. */
  readonly chatTemplate?: string | undefined;
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

/** Milliseconds of decodes, as the planner knows them now. */
export interface DecodeCosts {
  readonly oneTokenMs: number;
  readonly eightTokensMs: number;
  /** [draft that is loaded] one token; the first draft first. */
  readonly draftTokenMs: Readonly<Record<string, number>>;
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
  /**
   * Loads a draft model while requests run; one of the same id and another version takes its place. Requests that
   * begin after this has resolved can have it. One that is loaded `forTask`, because its task has come and not because
   * somebody named it, takes neither the memory nor the id of a draft that was loaded otherwise.
   * @throws ForetokenError `invalid_request` (the id), `file_not_found`, `invalid_gguf`, `unsupported_architecture`,
   *   `vocabulary_mismatch`, `out_of_memory`, and as `submit`; the drafts are then as they were
   */
  loadDraft(draft: {
    readonly id: string;
    readonly file: string;
    readonly forTask?: boolean;
  }): Promise<DraftStatus>;
  /**
   * Takes a draft away: new requests no longer get it, and it is freed when the last that has it has ended. Resolves then.
   * With `forTask` only one that was loaded so; another one stays.
   * @throws ForetokenError `draft_not_found`, and `cancelled` when it is loaded again meanwhile
   */
  unloadDraft(id: string, options?: { readonly forTask?: boolean }): Promise<void>;
  drafts(): Promise<readonly DraftStatus[]>;
  /** From now on the request is another kind of work; nothing happens when it has ended. */
  relabel(requestId: number, label: number): void;
  /** Called after every step with its report. */
  onStep(listener: (report: StepReport) => void): void;
  /** Called when the books of the KV cache were found wrong, and have been mended. */
  onBooksMended(listener: (problem: string) => void): void;
  /**
   * Called once for every request that was submitted, when it ends.
   * @param wants `tokens`: records bring the request's tokens, at the cost of sending them between threads
   * @returns ends the calls
   */
  onRequestEnd(listener: (record: RequestRecord) => void, wants?: { readonly tokens: boolean }): () => void;
  /** Requests in flight, running or waiting. */
  readonly inFlight: number;
  /** As of the latest news, which also comes when a request is cancelled; undefined before the first. */
  readonly cells?: CellCounts | undefined;
  /** As of the latest news; undefined before the first, and where nothing is planned with costs. */
  readonly costs?: DecodeCosts | undefined;
  /** Set while the engine thread does not move; still set after `close` when it never ended. */
  readonly stall: EngineStall | undefined;
  /**
   * Takes no more requests, lets those in flight end within `graceMs`, then cancels the rest; each is
   * answered. Frees everything, unless the thread does not end: then it returns all the same, with `stall` set.
   */
  close(options: { readonly graceMs: number }): Promise<void>;
}
