/** `foretoken predict`: what a network costs before it runs, by what kind of file it is. */
import { statSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import type { PredictGgufFlags } from './flags/predict.js';
import type { PredictNetworkFlags } from './flags/predict-network.js';

const NETWORK = /\.(onnx|pb|keras|json)$/i;
const LANGUAGE_MODEL = /\.gguf(\?.*)?$/i;

/** A SavedModel is a folder. */
const isFolder = (file: string): boolean => statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;

export async function predict(
  file: string | undefined,
  flags: PredictGgufFlags & PredictNetworkFlags,
): Promise<void> {
  if (file !== undefined && (NETWORK.test(file) || isFolder(file))) {
    await (await import('./predict-network.js')).predictNetwork(file, flags);
    return;
  }
  if (file !== undefined && !LANGUAGE_MODEL.test(file) && file !== 'demo')
    throw new ForetokenError(
      'invalid_option',
      `${file} is no GGUF file, no network in a file that ends in .onnx, .pb, .keras or .json, and no SavedModel folder.`,
      { param: 'file' },
    );
  await (await import('./predict-gguf.js')).predictGguf(file, flags);
}
