/** The command `predict`: its flags and help. Apart from all others, so that a prediction does not wait for theirs to load. */
import type { Command } from 'commander';
import { addPredictGgufFlags, type PredictGgufFlags } from './flags/predict.js';
import { addPredictNetworkFlags, type PredictNetworkFlags } from './flags/predict-network.js';

/** Told after the help of commands whose flags are settings. */
export const ENVIRONMENT_NOTE =
  '\nEvery flag can be given as an environment variable, too;\nflags on the command line win.';

/** @param helpNote told after the help */
export function addPredictCommand(program: Command, helpNote: string): void {
  const predict = program
    .command('predict')
    .summary('say what a network will cost before it runs')
    .description(
      'Says from the head of a GGUF file alone whether the model fits, how fast it writes, how much context fits, which ' +
        'type of weights to take, and what speculation can give; from an ONNX, TensorFlow or Keras file what time and ' +
        'memory a step of that network takes on a device.',
    )
    .argument(
      '[file]',
      'GGUF file, or the web address of one; or a network in an ONNX, TensorFlow or Keras file, or a SavedModel folder',
    )
    .addHelpText('after', helpNote)
    .action(async (file: string | undefined, flags: PredictGgufFlags & PredictNetworkFlags) => {
      await (await import('./predict.js')).predict(file, flags);
    });
  addPredictNetworkFlags(addPredictGgufFlags(predict));
}
