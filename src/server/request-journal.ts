/**
 * Journals what one engine's requests were and became. Words come when a request begins, its record when it ends; both
 * are put together here and go to the journal's thread.
 */
import { fileFingerprint } from '../base/file-fingerprint.js';
import { targetFingerprint } from '../drafts/registry/place.js';
import type { RequestRecord } from '../engine/request-record.js';
import type { EngineHandle } from '../engine/types.js';
import type { JournalMessage } from '../tasks/journal/entry.js';
import type { JournalWriter } from '../tasks/journal/writer.js';
import type { TokenTable } from './codec.js';
import type { AskedWords } from './asked-prompt.js';

export class RequestJournal {
  readonly #writer: JournalWriter;
  readonly #table: TokenTable;
  readonly #target: string;
  readonly #targetFile: string;
  readonly #taskOf: (record: RequestRecord) => string | undefined;
  /** [request in flight] the messages it brought. */
  readonly #messages = new Map<number, readonly JournalMessage[]>();

  /** @param taskOf the task that a record's label means */
  constructor(
    writer: JournalWriter,
    model: { readonly engine: EngineHandle; readonly table: TokenTable; readonly modelPath: string },
    taskOf: (record: RequestRecord) => string | undefined = () => undefined,
  ) {
    this.#writer = writer;
    this.#table = model.table;
    this.#target = targetFingerprint(model.modelPath);
    this.#targetFile = fileFingerprint(model.modelPath);
    this.#taskOf = taskOf;
    model.engine.onRequestEnd(
      (record) => {
        this.#ended(record);
      },
      { tokens: true },
    );
  }

  /** A request has been submitted. */
  began(id: number, words: AskedWords): void {
    if (typeof words !== 'string' && words !== undefined)
      this.#messages.set(
        id,
        words.map(({ role, content }) => ({ role, content })),
      );
  }

  #ended(record: RequestRecord): void {
    const { tokens, statistics } = record;
    const messages = this.#messages.get(record.id);
    this.#messages.delete(record.id);
    // Refused: nothing was done for it.
    if (tokens === undefined) return;
    const promptTokens = tokens.slice(0, statistics.promptTokens);
    const outputTokens = tokens.slice(statistics.promptTokens);
    this.#writer.add({
      atMs: Date.now(),
      target: this.#target,
      targetFile: this.#targetFile,
      messages,
      promptText: this.#textOf(promptTokens),
      output: this.#textOf(outputTokens),
      promptTokens,
      outputTokens,
      task: this.#taskOf(record),
      draft: record.draft,
      guesses: record.guesses,
      refusedAt: record.refusedAt,
      reason: record.reason,
      statistics,
    });
  }

  #textOf(tokens: Int32Array): string {
    return Buffer.concat(Array.from(tokens, (token) => this.#table.bytes(token))).toString('utf8');
  }
}
