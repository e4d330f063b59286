/** What every route shares: the engine, the model's text side, the metrics, and whether the server is closing. */
import type { ForetokenError } from '../base/errors.js';
import type { SamplingDefaults } from '../base/sampling-options.js';
import type { GrammarCompiler } from '../constraints/grammar-compiler.js';
import type { DraftSource } from '../drafts/registry/source.js';
import type { EngineHandle } from '../engine/types.js';
import type { TextCodec, TokenTable } from './codec.js';
import type { FurtherModel, ListedModel } from './further-models.js';
import type { ApiKeys } from './guards.js';
import type { ServerMetrics } from './metrics.js';
import type { JournalWriter } from '../tasks/journal/writer.js';
import type { TaskSource } from '../tasks/router/knowledge.js';
import type { ModelLimits } from './model-limits.js';
import type { RequestJournal } from './request-journal.js';
import type { Reloaded } from './task-drafts.js';
import type { TaskRouting } from './task-routing.js';

export interface ServerOptions {
  readonly engine: EngineHandle;
  readonly codec: TextCodec;
  /** The name that requests call the model by. */
  readonly modelId: string;
  readonly modelPath: string;
  /** Models that are loaded when a request names them. */
  readonly furtherModels?: readonly FurtherModel[];
  /** Memory that they may take together. */
  readonly furtherModelsBytes?: number;
  /** Folder whose files may be loaded as drafts by request; none: none may. */
  readonly draftsDir?: string | undefined;
  /** Drafts of the model's tasks, which come and go with what this says; none: none do. */
  readonly taskDrafts?: DraftSource | undefined;
  /** Told of what a reload of them came to. */
  readonly onDraftsReloaded?: ((reloaded: Reloaded) => void) | undefined;
  /** Keys of which a request must bring one; none: open to everybody who can reach the port. */
  readonly apiKeys?: readonly string[];
  /** `/metrics` and `/v1/stats` ask for no key. */
  readonly openMetrics?: boolean;
  /** Whether events of statistics tell the texts of requests. */
  readonly statsTexts?: boolean;
  /** The address that will be listened on, which says what the server may be called; none: loopback. */
  readonly listensOn?: string;
  /** Further names that it may be called by; `*`: any. */
  readonly allowedHosts?: readonly string[];
  /** Origins besides its own that browsers may call from, or `*`. */
  readonly corsOrigins?: readonly string[];
  readonly bodyLimitBytes?: number;
  /** How long requests in flight may go on after `close()`. */
  readonly shutdownGraceMs?: number;
  /** How long a client may leave its answer unread before it is ended. */
  readonly stallTimeoutMs?: number;
  /** Embedding requests that may wait; one more is refused with `queue_full`. */
  readonly embeddingQueueLimit?: number;
  /** How words are chosen where a request does not say; what is left out is as `PLAIN_SAMPLING`. */
  readonly sampling?: Partial<SamplingDefaults>;
  /** Fields that are not known are refused, not left out of account with a warning. */
  readonly strict?: boolean;
  /** Changes whenever the same seed may give another text: version, model file. */
  readonly systemFingerprint?: string;
  /** Where requests are journalled; none: nowhere. The server closes it. */
  readonly journal?: JournalWriter | undefined;
  /** What is known of the first model's tasks; none: prompts are not told apart. */
  readonly tasks?: TaskSource | undefined;
  /** Told why tasks cannot be read. */
  readonly onTaskProblem?: (text: string) => void;
  /** Told of every failure that is the server's own. */
  readonly onInternalError?: (error: ForetokenError) => void;
}

export interface ServerContext {
  readonly engine: EngineHandle;
  readonly codec: TextCodec;
  readonly table: TokenTable;
  readonly limits: ModelLimits;
  readonly modelId: string;
  readonly modelPath: string;
  /** All models of the server, the first and then the further ones. */
  readonly served: () => readonly ListedModel[];
  readonly systemFingerprint: string;
  readonly embeddingQueueLimit: number;
  readonly stallTimeoutMs: number;
  /** Seconds since 1970. */
  readonly startedAt: number;
  readonly metrics: ServerMetrics;
  /** Compiles what restricts texts. */
  readonly grammars: GrammarCompiler;
  readonly keys: ApiKeys;
  /** Undefined where nothing is journalled. */
  readonly journal: RequestJournal | undefined;
  /** Undefined where prompts are not told apart. */
  readonly tasks: TaskRouting | undefined;
  closing: boolean;
}
