/**
 * The process that measures one configuration in the user's TensorFlow.js (profile-tfjs.ts starts it): told by one message, answers
 * with one.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isObject } from '../base/shape.js';
import type { TfjsAnswer, TfjsTask } from './profile-tfjs.js';

/** As much of https://js.tensorflow.org/api as is used here. */
interface Tensor {
  dispose(): void;
  data(): Promise<unknown>;
}
interface LayersModel {
  readonly inputs: readonly { readonly shape: readonly (number | null)[]; readonly dtype: string }[];
  readonly outputs: readonly { readonly shape: readonly (number | null)[] }[];
  compile(settings: { optimizer: unknown; loss: string }): void;
  predictOnBatch(inputs: Tensor | Tensor[]): Tensor | Tensor[];
  trainOnBatch(inputs: Tensor | Tensor[], targets: Tensor | Tensor[]): Promise<unknown>;
}
interface Library {
  readonly models: { modelFromJSON(json: unknown): Promise<LayersModel> };
  readonly train: Readonly<Record<string, (rate: number, more?: number) => unknown>>;
  readonly version: Readonly<Record<string, string>>;
  readonly version_core: string;
  ready(): Promise<void>;
  getBackend(): string;
  memory(): { numBytes: number };
  profile(run: () => Promise<void>): Promise<{ peakBytes: number }>;
  randomNormal(shape: number[]): Tensor;
  zeros(shape: number[], dtype?: string): Tensor;
}

const WARM_UP = 2;
/** The rate of learning: numbers must stay finite, nothing more. */
const RATE = 1e-4;

async function measure(task: TfjsTask): Promise<TfjsAnswer> {
  const tf = createRequire(import.meta.url)(task.library) as Library;
  await tf.ready();
  const model = await tf.models.modelFromJSON(topologyOf(task));
  const resident = process.memoryUsage.rss();
  const shapeOf = (shape: readonly (number | null)[]): number[] =>
    shape.map((size, axis) => (axis === 0 ? task.batch : (size ?? 1)));
  const inputs = model.inputs.map(({ shape, dtype }) =>
    dtype === 'int32' ? tf.zeros(shapeOf(shape), 'int32') : tf.randomNormal(shapeOf(shape)),
  );
  const targets = model.outputs.map(({ shape }) => tf.zeros(shapeOf(shape)));
  const single = <T>(list: T[]): T | T[] => (list.length === 1 ? list[0]! : list);
  if (task.training) {
    const make = task.optimizer === 'momentum' ? tf.train['momentum']! : tf.train[task.optimizer]!;
    const optimizer = task.optimizer === 'momentum' ? make(RATE, 0.9) : make(RATE);
    const classes = model.outputs.every(({ shape }) => shape.length === 2);
    model.compile({ optimizer, loss: classes ? 'categoricalCrossentropy' : 'meanSquaredError' });
  }
  const step = async (): Promise<void> => {
    if (task.training) {
      // It gives the loss as a number, so the step is over.
      await model.trainOnBatch(single(inputs), single(targets));
      return;
    }
    const outputs = [model.predictOnBatch(single(inputs))].flat();
    for (const output of outputs) {
      await output.data();
      output.dispose();
    }
  };
  for (let at = 0; at < WARM_UP; at++) await step();
  const times: number[] = [];
  let residentMost = process.memoryUsage.rss();
  const startMs = performance.now();
  while (times.length < task.steps) {
    const begunMs = performance.now();
    await step();
    const endMs = performance.now();
    times.push(endMs - begunMs);
    residentMost = Math.max(residentMost, process.memoryUsage.rss());
    if (endMs - startMs > 1000 * task.stepSeconds && times.length >= 3) break;
  }
  const { peakBytes } = await tf.profile(step);
  return {
    times,
    peakBytes,
    allocatedBytes: tf.memory().numBytes,
    residentBytes: Math.max(0, residentMost - resident),
    backend: tf.getBackend(),
    version: tf.version['tfjs'] ?? tf.version_core,
  };
}

/** The model's JSON without weights, for images of the wanted size. */
function topologyOf({ network, image }: TfjsTask): unknown {
  const json = JSON.parse(readFileSync(network, 'utf8')) as Record<string, unknown>;
  const topology = isObject(json['modelTopology']) ? json['modelTopology'] : json;
  if (image !== undefined) resize(topology, image);
  return { modelTopology: topology };
}

/** Every input that is an image gets the size. */
function resize(value: unknown, image: number): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, inner] of Object.entries(value as Record<string, unknown>))
    if (/^batch_(input_)?shape$/.test(key) && Array.isArray(inner) && inner.length === 4)
      (inner as unknown[]).splice(1, 2, image, image);
    else resize(inner, image);
}

process.once('message', (task: TfjsTask) => {
  measure(task)
    .catch((error: unknown): TfjsAnswer => {
      const text = error instanceof Error ? error.message : String(error);
      return /allocation failed|out of memory|invalid (typed )?array( buffer)? length/i.test(text)
        ? { outOfMemory: true }
        : { error: text.split('\n')[0]! };
    })
    .then((answer) => {
      process.send!(answer, undefined, undefined, () => {
        process.disconnect();
      });
    })
    .catch(() => process.exit(1));
});
