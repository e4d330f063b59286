/**
 * The engine thread: reads messages, steps while there is work, sleeps when there is none. It blocks on
 * nothing but the native library and the wait for the next message.
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { assert, ForetokenError } from '../base/errors.js';
import { LlamaEngineModel } from '../llama/engine-model.js';
import { EngineCore } from './core.js';
import { knownCosts } from './known-costs.js';
import { EmbeddingTurns } from './embedding-turns.js';
import { IdleAudit } from './idle-audit.js';
import { Outbox } from './outbox.js';
import { Pulse } from './pulse.js';
import { WarmUp } from './warm-up.js';
assert(parentPort !== null, 'engine/thread.js runs as a worker only');
const port = parentPort;
const { model: modelOptions, options, pulse: memory } = workerData;
const pulse = new Pulse(memory);
const send = (message) => {
    port.postMessage(message);
};
/** A progress bar needs no more news than this. */
const PROGRESS_INTERVAL_MS = 100;
function load() {
    const startMs = performance.now();
    try {
        let toldAtMs = startMs;
        const model = LlamaEngineModel.load(modelOptions, (progress) => {
            if (performance.now() - toldAtMs < PROGRESS_INTERVAL_MS)
                return;
            toldAtMs = performance.now();
            send({ type: 'loading', progress });
        });
        const { decoder } = model;
        const notes = [];
        const costs = knownCosts(model, modelOptions, options.speculation, (text) => notes.push(text));
        const core = new EngineCore(model, options, {
            costs,
            onPhase: (phase) => {
                pulse.beat(phase);
            },
        });
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
                hasDraft: model.draft !== undefined,
                proposers: core.speculator.proposers,
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
        return { model, core, warmUp: WarmUp.for(model, options, costs) };
    }
    catch (thrown) {
        send({ type: 'failed', error: ForetokenError.from(thrown).toPlain() });
        return undefined;
    }
}
function run({ model, core, warmUp }) {
    let warming = warmUp;
    const endWarmUp = () => {
        warming?.end();
        warming = undefined;
    };
    const cells = () => {
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
    for (let read = -1;;) {
        const seen = pulse.messages;
        // Whatever comes, the caches are empty before it is looked at.
        if (seen !== 0)
            endWarmUp();
        // Between any two pieces of work: who hangs up is let go after one.
        if (seen !== read && !receiveAll(core, embeddings))
            break;
        read = seen;
        if (!core.idle)
            audit.stepped();
        const report = core.idle ? undefined : stepSafely(core, audit);
        if (!embeddings.idle) {
            pulse.beat('embedding');
            const answer = embeddings.turn(report?.stepMs);
            if (answer !== undefined)
                send({ type: 'embedded', ...answer });
        }
        outbox.add(core.takeEvents(), report);
        outbox.flush(performance.now(), core.idle);
        if (!core.idle || !embeddings.idle)
            continue;
        if (warming !== undefined) {
            pulse.beat('warming up');
            if (!warmSafely(warming))
                endWarmUp();
        }
        else {
            // Sleeps only if no message has come since `seen` was read; a wake-up is then never missed.
            pulse.sleep(seen, audit.look(performance.now()));
        }
    }
    pulse.beat('ending');
    const ending = new ForetokenError('shutting_down', 'The server is shutting down.').toPlain();
    for (const answer of embeddings.failAll(ending))
        send({ type: 'embedded', ...answer });
    core.failAll(ending);
    outbox.add(core.takeEvents(), undefined);
    outbox.flush(performance.now(), true);
    model.dispose();
}
/** False once told to stop. */
function receiveAll(core, embeddings) {
    pulse.beat('reading messages');
    for (;;) {
        const received = receiveMessageOnPort(port);
        if (received === undefined)
            return true;
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
                send({ type: 'plans', id: message.id, plans: core.speculator.records.toArray() });
                break;
            case 'stop':
                return false;
        }
    }
}
/** A fault while nobody waits for anything is no reason not to serve. */
function warmSafely(warmUp) {
    try {
        return warmUp.step();
    }
    catch {
        return false;
    }
}
/** A fault in a step is answered to every request, and the engine goes on. */
function stepSafely(core, audit) {
    try {
        return core.step();
    }
    catch (thrown) {
        core.failAll(ForetokenError.from(thrown).toPlain());
        // The decoder may hold what the books do not know.
        audit.look(Infinity);
        return undefined;
    }
}
const loaded = load();
if (loaded)
    run(loaded);
//# sourceMappingURL=thread.js.map