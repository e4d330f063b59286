/** The flags of `profile tfjs`. */
import type { Command } from 'commander';
import { valued } from './flag.js';
import { nonEmpty, wholeNumber } from './values.js';

export interface ProfileTfjsFlags {
  readonly out: string;
  readonly from: string;
  readonly package?: string;
  readonly batches: string;
  readonly images?: string;
  readonly phases: string;
  readonly optimizers: string;
  readonly steps: number;
  readonly repeats: number;
  readonly seconds: number;
  readonly stepSeconds: number;
}

export function addProfileTfjsFlags(command: Command): Command {
  const text = (flag: string, description: string, otherwise?: string): void => {
    command.addOption(valued(flag, description, nonEmpty(flag.split(' ')[0]!), otherwise));
  };
  const count = (flag: string, description: string, otherwise: number): void => {
    const name = flag.split(' ')[0]!;
    command.addOption(valued(flag, description, wholeNumber(name, { min: 1, max: 1_000_000 }), otherwise));
  };
  command.addOption(
    valued('-o, --out <file>', 'CSV file to write or to go on with', nonEmpty('--out'), 'tfjs-profile.csv'),
  );
  text('--from <folder>', 'folder whose node_modules hold TensorFlow.js', '.');
  text(
    '--package <name>',
    'package to take (default: @tensorflow/tfjs-node-gpu, tfjs-node or tfjs, the first that is there)',
  );
  text('--batches <sizes>', 'batch sizes, joined by commas', '1,4,16');
  text('--images <sizes>', "heights and widths of images, joined by commas (default: the file's own)");
  text('--phases <names>', 'train, inference or both', 'train,inference');
  text('--optimizers <names>', 'of sgd, momentum, adagrad, rmsprop, adam', 'sgd,adam');
  count('--steps <count>', 'timed steps of a row, after warm-up', 10);
  count('--repeats <count>', 'rows of each configuration, for the noise floor', 1);
  count('--seconds <count>', 'time after which no other row is begun; a further run goes on', 600);
  count('--step-seconds <count>', 'time after which fewer steps of a row are timed', 10);
  return command;
}
