/**
 * The engine thread: reads messages, steps while there is work, sleeps when there is none. It blocks on
 * nothing but the native library and the wait for the next message.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert, ForetokenError } from '../base/errors.js';
import { LlamaEngineModel } from '../llama/engine-model.js';
import { availableBytes } from '../llama/memory.js';
import { EngineCore } from './core.js';
import { DraftCommands } from './draft-commands.js';
import { KnownCosts } from './known-costs.js';
import type { FromThread, ThreadData, ToThread } from './messages.js';
import { EmbeddingTurns } from './embedding-turns.js';
import { IdleAudit } from './idle-audit.js';
import { Outbox } from './outbox.js';
import { Pulse } from './pulse.js';
import type { CellCounts, StepReport } from './types.js';
import { WarmUp } from './warm-up.js';

assert(parentPort !== null, 'engine/thread.js runs as a worker only');
const port = parentPort;
const { model: modelOptions, options, pulse: memory } = workerData as ThreadData;
const pulse = new Pulse(memory);
const send = (message: FromThread): void => {
  port.postMessage(message);
};

/** Of what is free when the engine starts, for all drafts together where nobody says how much. */
const DRAFT_SHARE_OF_MEMORY = 0.25;

/** A progress bar needs no more news than this. */
const PROGRESS_INTERVAL_MS = 100;

interface Loaded {
  readonly model: LlamaEngineModel;
  readonly core: EngineCore;
  /** What is to be run before the first request; the caches must be empty. */
  readonly warmUp: () => WarmUp | undefined;
  readonly drafts: DraftCommands;
}

function load(): Loaded | undefined {
  const startMs = performance.now();
  try {
    let toldAtMs = startMs;
    const model = LlamaEngineModel.load(modelOptions, (progress) => {
      if (performance.now() - toldAtMs < PROGRESS_INTERVAL_MS) return;
      toldAtMs = performance.now();
      send({ type: 'loading', progress });
    });
    const { decoder } = model;
    const notes: string[] = [];
    const known = new KnownCosts(model, modelOptions, (text) => notes.push(text));
    const costs = known.atStart(options.speculation);
    const draftBytes = options.speculation.draftBytes ?? DRAFT_SHARE_OF_MEMORY * availableBytes();
    const core = new EngineCore(
      model,
      { ...options, speculation: { ...options.speculation, draftBytes } },
      {
        costs,
        onPhase: (phase) => {
          pulse.beat(phase);
        },
      },
    );
    core.grammars.prepare();
    send({
      type: 'ready',
      info: {
        vocabularySize: decoder.vocabularySize,
        sequenceCapacity: decoder.sequenceCapacity,
        cellCount: decoder.cellCount,
        parallel: options.parallel,
        threads: decoder.threads,
        computing: decoder.model.computing,
        hasDraft: model.drafts.length > 0,
        proposers: core.speculator.proposers.names,
        canSpeculate: decoder.canTruncate,
        embeddingWidth: model.embeddingWidth,
        ranks: model.ranks,
        contextTrain: decoder.model.contextTrain,
        exactness: model.exactness,
        exactnessReason: model.exactnessReason,
        notes,
        loadMs: performance.now() - startMs,
      },
    });
    const drafts = new DraftCommands(model, core, known, send);
    return { model, core, drafts, warmUp: () => WarmUp.for(model, options, costs) };
  } catch (thrown) {
    send({ type: 'failed', error: ForetokenError.from(thrown).toPlain() });
    return undefined;
  }
}

