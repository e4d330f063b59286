/** What the engine's handle and its thread say to each other. */
import type { DraftId } from '../base/draft-id.js';
import type { PlainError } from '../base/errors.js';
import type {
  CellCounts,
  DecodeCosts,
  DraftStatus,
  EngineInfo,
  EngineOptions,
  EngineRequest,
  ModelOptions,
  ProposerName,
  RequestEvent,
  StepReport,
} from './types.js';

export interface ThreadData {
  readonly model: ModelOptions;
  readonly options: EngineOptions;
  /** The memory of a `Pulse`. */
  readonly pulse: SharedArrayBuffer;
}

/** What is answered. */
export type Call =
  | { readonly type: 'embed'; readonly tokens: Int32Array }
  /** For the latest plans. */
  | { readonly type: 'plans' }
  /** To be told of the drafts. */
  | { readonly type: 'drafts' }
  | {
      readonly type: 'loadDraft';
      readonly draft: DraftId;
      /** Found good, of this version, with the target's vocabulary. */
      readonly file: string;
      readonly version: string;
      /** Not by name: whoever asked for a draft by name keeps it. */
      readonly forTask: boolean;
    }
  | { readonly type: 'unloadDraft'; readonly draft: DraftId; readonly forTask: boolean };

export interface Answer {
  /** Of the call. */
  readonly id: number;
  readonly value?: unknown;
  /** Why it came to nothing. */
  readonly error?: PlainError | undefined;
}

export type ToThread =
  | { readonly type: 'submit'; readonly request: EngineRequest }
  /** Also ends an embedding. */
  | { readonly type: 'cancel'; readonly id: number }
  /** Its reader does not keep up; or does again. */
  | { readonly type: 'pause' | 'resume'; readonly id: number }
  /** Whether records of ended requests are to bring their tokens. */
  | { readonly type: 'tokens'; readonly wanted: boolean }
  | { readonly type: 'relabel'; readonly id: number; readonly label: number }
  /** End all that is in flight as cancelled, free everything and leave. */
  | { readonly type: 'stop' }
  | (Call & { readonly id: number });

export type FromThread =
  | { readonly type: 'loading'; readonly progress: number }
  | { readonly type: 'ready'; readonly info: EngineInfo }
  | { readonly type: 'failed'; readonly error: PlainError }
  | {
      readonly type: 'news';
      readonly events: readonly RequestEvent[];
      readonly reports: readonly StepReport[];
      readonly cells: CellCounts;
      readonly costs: DecodeCosts | undefined;
    }
  /** The books of the KV cache were wrong, and have been mended. */
  | { readonly type: 'books-mended'; readonly problem: string; readonly cells: CellCounts }
  /** Before each answer about drafts: all that there are, and what can guess now. */
  | {
      readonly type: 'drafts';
      readonly drafts: readonly DraftStatus[];
      readonly proposers: readonly ProposerName[];
    }
  | ({ readonly type: 'answer' } & Answer);
