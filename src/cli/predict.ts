/** `foretoken predict`: what a network costs before it runs, by what kind of file it is. */
import { ForetokenError } from '../base/errors.js';
import type { PredictGgufFlags } from './flags/predict.js';
import { predictGguf } from './predict-gguf.js';

export async function predict(file: string | undefined, flags: PredictGgufFlags): Promise<void> {
  if (file !== undefined && !/\.gguf(\?.*)?$/i.test(file) && file !== 'demo')
    throw new ForetokenError('invalid_option', `${file} is no GGUF file.`, { param: 'file' });
  await predictGguf(file, flags);
}
