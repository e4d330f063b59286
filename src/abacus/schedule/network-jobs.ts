/** Jobs that name a network: what they take on a machine is predicted, memory with the upper end of its interval. */
import path from 'node:path';
import { ForetokenError } from '../../base/errors.js';
import { CostModel } from '../cost-model.js';
import { readNetwork } from '../graph/read.js';
import {
  OPTIMIZERS,
  PHASES,
  PRECISIONS,
  type Network,
  type Optimizer,
  type Phase,
  type Precision,
} from '../graph/types.js';
import type { NetworkJob, PredictJob } from './jobs.js';

const CHOICES = { phase: PHASES, optimizer: OPTIMIZERS, precision: PRECISIONS } as const;
/** Most of `steps`, `batch` and `image`. */
const MOST = { steps: 1e10, batch: 2 ** 20, image: 16384 } as const;

/**
 * @param folder that names of networks are relative to
 * @returns what tells time and memory of `steps` steps; it throws ForetokenError `invalid_option` for settings that are
 *   wrong, and whatever reading or predicting the network throws
 */
export function networkJobPredictor(folder: string): PredictJob {
  let model: CostModel | undefined;
  const networks = new Map<string, Network>();
  return ({ name, network: file, settings }, device) => {
    const job = settingsOf(name, settings);
    const network = networks.get(file) ?? readNetwork(path.resolve(folder, file));
    networks.set(file, network);
    const { steps, image, ...question } = job;
    model ??= CostModel.load();
    const predicted = model.predict({
      network,
      device,
      ...question,
      ...(image === undefined ? {} : { imageSize: image }),
    });
    return Promise.resolve({
      timeMs: steps * predicted.timeMs,
      memoryBytes: Math.ceil(predicted.memoryIntervalBytes[1] + predicted.contextBytes),
    });
  };
}

interface Settings {
  readonly steps: number;
  readonly batch: number;
  readonly image?: number;
  readonly phase: Phase;
  readonly optimizer: Optimizer;
  readonly precision: Precision;
}

function settingsOf(job: string, settings: NetworkJob['settings']): Settings {
  const wrong = (what: string): ForetokenError =>
    new ForetokenError('invalid_option', `Job ${job}: ${what} (docs/schedule.md has an example).`, {
      param: 'jobs',
    });
  const values: Record<string, unknown> = {
    steps: 1,
    batch: 1,
    phase: 'train',
    optimizer: 'sgd',
    precision: 'fp32',
  };
  for (const [key, value] of Object.entries(settings)) {
    if (key in MOST) {
      const most = MOST[key as keyof typeof MOST];
      if (!Number.isInteger(value) || (value as number) < 1 || (value as number) > most)
        throw wrong(`"${key}" must be a whole number from 1 to ${most}`);
    } else if (key in CHOICES) {
      const known: readonly unknown[] = CHOICES[key as keyof typeof CHOICES];
      if (!known.includes(value)) throw wrong(`"${key}" must be one of ${known.join(', ')}`);
    } else
      throw wrong(
        `it has the unknown field ${JSON.stringify(key.slice(0, 60))}; known beside "network" are ` +
          [...Object.keys(MOST), ...Object.keys(CHOICES)].join(', '),
      );
    values[key] = value;
  }
  return values as unknown as Settings;
}
