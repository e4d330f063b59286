/** Discovery on a thread of its own, so that a server beside it answers as before. */
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { ForetokenError, type PlainError } from '../../base/errors.js';
import { discoverTasks, type Discovery, type DiscoverOptions } from './discover.js';

interface Work {
  readonly discoverTexts: readonly string[];
  readonly options: DiscoverOptions;
}
type Answer = { readonly discovery: Discovery } | { readonly error: PlainError };

/** `discoverTasks` on another thread. @throws ForetokenError as it does, `cancelled` when the signal says so */
export async function discoverInBackground(
  texts: readonly string[],
  options: DiscoverOptions = {},
  signal?: AbortSignal,
): Promise<Discovery> {
  const work: Work = { discoverTexts: texts, options };
  const worker = new Worker(new URL(import.meta.url), { workerData: work, name: 'foretoken-discovery' });
  try {
    return await new Promise<Discovery>((resolve, reject) => {
      worker.once('message', (answer: Answer) => {
        if ('error' in answer) reject(ForetokenError.fromPlain(answer.error));
        else resolve(answer.discovery);
      });
      worker.once('error', (error) => {
        reject(ForetokenError.from(error));
      });
      worker.once('exit', () => {
        reject(
          new ForetokenError('internal_error', 'The thread that looks for tasks ended without an answer.'),
        );
      });
      const cancel = (): void => {
        reject(new ForetokenError('cancelled', 'Looking for tasks was cancelled.'));
      };
      if (signal?.aborted === true) cancel();
      signal?.addEventListener('abort', cancel, { once: true });
    });
  } finally {
    await worker.terminate();
  }
}

if (!isMainThread && typeof workerData === 'object' && workerData !== null && 'discoverTexts' in workerData) {
  const { discoverTexts, options } = workerData as Work;
  let answer: Answer;
  try {
    answer = { discovery: discoverTasks(discoverTexts, options) };
  } catch (error) {
    answer = { error: ForetokenError.from(error).toPlain() };
  }
  parentPort!.postMessage(answer);
}
