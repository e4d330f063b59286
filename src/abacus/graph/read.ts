/** Reads a network from a file, of whichever format its content says. */
import { statSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../../base/errors.js';
import { configOfArchive, parseJson } from './keras/archive.js';
import { readKeras } from './keras/network.js';
import { readOnnx } from './onnx/network.js';
import { withFileSource, WINDOW_BYTES, type ByteSource } from './proto/byte-source.js';
import { readGraphDef, readSavedModel } from './tensorflow/network.js';
import type { Network } from './types.js';

/** JSON and archives are read whole; weights are beside JSON, and archives of this size are unusual. */
const MOST_WHOLE_BYTES = 512 * 2 ** 20;

/** Throws `file_not_found`, `invalid_network`. */
export function readNetwork(file: string): Network {
  const isFolder = statSync(file, { throwIfNoEntry: false })?.isDirectory() === true;
  const name = path.basename(file).replace(/\.\w+$/, '');
  // A SavedModel is a folder; the graph is one file in it.
  const inner = isFolder ? path.join(file, 'saved_model.pb') : file;
  return withFileSource(inner, (source) => networkOf(source, name, path.extname(inner).toLowerCase()));
}

/** A network from bytes; `extension` decides only where the bytes do not. */
export function networkOf(source: ByteSource, name: string, extension = ''): Network {
  const head = source.view(0, 8);
  if (head.length === 0) throw new ForetokenError('invalid_network', `${name} is empty.`);
  const start = Buffer.from(head).toString('latin1');
  if (start.startsWith('PK\x03\x04')) return readKeras(configOfArchive(whole(source, name), name), name);
  if (start.slice(1, 4) === 'HDF')
    throw new ForetokenError(
      'invalid_network',
      `${name} is an HDF5 file. Save the model as .keras, or its model.to_json() as JSON.`,
    );
  if (start.startsWith('GGUF'))
    throw new ForetokenError(
      'invalid_network',
      `${name} is a GGUF language model, which is predicted another way.`,
    );
  if (/^(\xef\xbb\xbf)?\s*\{/.test(start) || extension === '.json') {
    const text = Buffer.from(whole(source, name))
      .toString('utf8')
      .replace(/^\ufeff/, '');
    return readKeras(parseJson(text, name), name);
  }
  // The first field of a GraphDef is a node; those of ONNX and of a SavedModel are version numbers.
  if (head[0] === 0x0a) return readGraphDef(source, name);
  if (extension === '.pb') {
    const network = readSavedModel(source, name);
    if (network !== undefined) return network;
  }
  return readOnnx(source, name);
}

function whole(source: ByteSource, name: string): Uint8Array {
  if (source.size > MOST_WHOLE_BYTES)
    throw new ForetokenError('invalid_network', `${name} is larger than ${MOST_WHOLE_BYTES / 2 ** 20} MiB.`);
  const bytes = new Uint8Array(source.size);
  for (let at = 0; at < source.size;) {
    const piece = source.view(at, WINDOW_BYTES);
    if (piece.length === 0) throw new ForetokenError('invalid_network', `${name} ends too early.`);
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
