/**
 * Which modules of PyTorch a node belongs to, outermost first: exporters write the calls that lead to it into its name
 * (`/down.0/down.0.1/BatchNormalization`) or, from PyTorch 2 on, into a note. Other files say nothing.
 */
import { memorySource } from '../proto/byte-source.js';
import { decodeMessage } from '../proto/messages.js';
import { StringPair, type NodeProto } from './schema.js';

const NOTE = 'pkg.torch.onnx.name_scopes';
/** The note is a list as Python prints it: of the model itself, modules, and the operator. */
const QUOTED = /'([^']*)'/g;

const known = new WeakMap<NodeProto, readonly string[]>();

export function scopeOf(node: NodeProto): readonly string[] {
  const before = known.get(node);
  if (before !== undefined) return before;
  const scope = node.name.includes('/') ? ofName(node.name) : ofNote(node);
  known.set(node, scope);
  return scope;
}

function ofName(name: string): string[] {
  const parts = name.split('/').slice(0, -1);
  // Of exporters, names begin with a slash and have every call. Without it they have paths of modules.
  if (parts[0] === '') return parts.slice(1);
  return parts.flatMap((part) => part.split('.').map((_, at, path) => path.slice(0, at + 1).join('.')));
}

function ofNote({ metadata }: NodeProto): string[] {
  for (const { bytes } of metadata) {
    const { key, value } = decodeMessage(memorySource(bytes), StringPair, 'A note of a node');
    if (key === NOTE) return [...value.matchAll(QUOTED)].slice(1, -1).map(([, name]) => name!);
  }
  return [];
}