function run({ model, core, drafts, warmUp }: Loaded): void {
  let warming = warmUp();
  let draftsWarmed = model.drafts.length;
  const endWarmUp = (): void => {
    warming?.end();
    warming = undefined;
  };
  const cells = (): CellCounts => {
    const { inUse, cached, free } = core.pool;
    return { inUse, cached, free };
  };
  const outbox = new Outbox((events, reports) => {
    send({ type: 'news', events, reports, cells: cells(), costs: core.speculator.timing.costs });
  });
  const embeddings = new EmbeddingTurns((tokens) => model.embedInPieces(tokens));
  const audit = new IdleAudit(core, (problem) => {
    send({ type: 'books-mended', problem, cells: cells() });
  });
  for (let read = -1; ;) {
    const seen = pulse.messages;
    // Whatever comes, the caches are empty before it is looked at.
    if (seen !== 0 && seen !== read) endWarmUp();
    // Between any two pieces of work: who hangs up is let go after one.
    if (seen !== read && !receiveAll(core, embeddings, drafts)) break;
    read = seen;
    if (model.drafts.length > draftsWarmed) {
      draftsWarmed = model.drafts.length;
      if (core.idle && core.pool.inUse === 0 && core.pool.cached === 0) warming = warmUp();
    }
    if (!core.idle) audit.stepped();
    const report = core.idle ? undefined : stepSafely(core, audit);
    drafts.settle();
    if (!embeddings.idle) {
      pulse.beat('embedding');
      const answer = embeddings.turn(report?.stepMs);
      if (answer !== undefined) send({ type: 'answer', ...answer });
    }
    outbox.add(core.takeEvents(), report);
    outbox.flush(performance.now(), core.idle);
    if (!core.idle || !embeddings.idle) continue;
    if (warming !== undefined) {
      pulse.beat('warming up');
      if (!warmSafely(warming)) endWarmUp();
    } else {
      // Sleeps only if no message has come since `seen` was read; a wake-up is then never missed.
      pulse.sleep(seen, audit.look(performance.now()));
    }
  }
  pulse.beat('ending');
  const ending = new ForetokenError('shutting_down', 'The server is shutting down.').toPlain();
  for (const answer of embeddings.failAll(ending)) send({ type: 'answer', ...answer });
  core.failAll(ending);
  outbox.add(core.takeEvents(), undefined);
  outbox.flush(performance.now(), true);
  model.dispose();
}

/** False once told to stop. */
function receiveAll(core: EngineCore, embeddings: EmbeddingTurns, drafts: DraftCommands): boolean {
  pulse.beat('reading messages');
  for (;;) {
    const received = receiveMessageOnPort(port) as { message: ToThread } | undefined;
    if (received === undefined) return true;
    const { message } = received;
    switch (message.type) {
      case 'submit':
        core.submit(message.request);
        break;
      case 'cancel':
        core.cancel(message.id);
        embeddings.cancel(message.id);
        break;
      case 'pause':
        core.pause(message.id);
        break;
      case 'resume':
        core.resume(message.id);
        break;
      case 'embed':
        embeddings.add(message.id, message.tokens);
        break;
      case 'tokens':
        core.tellsTokens = message.wanted;
        break;
      case 'plans':
        send({ type: 'answer', id: message.id, value: core.speculator.records.toArray() });
        break;
      case 'loadDraft':
        pulse.beat('loading a draft');
        drafts.receive(message);
        pulse.beat('reading messages');
        break;
      case 'unloadDraft':
      case 'drafts':
        drafts.receive(message);
        break;
      case 'relabel':
        core.relabel(message.id, message.label);
        break;
      case 'stop':
        return false;
    }
  }
}

/** A fault while nobody waits for anything is no reason not to serve. */
function warmSafely(warmUp: WarmUp): boolean {
  try {
    return warmUp.step();
  } catch {
    return false;
  }
}

/** A fault in a step is answered to every request, and the engine goes on. */
function stepSafely(core: EngineCore, audit: IdleAudit): StepReport | undefined {
  try {
    return core.step();
  } catch (thrown) {
    core.failAll(ForetokenError.from(thrown).toPlain());
    // The decoder may hold what the books do not know.
    audit.look(Infinity);
    return undefined;
  }
}

const loaded = load();
if (loaded) run(loaded);
