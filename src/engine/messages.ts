/** What the engine's handle and its thread say to each other. */
import type { DraftId } from '../base/draft-id.js';
import type { PlainError } from '../base/errors.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { EmbeddingAnswer } from './embedding-turns.js';
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

export interface DraftToLoad {
  readonly draft: DraftId;
  readonly file: string;
  readonly version: string;
  /** Not by name: whoever asked for a draft by name keeps it. */
  readonly forTask: boolean;
}

/** To each message about drafts: all that there are after it, what can guess now, and why it came to nothing. */
export interface DraftAnswer {
  readonly id: number;
  readonly drafts: readonly DraftStatus[];
  readonly proposers: readonly ProposerName[];
  readonly error?: PlainError | undefined;
}

export interface ThreadData {
  readonly model: ModelOptions;
  readonly options: EngineOptions;
  /** The memory of a `Pulse`. */
  readonly pulse: SharedArrayBuffer;
}

export type ToThread =
  | { readonly type: 'submit'; readonly request: EngineRequest }
  /** Also ends an embedding. */
  | { readonly type: 'cancel'; readonly id: number }
  /** Its reader does not keep up; or does again. */
  | { readonly type: 'pause' | 'resume'; readonly id: number }
  | { readonly type: 'embed'; readonly id: number; readonly tokens: Int32Array }
  /** Whether records of ended requests are to bring their tokens. */
  | { readonly type: 'tokens'; readonly wanted: boolean }
  /** Asks for the latest plans. */
  | { readonly type: 'plans'; readonly id: number }
  /** A draft whose file was found good, of this version, with the target's vocabulary. */
  | ({ readonly type: 'loadDraft'; readonly id: number } & DraftToLoad)
  | {
      readonly type: 'unloadDraft';
      readonly id: number;
      readonly draft: DraftId;
      readonly forTask: boolean;
    }
  /** Asks for the drafts. */
  | { readonly type: 'drafts'; readonly id: number }
  | { readonly type: 'relabel'; readonly id: number; readonly label: number }
  /** End all that is in flight as cancelled, free everything and leave. */
  | { readonly type: 'stop' };

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
  | { readonly type: 'plans'; readonly id: number; readonly plans: readonly PlanRecord[] }
  | ({ readonly type: 'drafts' } & DraftAnswer)
  | ({ readonly type: 'embedded' } & EmbeddingAnswer);
