/** Workspaces that cuDNN takes while it computes a convolution. */
import { bytesPerElement, type OperatorNode, type Precision } from './graph/types.js';

/** Bytes of one channel of a tile of 32 x 32 in the frequency domain: 32 x 17 complex numbers. */
const FFT_TILE_BYTES = 32 * 17 * 8;
/** Outputs of a tile that are not spoilt by its edge, for windows of 3 and 5. */
const FFT_TILE = 28;
/** The same for small images, padded to 16 x 16. */
const FFT_SMALL_BYTES = 16 * 9 * 8;

/**
 * The largest workspace that cuDNN tries for a convolution when it may look for the fastest algorithm (`cudnn.benchmark`): that of
 * Fourier transforms, which holds the transformed filters, inputs and outputs.
 */
export function searchWorkspace({ operator, inputs, attributes }: OperatorNode): number {
  if (operator !== 'convolution') return 0;
  const { kernel = [1, 1], inputChannels = 1, outputChannels = 1 } = attributes;
  const shape = inputs[0] ?? [];
  const [batch = 1] = shape;
  const [height = 1, width = 1] = shape.slice(-2);
  const window = Math.max(...kernel);
  const small = window === 1 && height <= 16 && width <= 16;
  if (window === 1 && !small) return 0;
  const pairs = inputChannels * outputChannels;
  const channels = inputChannels + outputChannels;
  const tiles = small ? 1 : Math.ceil(height / FFT_TILE) * Math.ceil(width / FFT_TILE);
  return (pairs + batch * tiles * channels) * (small ? FFT_SMALL_BYTES : FFT_TILE_BYTES);
}

/**
 * Matrix units want channels last: cuDNN copies input, filter and output of a convolution into that layout and back. On an H200 this is
 * to the megabyte what VGG takes above its tensors.
 */
export function layoutWorkspace(node: OperatorNode, precision: Precision): number {
  const { operator, inputElements, outputElements, parameters } = node;
  if (operator !== 'convolution' && operator !== 'transposed_convolution') return 0;
  return (inputElements + outputElements + parameters) * bytesPerElement(precision);
}

/**
 * On processors oneDNN computes windows in a blocked layout: input and filter are copied into it, and the output is made there first
 * (PyTorch's own allocations, as its profiler shows them). Products of single pixels, and images with few channels, need no copy
 * of the input. PyTorch computes small single examples itself, by unfolding windows (`use_mkldnn`, aten/src/ATen/native/Convolution.cpp).
 */
export function blockedWorkspace(node: OperatorNode, precision: Precision): number {
  const { operator, attributes, inputs, inputElements, outputElements, parameters } = node;
  if (!operator.endsWith('convolution')) return 0;
  const { kernel = [1], inputChannels = 1, groups = 1, gemm } = attributes;
  if (kernel.every((size) => size === 1)) return 0;
  const size = bytesPerElement(precision);
  const isSingle = inputs[0]?.[0] === 1 && inputElements <= UNFOLDED_UP_TO;
  if (isSingle && groups === 1 && kernel.some((side) => side <= 3))
    return gemm === undefined ? 0 : gemm.m * gemm.k * size;
  const copied = inputChannels < BLOCKED_FROM ? 0 : inputElements + parameters;
  return Math.max(copied, outputElements) * size;
}
/** Channels from which oneDNN blocks an input. */
const BLOCKED_FROM = 4;
const UNFOLDED_UP_TO = 20_480;
