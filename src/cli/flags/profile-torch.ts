/** The flags of `profile torch`. */
import type { Command } from 'commander';
import { valued } from './flag.js';
import { decimalNumber, nonEmpty, wholeNumber } from './values.js';

export interface ProfileTorchFlags {
  readonly out: string;
  readonly python: string;
  readonly plan?: string;
  readonly describe?: string;
  readonly networks?: string;
  readonly batches: string;
  readonly images: string;
  readonly phases: string;
  readonly optimizers: string;
  readonly precisions: string;
  readonly device: string;
  readonly steps: number;
  readonly repeats: number;
  readonly repeatShare: number;
  readonly mostGflop: number;
  readonly measure: string;
  readonly seconds: number;
  readonly threads: number;
}

export function addProfileTorchFlags(command: Command): Command {
  const text = (flag: string, description: string, otherwise: string): void => {
    command.addOption(valued(flag, description, nonEmpty(flag.split(' ')[0]!), otherwise));
  };
  const count = (flag: string, description: string, otherwise: number, min = 1): void => {
    const name = flag.split(' ')[0]!;
    command.addOption(valued(flag, description, wholeNumber(name, { min, max: 1_000_000 }), otherwise));
  };
  command.addOption(
    valued('-o, --out <file>', 'CSV file to write or to go on with', nonEmpty('--out'), 'torch-profile.csv'),
  );
  text('--python <command>', 'Python that has torch and torchvision', 'python3');
  command.addOption(
    valued(
      '--plan <file>',
      'CSV file of the rows to measure, in order, instead of all combinations',
      nonEmpty('--plan'),
    ),
  );
  command.addOption(
    valued(
      '--describe <file>',
      'JSON file for versions, settings and the rates of the device',
      nonEmpty('--describe'),
    ),
  );
  command.addOption(
    valued(
      '--networks <names>',
      "networks of torchvision, joined by commas (default: the paper's 29)",
      nonEmpty('--networks'),
    ),
  );
  text('--batches <sizes>', 'batch sizes, joined by commas', '1,4,16,64');
  text('--images <sizes>', 'heights and widths of images, joined by commas', '224');
  text('--phases <names>', 'train, inference or both', 'train,inference');
  text('--optimizers <names>', 'of none, sgd, momentum, adam, adamw, rmsprop, adagrad', 'sgd,adam');
  text('--precisions <names>', 'of float32, float16, bfloat16, float64', 'float32');
  text('--device <name>', 'auto, cpu or cuda', 'auto');
  count('--steps <count>', 'timed steps of a row, after warm-up', 10);
  count('--repeats <count>', 'rows of each configuration, for the noise floor', 1);
  command.addOption(
    valued(
      '--repeat-share <share>',
      'share of the configurations that has repeats, 0 to 1',
      decimalNumber('--repeat-share', { min: 0, max: 1 }),
      1,
    ),
  );
  count('--most-gflop <count>', 'steps of more 10^9 FLOP are left out; 0: none', 0, 0);
  text('--measure <what>', 'on a processor: time, memory or both', 'time,memory');
  count('--seconds <count>', 'time after which no other row is begun; a further run goes on', 600);
  count('--threads <count>', "threads on a processor; 0: PyTorch's choice", 0, 0);
  return command;
}
