/**
 * Tries a model file on another thread: the trial waits for a child process, and a server that has other models to
 * serve cannot wait. What goes well is remembered, so that loading it afterwards need not try again. Also the program
 * of that thread.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ForetokenError, type PlainError } from '../base/errors.js';
import { LlamaModel, type ModelLoadOptions } from './model.js';
import type { Gpu } from './packages.js';

interface Trial {
  readonly trial: { readonly path: string; readonly options: ModelLoadOptions };
}

/** @throws ForetokenError as `LlamaModel.check` */
export function tryInThread(
  path: string,
  {
    gpu,
    gpuLayers,
    device,
  }: { readonly gpu: Gpu; readonly gpuLayers: number; readonly device?: string | undefined },
): Promise<void> {
  const data: Trial = { trial: { path, options: { gpu, gpuLayers, device } } };
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data, name: 'foretoken-trial' });
    worker.once('message', (error: PlainError | null) => {
      if (error === null) resolve();
      else reject(ForetokenError.fromPlain(error));
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      reject(new ForetokenError('internal_error', `The thread that tries ${path} has ended without a word.`));
    });
  });
}

function isTrial(data: unknown): data is Trial {
  return typeof data === 'object' && data !== null && 'trial' in data;
}

if (!isMainThread && isTrial(workerData)) {
  const { path, options } = workerData.trial;
  try {
    LlamaModel.check(path, options);
    parentPort!.postMessage(null);
  } catch (error) {
    parentPort!.postMessage(ForetokenError.from(error).toPlain());
  }
}
