/** The journal's thread: gathers entries for a fraction of a second, redacts them, and stores them in one transaction. */
import { parentPort, workerData } from 'node:worker_threads';
import { countText } from '../../base/count-text.js';
import { assert, ForetokenError } from '../../base/errors.js';
import type { NewEntry } from './entry.js';
import { Redactor } from './redaction.js';
import { openJournal, type Journal } from './store.js';
import { isDamaged, isFull, putAside } from './trouble.js';
import type { FromWriter, RawEntry, ToWriter, WriterData } from './writer.js';

/** The most that a sudden end loses. */
const GATHERING_MS = 200;
const BATCH = 64;
/** After a write that failed, as on a full disk. */
const RETRY_MS = 5_000;
/** Redacted entries that are kept for the next try; the oldest go first. */
const MOST_KEPT = 1024;

assert(parentPort !== null, 'journal/writer-thread.js runs as a worker only');
const port = parentPort;
const send = (message: FromWriter): void => {
  port.postMessage(message);
};

const problem = (text: string): void => {
  send({ type: 'problem', text });
};
const { folder, options } = workerData as WriterData;

/** The journal, whatever happens to its files while the server runs. */
class Store {
  #journal: Journal | undefined;

  /** @throws ForetokenError `journal_unusable`; the next try may go well */
  open(): Journal {
    if (this.#journal?.isGone === true) {
      this.close();
      problem(`the journal in ${folder} has been deleted or moved away; another is begun.`);
    }
    try {
      return (this.#journal ??= openJournal(folder, options));
    } catch (error) {
      return this.#anotherFor(error);
    }
  }

  append(entries: readonly NewEntry[]): void {
    const journal = this.open();
    try {
      journal.append(...entries);
    } catch (error) {
      // Another process of this journal may have done so already.
      (journal.isGone ? this.open() : this.#anotherFor(error)).append(...entries);
    }
  }

  close(): void {
    this.#journal?.close();
    this.#journal = undefined;
  }

  /** In place of one that is damaged. @throws `error` where that is not what is wrong */
  #anotherFor(error: unknown): Journal {
    if (!isDamaged(error)) throw error;
    this.close();
    const damaged = putAside(folder);
    problem(
      `the journal in ${folder} was damaged (${((error as Error).cause as Error).message}): it has been put aside as ` +
        `${damaged}, and another is begun. foretoken journal purge --all deletes both.`,
    );
    return (this.#journal = openJournal(folder, options));
  }
}

function start() {
  const store = new Store();
  try {
    const redactor = new Redactor(options.redact);
    try {
      store.open();
    } catch (error) {
      // There may be room later; everything else is for whoever starts the server to see to.
      if (!isFull(error)) throw error;
      problem(`nothing is journalled, and the server goes on without: ${(error as Error).message}`);
    }
    return { redactor, store };
  } catch (thrown) {
    send({ type: 'failed', error: ForetokenError.from(thrown).toPlain() });
    return undefined;
  }
}

const started = start();
if (started === undefined) port.close();
else run(started);

function run({ redactor, store }: NonNullable<typeof started>): void {
  let incoming: RawEntry[] = [];
  /** Redacted, to be stored. */
  let kept: NewEntry[] = [];
  let timer: NodeJS.Timeout | undefined;
  let failing = false;
  /** Left out since writing failed. */
  let missed = 0;
  let unclean = false;

  const redactAll = (): void => {
    const raw = incoming;
    incoming = [];
    const entries = redacted(redactor, raw);
    const lost = raw.length - entries.length;
    if (lost > 0) {
      send({ type: 'done', written: 0, lost });
      if (!unclean)
        problem(
          'a text could not be redacted in time and was not journalled; a pattern of --redact is slow on it.',
        );
      unclean = true;
    }
    kept.push(...entries);
  };

  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    redactAll();
    if (kept.length === 0) return;
    try {
      store.append(kept);
      send({ type: 'done', written: kept.length, lost: 0 });
      kept = [];
      if (failing)
        problem(`the journal is written again; left out: ${countText(missed, 'entry', 'entries')}.`);
      failing = false;
      missed = 0;
    } catch (error) {
      if (!failing)
        problem(`nothing is journalled, and the server goes on without: ${(error as Error).message}`);
      failing = true;
      const over = kept.length - MOST_KEPT;
      if (over > 0) {
        kept = kept.slice(over);
        missed += over;
        send({ type: 'done', written: 0, lost: over });
      }
      timer = setTimeout(flush, RETRY_MS);
    }
  };

  port.on('message', (message: ToWriter) => {
    if (message.type === 'entry') {
      incoming.push(message.entry);
      if (incoming.length < BATCH) timer ??= setTimeout(flush, GATHERING_MS);
      else if (failing) redactAll();
      else flush();
      return;
    }
    flush();
    clearTimeout(timer);
    if (kept.length > 0) send({ type: 'done', written: 0, lost: kept.length });
    store.close();
    port.close();
  });
  send({ type: 'ready' });
}

/** What may be stored; an entry that could not be redacted is left out. Tokens would tell what their text no longer does. */
function redacted(redactor: Redactor, raw: readonly RawEntry[]): NewEntry[] {
  const textsOf = ({ promptText, output, messages = [] }: RawEntry): string[] => [
    promptText,
    output,
    ...messages.map(({ content }) => content),
  ];
  const clean = redactor.redact(raw.flatMap(textsOf));
  let at = 0;
  return raw.flatMap((entry) => {
    const [prompt, output, ...contents] = clean.slice(at, (at += textsOf(entry).length));
    if (prompt === undefined || output === undefined || contents.includes(undefined)) return [];
    const { messages, promptText, promptTokens, outputTokens, refusedAt, ...rest } = entry;
    const isOwn = output === entry.output;
    return {
      ...rest,
      source: 'served',
      prompt: messages?.map(({ role }, index) => ({ role, content: contents[index]! })) ?? prompt,
      output,
      promptTokens: prompt === promptText ? [...promptTokens] : [],
      outputTokens: isOwn ? [...outputTokens] : [],
      refusedAt: isOwn ? refusedAt : [],
    } satisfies NewEntry;
  });
}
