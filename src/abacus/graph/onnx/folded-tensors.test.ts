/** Tensors that exporters computed from trained ones, and matrices that they write once for several layers. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMessage } from '../proto/encode.js';
import { onnxNode, onnxOf } from '../tiny-networks.js';
import { StringPair, ValueInfoProto } from './schema.js';

const noted = (...of: Parameters<typeof onnxNode>): ReturnType<typeof onnxNode> => ({
  ...onnxNode(...of),
  metadata: [encodeMessage(StringPair, { key: 'namespace', value: 'forward' })],
});
const from = (name: string, sources: string): Uint8Array =>
  encodeMessage(ValueInfoProto, {
    name,
    metadata: [{ key: 'pkg.onnxscript.optimizer.folded_from', value: sources }],
  });
const called = (name: string, ...of: Parameters<typeof onnxNode>): ReturnType<typeof onnxNode> => ({
  ...onnxNode(...of),
  name,
});

describe('tensors that an exporter computed', () => {
  it('count once where both are of one parameter', () => {
    const network = onnxOf(
      [noted('MatMul', ['x', 'val_1'], ['a']), noted('MatMul', ['a', 'val_2'], ['y'])],
      ['batch', 5, 8],
      { val_1: [8, 8], val_2: [8, 8] },
      { valueInfo: [from('val_1', "['rel.weight', 'clone']"), from('val_2', "['rel.weight']")] },
    );
    assert.equal(network.parameters, 64);
    assert.equal(network.at({ batch: 2 }).totals.parameters, 64);
  });

  it('are the table of distances, not the biases read from it, in windows of 3 x 3', () => {
    const biases = (name: string, valueInfo: Uint8Array[], node: typeof onnxNode): number =>
      onnxOf([node('Add', ['x', name], ['y'])], ['batch', 4, 9, 9], { [name]: [1, 4, 9, 9] }, { valueInfo })
        .parameters;
    const note = from('val_3', "['a.relative_position_bias_table', 'a.relative_position_index']");
    assert.equal(biases('val_3', [note], noted), 5 * 5 * 4);
    assert.equal(biases('onnx::Add_12', [], onnxNode), 5 * 5 * 4);
    assert.equal(biases('bias', [], onnxNode), 4 * 9 * 9);
  });
});

describe('a matrix that is written once', () => {
  const network = (first: string, second: string): number =>
    onnxOf(
      [
        called(first, 'MatMul', ['x', 'onnx::MatMul_9'], ['a']),
        called(second, 'MatMul', ['a', 'onnx::MatMul_9'], ['y']),
      ],
      ['batch', 5, 8],
      { 'onnx::MatMul_9': [8, 8] },
    ).parameters;

  it('is that of each layer, for new layers have the same numbers', () => {
    assert.equal(network('/layers.0/linear1/MatMul', '/layers.1/linear1/MatMul'), 2 * 64);
  });

  it('is one where a layer is called twice', () => {
    assert.equal(network('/head/MatMul', '/head_1/MatMul'), 64);
  });
});
