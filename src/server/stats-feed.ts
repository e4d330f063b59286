/**
 * Server-sent events of what the engines do: what the steps of a quarter of a second came to, and each request at its
 * end. Nothing is kept for a reader that does not read: what it misses is left out and counted.
 */
import type { FastifyReply } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import type { RequestRecord } from '../engine/request-record.js';
import type { StepReport } from '../engine/types.js';
import type { Route } from '../tasks/router/router.js';
import { namedEvent, openStream, type SseWriter } from './sse.js';
import { Sums, type StatisticsListener } from './statistics.js';
import { requestField, stepsField } from './stats-format.js';

export const MOST_READERS = 16;
/** Steps are told together. */
const INTERVAL_MS = 250;
/** Proxies close connections on which nothing comes. */
const HEARTBEAT_MS = 15_000;

interface Reader {
  readonly writer: SseWriter;
  /** Events left out since the last that was written. */
  dropped: number;
}

export interface FeedOptions {
  /** How long a reader may take nothing before its connection is closed. */
  readonly stallTimeoutMs: number;
  /** What holds in a model at the moment. */
  readonly now: (model: string) => object;
  /** The texts of a request, where they may be told; undefined where not. */
  readonly textOf: (model: string, record: RequestRecord) => unknown;
}

export class StatisticsFeed implements StatisticsListener {
  readonly #options: FeedOptions;
  readonly #readers = new Set<Reader>();
  /** By model, since the last event. */
  readonly #pending = new Map<string, Sums>();
  #timer: NodeJS.Timeout | undefined;
  #toldMs = 0;
  #beatMs = 0;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** @throws ForetokenError `too_many_readers` */
  join(reply: FastifyReply): void {
    if (this.#readers.size >= MOST_READERS)
      throw new ForetokenError(
        'too_many_readers',
        `${MOST_READERS} readers follow the statistics already; end one of them, or ask for /v1/stats now and then.`,
      );
    const leave = (): void => {
      this.#readers.delete(reader);
      if (this.#readers.size === 0) this.#rest();
    };
    const writer = openStream(reply, {
      timeoutMs: this.#options.stallTimeoutMs,
      onStalled: () => {
        leave();
        writer.release();
        reply.raw.destroy();
      },
    });
    const reader: Reader = { writer, dropped: 0 };
    reply.raw.once('close', leave);
    this.#readers.add(reader);
    // The head leaves at once, so that a reader knows that it is heard.
    writer.write(': statistics\n\n');
    if (this.#timer !== undefined) return;
    this.#toldMs = this.#beatMs = performance.now();
    this.#timer = setInterval(() => {
      this.#tick();
    }, INTERVAL_MS);
    this.#timer.unref();
  }

  stepEnded(model: string, report: StepReport): void {
    if (this.#readers.size === 0) return;
    let sums = this.#pending.get(model);
    if (sums === undefined) this.#pending.set(model, (sums = new Sums()));
    sums.addStep(report);
  }

  requestEnded(model: string, record: RequestRecord, route?: Route): void {
    if (this.#readers.size === 0) return;
    const ended = { endedAt: Date.now() / 1000, record, route };
    this.#tell({ type: 'request', model, ...requestField(ended, this.#options.textOf(model, record)) });
  }

  /** Ends all streams with what is still to be told. */
  close(): void {
    this.#tick();
    for (const reader of this.#readers) reader.writer.end(missed(reader) + namedEvent({ type: 'end' }));
    this.#readers.clear();
    this.#rest();
  }

  #rest(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#pending.clear();
  }

  #tick(): void {
    const nowMs = performance.now();
    const intervalMs = nowMs - this.#toldMs;
    this.#toldMs = nowMs;
    for (const [model, sums] of this.#pending)
      this.#tell({
        type: 'step',
        model,
        interval_ms: intervalMs,
        ...this.#options.now(model),
        ...stepsField(sums),
      });
    this.#pending.clear();
    if (nowMs - this.#beatMs < HEARTBEAT_MS) return;
    this.#beatMs = nowMs;
    for (const reader of this.#readers) if (!reader.writer.blocked) reader.writer.write(': still here\n\n');
  }

  #tell(event: { readonly type: string; readonly [field: string]: unknown }): void {
    const text = namedEvent(event);
    for (const reader of this.#readers) {
      if (reader.writer.blocked) {
        reader.dropped += 1;
        continue;
      }
      reader.writer.write(missed(reader) + text);
      reader.dropped = 0;
    }
  }
}

/** Says what the reader has missed. */
const missed = ({ dropped }: Reader): string =>
  dropped === 0 ? '' : namedEvent({ type: 'dropped', events: dropped });
