/**
 * For tests: a thread that speaks like the engine's and, at the word of a request's length, hangs in native code
 * (`maxTokens` 1), dies (2), says that it has mended its books (3), or never answers while it moves (any other).
 */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import koffi from 'koffi';
import { Pulse } from './pulse.js';
export const HANG = 1;
export const DIE = 2;
export const MEND = 3;
if (parentPort !== null) {
    const { options, pulse: memory } = workerData;
    const pulse = new Pulse(memory);
    const ready = { type: 'ready', info: infoOf(options.parallel) };
    parentPort.postMessage(ready);
    for (let open = true; open;) {
        const seen = pulse.messages;
        pulse.beat('reading messages');
        for (;;) {
            const message = receiveMessageOnPort(parentPort)?.message;
            if (message === undefined)
                break;
            if (message.type === 'stop')
                open = false;
            if (message.type !== 'submit')
                continue;
            pulse.beat('decoding');
            if (message.request.maxTokens === DIE)
                throw new Error('the thread dies');
            if (message.request.maxTokens === MEND) {
                const mended = {
                    type: 'books-mended',
                    problem: 'one cell is missing',
                    cells: { inUse: 0, cached: 0, free: 2048 },
                };
                parentPort.postMessage(mended);
            }
            // Not to be ended by anything but the end of the process, like a loop in the library.
            if (message.request.maxTokens === HANG)
                koffi.load(null).func('int pause()')();
        }
        if (open)
            pulse.sleep(seen);
    }
}
function infoOf(parallel) {
    return {
        vocabularySize: 257,
        sequenceCapacity: 512,
        cellCount: 2048,
        parallel,
        threads: 1,
        hasDraft: false,
        canSpeculate: false,
        proposers: [],
        embeddingWidth: 3,
        ranks: false,
        contextTrain: 1,
        computing: { gpus: [], gpuLayers: 0, layers: 1 },
        exactness: 'exact',
        exactnessReason: 'nothing is computed',
        notes: [],
        loadMs: 1,
    };
}
//# sourceMappingURL=test-thread.js.map