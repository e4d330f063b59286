/** Files of PyTorch 2's exporter: roles that it notes, tensors that it writes once for several readers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMessage } from '../proto/encode.js';
import { intAttribute, onnxNode, onnxOf } from '../tiny-networks.js';
import { StringPair, ValueInfoProto } from './schema.js';

const pair = (key: string, value: string): Uint8Array => encodeMessage(StringPair, { key, value });
/** A node as that exporter writes it, with notes. */
const noted = (...of: Parameters<typeof onnxNode>): ReturnType<typeof onnxNode> => ({
  ...onnxNode(...of),
  metadata: [pair('namespace', 'forward')],
});
const about = (name: string, key: string, value: string): Uint8Array =>
  encodeMessage(ValueInfoProto, { name, metadata: [{ key, value }] });
const KIND = 'pkg.torch.export.graph_signature.InputSpec.kind';
const FOLDED = 'pkg.onnxscript.optimizer.folded_from';

describe('files of the exporter of PyTorch 2', () => {
  it('say what is a parameter, a buffer, or was computed from either', () => {
    const network = onnxOf(
      [
        noted('Add', ['x', 'scale'], ['a']),
        noted('Add', ['a', 'table'], ['b']),
        noted('Add', ['b', 'val_1'], ['c']),
        noted('MatMul', ['c', 'val_2'], ['y']),
      ],
      ['batch', 5, 8],
      { scale: [5, 8], table: [5, 8], val_1: [5, 8], val_2: [8, 4] },
      {
        valueInfo: [
          about('scale', KIND, 'PARAMETER'),
          about('table', KIND, 'BUFFER'),
          about('val_1', FOLDED, "['arange', 'cos', 'rotary.inv_freq']"),
          about('val_2', FOLDED, "['proj.weight']"),
        ],
      },
    );
    assert.equal(network.parameters, 5 * 8 + 8 * 4);
    const { totals } = network.at({ batch: 2 });
    assert.equal(totals.parameters, network.parameters);
    assert.equal(totals.buffers, 5 * 8);
  });

  const layers = (weights: readonly string[], notes: boolean): number => {
    const node = notes ? noted : onnxNode;
    const nodes = weights.flatMap((weight, at) => [
      node('MatMul', [at === 0 ? 'x' : `n${at - 1}`, weight], [`m${at}`]),
      node('Add', [`m${at}`, 'bias'], [`b${at}`]),
      node('LayerNormalization', [`b${at}`, 'scale', 'bias'], [`n${at}`], [intAttribute('axis', -1)]),
    ]);
    const matrices = Object.fromEntries(weights.map((weight) => [weight, [8, 8]]));
    const network = onnxOf(nodes, ['batch', 5, 8], { ...matrices, bias: [8], scale: [8] });
    assert.equal(network.at({ batch: 2 }).totals.parameters, network.parameters);
    return network.parameters;
  };

  it('write biases of the same numbers once: each layer has its own', () => {
    // A bias of the matrix, scale and shift of the norm.
    assert.equal(layers(['a.weight', 'b.weight', 'c.weight'], true), 3 * (64 + 3 * 8));
  });

  it('share what belongs to one layer that is called several times', () => {
    assert.equal(layers(['a.weight', 'a.weight', 'a.weight'], true), 64 + 3 * 8);
  });

  it('are told by their notes: others write shared tensors once because they are one', () => {
    assert.equal(layers(['a.weight', 'b.weight', 'c.weight'], false), 3 * 64 + 2 * 8);
  });
});
