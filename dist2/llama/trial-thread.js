/**
 * Tries a model file on another thread: the trial waits for a child process, and a server that has other models to
 * serve cannot wait. What goes well is remembered, so that loading it afterwards need not try again. Also the program
 * of that thread.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ForetokenError } from '../base/errors.js';
import { LlamaModel } from './model.js';
/** @throws ForetokenError as `LlamaModel.check` */
export function tryInThread(path, { gpu, gpuLayers, device, }) {
    const data = { trial: { path, options: { gpu, gpuLayers, device } } };
    return new Promise((resolve, reject) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: data, name: 'foretoken-trial' });
        worker.once('message', (error) => {
            if (error === null)
                resolve();
            else
                reject(ForetokenError.fromPlain(error));
        });
        worker.once('error', reject);
        worker.once('exit', () => {
            reject(new ForetokenError('internal_error', `The thread that tries ${path} has ended without a word.`));
        });
    });
}
function isTrial(data) {
    return typeof data === 'object' && data !== null && 'trial' in data;
}
if (!isMainThread && isTrial(workerData)) {
    const { path, options } = workerData.trial;
    try {
        LlamaModel.check(path, options);
        parentPort.postMessage(null);
    }
    catch (error) {
        parentPort.postMessage(ForetokenError.from(error).toPlain());
    }
}
//# sourceMappingURL=trial-thread.js.map