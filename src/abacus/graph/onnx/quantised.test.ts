/** Networks as ONNX Runtime's quantiser and optimiser write them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Encodable } from '../proto/encode.js';
import { intAttribute, onnxNode, onnxOf } from '../tiny-networks.js';
import type { OperatorGraph } from '../types.js';
import type { GraphProto, TensorProto } from './schema.js';

const UINT8 = 2;
const bytes = (name: string, dims: number[]): Encodable<TensorProto> => ({ name, dims, dataType: UINT8 });
const scales = Object.fromEntries(['s', 't', 'u'].map((name) => [name, [1]]));
const zeros: Encodable<GraphProto> = {
  initializers: ['z'].map((name) => ({ name, dims: [], dataType: UINT8, int32Data: [0] })),
};
const graphOf = (
  nodes: ReturnType<typeof onnxNode>[],
  input: (number | string)[],
  stored: Encodable<TensorProto>[],
): OperatorGraph => {
  const network = onnxOf(nodes, input, scales, { initializers: [...zeros.initializers!, ...stored] });
  const graph = network.at({ batch: 2 });
  assert.equal(graph.totals.parameters, network.parameters);
  assert.deepEqual(graph.notes.unknownOperators, {});
  return graph;
};

describe('quantised networks', () => {
  it('have the weights that they are computed with', () => {
    const graph = graphOf(
      [
        onnxNode('QuantizeLinear', ['x', 's', 'z'], ['q']),
        onnxNode('DequantizeLinear', ['q', 's', 'z'], ['d']),
        onnxNode('DequantizeLinear', ['w', 't', 'z'], ['weight']),
        onnxNode('MatMul', ['d', 'weight'], ['y']),
      ],
      ['batch', 5, 8],
      [bytes('w', [8, 4])],
    );
    assert.equal(graph.totals.parameters, 32);
    assert.equal(graph.totals.counts.linear, 1);
    assert.equal(graph.totals.counts.elementwise, 2);
  });

  it('of ONNX Runtime broadcast what stands between scales, and multiply matrices', () => {
    const graph = graphOf(
      [
        onnxNode('QGemm', ['x', 's', 'z', 'w', 't', 'z', 'b', 'u', 'z'], ['g'], [intAttribute('transB', 1)]),
        onnxNode('QLinearAdd', ['c', 's', 'z', 'g', 't', 'z', 'u', 'z'], ['a']),
        onnxNode('QLinearSigmoid', ['a', 's', 'z', 'u', 'z'], ['y']),
      ],
      ['batch', 8],
      [bytes('w', [4, 8]), { name: 'b', dims: [4], dataType: 6 }, bytes('c', [1, 4])],
    );
    assert.deepEqual(graph.nodes.at(-1)!.outputs, [[2, 4]]);
    assert.equal(graph.totals.parameters, 32 + 4 + 4);
    assert.equal(graph.nodes.find(({ operator }) => operator === 'linear')!.flops, 2 * 2 * 8 * 4);
  });

  it('look up in tables of bytes', () => {
    const graph = graphOf(
      [onnxNode('Gather', ['table', 'x'], ['rows']), onnxNode('DequantizeLinear', ['rows', 's', 'z'], ['y'])],
      ['batch', 3],
      [bytes('table', [100, 16])],
    );
    assert.equal(graph.totals.counts.embedding, 1);
    assert.equal(graph.totals.parameters, 1600);
  });
});

describe('fused operators', () => {
  it('hand on the sum that a skip and its norm make', () => {
    const graph = graphOf(
      [
        onnxNode('SkipLayerNormalization', ['x', 'x', 'gamma'], ['n', '', '', 'sum']),
        onnxNode('Add', ['n', 'sum'], ['y']),
      ],
      ['batch', 5, 8],
      [{ name: 'gamma', dims: [8], dataType: 1 }],
    );
    assert.deepEqual(graph.nodes.at(-1)!.inputs, [
      [2, 5, 8],
      [2, 5, 8],
    ]);
    const sum = graph.nodes.find(({ operator }) => operator === 'add')!.index;
    assert.ok(graph.edges.some(({ from, to }) => from === sum && to === graph.nodes.length - 1));
  });
});
