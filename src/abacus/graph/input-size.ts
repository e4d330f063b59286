/** Batch, image and sequence sizes that a user asks for, checked against what the network takes. */
import { ForetokenError } from '../../base/errors.js';
import type { GraphOptions, Network, Phase, Shape } from './types.js';

/** Where an input holds height, width and channels. */
export interface ImagePlace {
  readonly axes: readonly [number, number];
  readonly channelAxis: number;
  /** What the file says; undefined where it leaves the size open. */
  readonly size: readonly [number, number] | undefined;
}

/** An input of four dimensions is an image: channels last where the last dimension alone can be channels. */
export function imageOf(
  dims: readonly (number | undefined)[],
  layout?: 'channels-first' | 'channels-last',
): ImagePlace | undefined {
  if (dims.length !== 4) return undefined;
  const isChannels = (size: number | undefined): boolean => size !== undefined && size <= 4;
  const last =
    layout === undefined ? isChannels(dims[3]) && !isChannels(dims[1]) : layout === 'channels-last';
  const axes = last ? ([1, 2] as const) : ([2, 3] as const);
  const [height, width] = axes.map((axis) => dims[axis]);
  return {
    axes,
    channelAxis: last ? 3 : 1,
    size: height === undefined || width === undefined ? undefined : [height, width],
  };
}

export interface CheckedOptions {
  readonly batch: number;
  readonly phase: Phase;
  readonly imageSize: readonly [number, number] | undefined;
  readonly sequenceLength: number | undefined;
}

/** Largest sizes that are taken seriously. */
const MOST_BATCH = 2 ** 24;
const MOST_SIDE = 2 ** 16;
const MOST_TOKENS = 2 ** 24;
/** Assumed where neither file nor user say one. */
const USUAL_SIDE = 224;

/** Throws `invalid_option`. */
export function checkedOptions(
  network: Network,
  options: GraphOptions,
  fileBatch: number | undefined,
  image: ImagePlace | undefined,
): CheckedOptions {
  const { phase = 'inference', sequenceLength } = options;
  const batch = within('batch', options.batch ?? fileBatch ?? 1, MOST_BATCH);
  if (sequenceLength !== undefined) within('sequenceLength', sequenceLength, MOST_TOKENS);
  const wanted: Shape | undefined =
    typeof options.imageSize === 'number' ? [options.imageSize, options.imageSize] : options.imageSize;
  if (wanted !== undefined && image === undefined)
    throw new ForetokenError('invalid_option', `${network.name} takes no images: leave the image size out.`, {
      param: 'imageSize',
    });
  const asked = wanted?.map((side) => within('imageSize', side, MOST_SIDE));
  const size = asked ?? image?.size ?? (image === undefined ? undefined : [USUAL_SIDE, USUAL_SIDE]);
  const differs =
    network.imageSize !== undefined && size?.some((side, at) => side !== network.imageSize![at]);
  if (differs === true && !network.imageSizeCanChange)
    throw new ForetokenError(
      'invalid_option',
      `${network.name} is tied to images of ${network.imageSize.join('x')}; got ${size!.join('x')}. ` +
        'Export the network again for another size.',
      { param: 'imageSize' },
    );
  return { batch, phase, sequenceLength, imageSize: size === undefined ? undefined : [size[0], size[1]] };
}

function within(name: string, value: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < 1 || value > most)
    throw new ForetokenError(
      'invalid_option',
      `${name} must be a whole number from 1 to ${most}; got ${value}.`,
      {
        param: name,
      },
    );
  return value;
}
