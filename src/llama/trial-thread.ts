/**
 * Tries a model file on another thread: the trial waits for a child process, and a server that has other models to
 * serve cannot wait. What goes well is remembered, so that loading it afterwards need not try again. Also the program
 * of that thread.
 */
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { ForetokenError, type PlainError } from '../base/errors.js';
import { assertSameVocabulary, draftVersion } from './draft.js';
import { LlamaModel, type ModelLoadOptions } from './model.js';
import type { Gpu } from './packages.js';
import { Vocabulary } from './vocabulary.js';

interface Trial {
  readonly trial: { readonly path: string; readonly options: ModelLoadOptions; readonly target?: string };
}

type Outcome = { readonly error: PlainError } | { readonly version: string };

type Place = { readonly gpu: Gpu; readonly gpuLayers: number; readonly device?: string | undefined };

/** @throws ForetokenError as `LlamaModel.check` */
export async function tryInThread(path: string, { gpu, gpuLayers, device }: Place): Promise<void> {
  await inThread({ trial: { path, options: { gpu, gpuLayers, device } } });
}

/**
 * Whether a file can be a draft for a target: the same, and that both have one vocabulary.
 * @returns the version of the draft that was found good
 * @throws ForetokenError as `LlamaModel.check`, and `vocabulary_mismatch`
 */
export async function tryDraftInThread(
  path: string,
  target: string,
  { gpu, gpuLayers, device }: Place,
): Promise<string> {
  return inThread({ trial: { path, options: { gpu, gpuLayers, device }, target } });
}

function inThread(data: Trial): Promise<string> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: data, name: 'foretoken-trial' });
    worker.once('message', (outcome: Outcome) => {
      if ('version' in outcome) resolve(outcome.version);
      else reject(ForetokenError.fromPlain(outcome.error));
    });
    worker.once('error', reject);
    worker.once('exit', () => {
      const { path } = data.trial;
      reject(new ForetokenError('internal_error', `The thread that tries ${path} has ended without a word.`));
    });
  });
}

/** @returns the version of a draft; nothing of other models */
function tryHere({ path, options, target }: Trial['trial']): string {
  if (target === undefined) {
    LlamaModel.check(path, options);
    return '';
  }
  // Before anything is looked at: what is loaded in the end must be what was found good.
  const version = draftVersion(path);
  LlamaModel.check(path, options);
  const vocabularies = [target, path].map((file) => Vocabulary.open(file));
  try {
    assertSameVocabulary(vocabularies[0]!, vocabularies[1]!, path, target);
  } finally {
    for (const vocabulary of vocabularies) vocabulary.dispose();
  }
  return version;
}

function isTrial(data: unknown): data is Trial {
  return typeof data === 'object' && data !== null && 'trial' in data;
}

if (!isMainThread && isTrial(workerData)) {
  let outcome: Outcome;
  try {
    outcome = { version: tryHere(workerData.trial) };
  } catch (error) {
    outcome = { error: ForetokenError.from(error).toPlain() };
  }
  parentPort!.postMessage(outcome);
}
