/** What the journal keeps of a request: what was asked, what the target wrote, and how its guesses fared. */
import type { GuessCounts } from '../../engine/guess-counts.js';
import type { FinishReason, RequestStatistics } from '../../engine/request-record.js';

export interface JournalMessage {
  readonly role: string;
  readonly content: string;
}

/** A conversation, or the text of a plain completion. */
export type JournalPrompt = readonly JournalMessage[] | string;

export interface JournalEntry {
  /** Given by the store; grows with time. */
  readonly id: number;
  /** Milliseconds since 1970, when the request ended or the line was imported. */
  readonly atMs: number;
  /** `served`: the output is the target's own. `imported`: it is whatever the file said, perhaps nothing. */
  readonly source: 'served' | 'imported';
  /**
   * Vocabulary and shape of the target, as the registry of drafts names it, whatever its quantisation; undefined of
   * imported entries, and of those that were written before journals knew it.
   */
  readonly target: string | undefined;
  /** Size and content of the target's file (`base/file-fingerprint.ts`); undefined of imported ones. */
  readonly targetFile: string | undefined;
  /** Redacted. */
  readonly prompt: JournalPrompt;
  /** Redacted. */
  readonly output: string;
  /** Empty where something in the prompt was redacted, for they would tell it, and of imported entries. */
  readonly promptTokens: readonly number[];
  /** The target's own; empty as above. */
  readonly outputTokens: readonly number[];
  /** Undefined: nobody has said yet. */
  readonly task: string | undefined;
  /** Id of the draft model that the request had. */
  readonly draft: string | undefined;
  /** Verified and accepted, by who guessed and by position in the draft. */
  readonly guesses: Readonly<GuessCounts>;
  /** [i] index into `outputTokens` of a token that was written where something else had been guessed; ascending. */
  readonly refusedAt: readonly number[];
  /** Undefined of imported entries. */
  readonly reason: FinishReason | undefined;
  readonly statistics: RequestStatistics | undefined;
}

/** As it comes to the store. */
export type NewEntry = Omit<JournalEntry, 'id'>;
