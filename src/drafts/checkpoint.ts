/**
 * What a training has come to, in a file beside its output, so that one that was broken off goes on from there:
 * weights and the optimizer's momenta in full precision, and how far it was. The file goes when the training ends.
 */
import { createHash } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { readGguf, readTensorBytes } from '../gguf/reader.js';
import type { MetadataValue } from '../gguf/types.js';
import { writeGguf } from '../gguf/writer.js';
import { type NetworkShape, type TrainerState, weightShapes } from '../llama/training/training.js';

export interface Checkpoint {
  readonly state: TrainerState;
  /** Steps and passes taken, 0 to 1 of what was asked for, and the time of it. */
  readonly step: number;
  readonly epoch: number;
  readonly done: number;
  readonly seconds: number;
  /** Factor of the learning rate: less than 1 once training has diverged. */
  readonly caution: number;
  /** Of the best weights until then, which are in the output: share of right guesses on held-out texts, nats a token. */
  readonly agreement: number;
  readonly loss: number;
}

const COUNTS = [
  'step',
  'epoch',
  'done',
  'seconds',
  'caution',
  'agreement',
  'loss',
  'optimizer_steps',
] as const;
const key = (name: string): string => `foretoken.training.${name}`;
const PARTS = ['weights', 'm', 'v'] as const;

export const checkpointFile = (output: string): string => `${output}.checkpoint`;

/** Tells trainings apart: a checkpoint is of use to the same settings, draft and texts only. */
export function trainingKey(...what: unknown[]): string {
  return createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 32);
}

export function writeCheckpoint(
  output: string,
  id: string,
  shape: NetworkShape,
  checkpoint: Checkpoint,
): void {
  const { state } = checkpoint;
  const counts = { ...checkpoint, optimizer_steps: state.steps };
  const metadata = new Map<string, MetadataValue>([
    ['general.architecture', { type: 'string', value: 'foretoken-training' }],
    [key('id'), { type: 'string', value: id }],
    ...COUNTS.map((name) => [key(name), { type: 'f64', value: counts[name] }] as const),
  ]);
  const tensors = PARTS.flatMap((part) =>
    [...weightShapes(shape)].map(([name, [fast, slow]]) => ({
      name: `${part}.${name}`,
      shape: [fast, slow],
      type: 0,
      data: () => {
        const values = state[part].get(name)!;
        return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      },
    })),
  );
  writeGguf(checkpointFile(output), { metadata, tensors });
}

/** Undefined where there is none of this training, or it cannot be read. */
export function readCheckpoint(output: string, id: string, shape: NetworkShape): Checkpoint | undefined {
  if (!existsSync(checkpointFile(output))) return undefined;
  try {
    const file = readGguf(checkpointFile(output));
    if (file.metadata.get(key('id'))?.value !== id) return undefined;
    const counts = COUNTS.map((name) => Number(file.metadata.get(key(name))?.value));
    if (!existsSync(output) || !counts.every((value) => value >= 0)) return undefined;
    const [step, epoch, done, seconds, caution, agreement, loss, steps] = counts as [
      number,
      number,
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    const tensors = new Map(file.tensors.map((tensor) => [tensor.name, tensor]));
    const part = (name: (typeof PARTS)[number]): Map<string, Float32Array> =>
      new Map(
        [...weightShapes(shape)].map(([weight, [fast, slow]]) => {
          const bytes = readTensorBytes(file, tensors.get(`${name}.${weight}`)!);
          const values = new Float32Array(new Uint8Array(bytes).buffer);
          if (values.length !== fast * slow || !values.every(Number.isFinite))
            throw new Error('of another shape');
          return [weight, values];
        }),
      );
    const state = { steps, weights: part('weights'), m: part('m'), v: part('v') };
    return { state, step, epoch, done, seconds, caution, agreement, loss };
  } catch {
    return undefined;
  }
}

export function removeCheckpoint(output: string): void {
  rmSync(checkpointFile(output), { force: true });
}
