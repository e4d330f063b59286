/** For tests: a text thread that dies at the text `die`, never answers `hang`, and otherwise answers with one token. */
import { parentPort } from 'node:worker_threads';
import { READY, type TextJob } from './text-lane.js';

parentPort?.on('message', ({ job }: { readonly job: TextJob }) => {
  const text = job.type === 'tokenize' ? job.text : '';
  if (text === 'die') throw new Error('as asked');
  if (text !== 'hang') parentPort!.postMessage({ result: Int32Array.of(text.length) });
});
parentPort?.postMessage(READY);
