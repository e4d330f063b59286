/** Reads a network from a file, of whichever format its name or content says. */
import path from 'node:path';
import { readOnnx } from './onnx/network.js';
import { withFileSource } from './proto/byte-source.js';
import type { Network } from './types.js';

/** Throws `file_not_found`, `invalid_network`. */
export function readNetwork(file: string): Network {
  const name = path.basename(file).replace(/\.\w+$/, '');
  return withFileSource(file, (source) => readOnnx(source, name));
}
