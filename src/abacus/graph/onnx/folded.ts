/**
 * What PyTorch's exporters fold away in evaluation mode, and how a file tells: batch norms become part of the layer before them, and
 * tensors that hold the same numbers are written once. A network that is trained, or run by PyTorch, has both.
 */
import { memorySource } from '../proto/byte-source.js';
import { decodeMessage } from '../proto/messages.js';
import type { Shape } from '../types.js';
import { StringPair, type GraphProto, type NodeProto } from './schema.js';

/** Layers that a batch norm is folded into. */
const BEFORE_NORMS: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'Gemm']);
/** The exporter by TorchScript gives what it computes itself a name by its reader. */
const COMPUTED = /^onnx::Conv_\d+$/;
/** The exporter of PyTorch 2 notes the rule, and names a bias that was not there after the weight. */
const RULE = 'pkg.onnxscript.rewriter.rule_name';
const RULES = /FuseBatchNormInto/;
const NEW_BIAS = /_bias$/;

export interface FoldedNorm {
  /** Whether the layer had a bias of its own. */
  readonly hasBias: boolean;
}

/** The batch norm that was folded into a layer; undefined where none was. */
export function foldedNorm({ opType, inputs, metadata }: NodeProto): FoldedNorm | undefined {
  const [, weight = '', bias = ''] = inputs;
  if (!BEFORE_NORMS.has(opType) || bias === '') return undefined;
  // Whether there was a bias is lost; most convolutions before a batch norm have none.
  if (COMPUTED.test(weight) && COMPUTED.test(bias)) return { hasBias: false };
  for (const { bytes } of metadata) {
    const { key, value } = decodeMessage(memorySource(bytes), StringPair, 'A note of a node');
    if (key === RULE && RULES.test(value)) return { hasBias: !NEW_BIAS.test(bias) };
  }
  return undefined;
}

/** A tensor by the name of another that holds the same numbers. */
export interface Repeated {
  readonly name: string;
  readonly of: string;
}

/**
 * Tensors that were written once for several of the same numbers, as all scales of new norms are 1. Weights that a network ties
 * (embeddings and the last layer) look the same; they are matrices under names of another form.
 */
export function repeatedTensors(graph: GraphProto, shapes: ReadonlyMap<string, Shape>): Repeated[] {
  return graph.nodes.flatMap(({ opType, inputs: [of = ''], outputs: [name = ''] }) => {
    const shape = shapes.get(of);
    if (opType !== 'Identity' || shape === undefined) return [];
    const isOwn = name.includes('.') && (shape.length === 1 || formOf(name) === formOf(of));
    return isOwn ? [{ name, of }] : [];
  });
}

/** A name without its numbers: the same for one layer of each block. */
const formOf = (name: string): string => name.replace(/\d+/g, '#');
