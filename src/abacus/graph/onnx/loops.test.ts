/** Loops of ONNX: rounds that the file tells, and embeddings summed by bags. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Encodable } from '../proto/encode.js';
import { intAttribute, integers, onnxNode, onnxOf } from '../tiny-networks.js';
import type { OperatorGraph } from '../types.js';
import type { GraphProto } from './schema.js';

const loop = (
  inputs: string[],
  outputs: string[],
  body: Encodable<GraphProto>,
): ReturnType<typeof onnxNode> => onnxNode('Loop', inputs, outputs, [{ name: 'body', g: body, type: 5 }]);
const names = (...of: string[]): { name: string }[] => of.map((name) => ({ name }));

describe('loops of ONNX', () => {
  it('run as often as they say, with what they carry', () => {
    const body: Encodable<GraphProto> = {
      inputs: names('round', 'going', 'state'),
      outputs: names('going', 'next', 'seen'),
      nodes: [onnxNode('MatMul', ['state', 'w'], ['next']), onnxNode('Relu', ['next'], ['seen'])],
    };
    const graph = onnxOf(
      [loop(['count', 'yes', 'x'], ['state', 'all'], body)],
      ['batch', 8],
      { w: [8, 8] },
      { initializers: [integers('count', [5]), integers('yes', [1])] },
    ).at({ batch: 3 });
    assert.equal(graph.totals.counts.linear, 5);
    assert.equal(graph.totals.parameters, 64);
    assert.deepEqual(graph.nodes.at(-1)!.outputs, [[5, 3, 8]]);
    assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
  });

  it('over the bags of an embedding are one operator', () => {
    const body: Encodable<GraphProto> = {
      inputs: names('round', 'going'),
      outputs: names('going', 'sum'),
      nodes: [
        onnxNode('Gather', ['flat', 'round'], ['index']),
        onnxNode('Unsqueeze', ['index', 'zero'], ['indices']),
        onnxNode('Gather', ['e.weight', 'indices'], ['rows']),
        onnxNode('ReduceSum', ['rows', 'zero'], ['sum'], [intAttribute('keepdims', 0)]),
      ],
    };
    const graph: OperatorGraph = onnxOf(
      [
        onnxNode('Shape', ['x'], ['shape']),
        onnxNode('Gather', ['shape', 'first'], ['count']),
        onnxNode('Reshape', ['x', 'minus'], ['flat']),
        loop(['count', 'yes'], ['y'], body),
      ],
      ['batch', 3],
      { 'e.weight': [100, 16] },
      {
        initializers: [
          integers('zero', [0]),
          integers('minus', [-1]),
          integers('yes', [1]),
          { name: 'first', dims: [], dataType: 7, int64Data: [0] },
        ],
      },
    ).at({ batch: 7 });
    assert.equal(graph.totals.counts.embedding, 1);
    assert.equal(graph.totals.counts.reduce, 0);
    assert.equal(graph.totals.parameters, 1600);
    assert.deepEqual(graph.nodes.at(-1)!.outputs, [[7, 16]]);
  });
});
