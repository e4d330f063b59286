/** The workspaces that cuDNN's search for fast algorithms tries. */
import type { OperatorGraph } from './graph/types.js';

/** Bytes of one channel of a tile of 32 x 32 in the frequency domain: 32 x 17 complex numbers. */
const FFT_TILE_BYTES = 32 * 17 * 8;
/** Outputs of a tile that are not spoilt by its edge, for windows of 3 and 5. */
const FFT_TILE = 28;
/** The same for small images, padded to 16 x 16. */
const FFT_SMALL_BYTES = 16 * 9 * 8;

/**
 * The largest workspace that cuDNN tries when it may look for the fastest algorithm (`cudnn.benchmark`): that of a
 * convolution by Fourier transforms, which holds the transformed filters, inputs and outputs.
 */
export function searchWorkspace(graph: OperatorGraph): number {
  let most = 0;
  for (const { operator, inputs, attributes } of graph.nodes) {
    if (operator !== 'convolution') continue;
    const { kernel = [1, 1], inputChannels = 1, outputChannels = 1 } = attributes;
    const shape = inputs[0] ?? [];
    const [height = 1, width = 1] = shape.slice(-2);
    const window = Math.max(...kernel);
    const pairs = inputChannels * outputChannels;
    const channels = inputChannels + outputChannels;
    const small = window === 1 && height <= 16 && width <= 16;
    if (window === 1 && !small) continue;
    const tiles = small ? 1 : Math.ceil(height / FFT_TILE) * Math.ceil(width / FFT_TILE);
    most = Math.max(
      most,
      (pairs + graph.batch * tiles * channels) * (small ? FFT_SMALL_BYTES : FFT_TILE_BYTES),
    );
  }
  return most;
}
