/** Reads a network for a command, which loads the reader of its format alone: much of its start is loading modules. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { withFileSource } from './proto/byte-source.js';
import type { Network } from './types.js';

/** Of an ONNX file the first field is its version; other files may have that ending by mistake. */
const VERSION_TAG = 0x08;

/** @throws ForetokenError as `readNetwork` */
export async function readNetworkLazily(file: string): Promise<Network> {
  const isOnnx =
    path.extname(file).toLowerCase() === '.onnx' &&
    statSync(file, { throwIfNoEntry: false })?.isFile() === true &&
    withFileSource(file, (source) => source.view(0, 1)[0] === VERSION_TAG);
  if (!isOnnx) return (await import('./read.js')).readNetwork(file);
  const { readOnnx } = await import('./onnx/network.js');
  return withFileSource(file, (source) => readOnnx(source, path.basename(file).replace(/\.\w+$/, '')));
}
