/** Operators that exporters spell out and frameworks run as one kernel. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { integers, onnxNode, onnxOf } from './tiny-networks.js';
import type { OperatorGraph } from './types.js';

describe('group norm of operator sets without it', () => {
  const graphOf = (...affine: ReturnType<typeof onnxNode>[]): OperatorGraph =>
    onnxOf(
      [
        onnxNode('Conv', ['x', 'w'], ['c']),
        onnxNode('Reshape', ['c', 'groups'], ['g']),
        onnxNode('InstanceNormalization', ['g', 'one', 'zero'], ['n']),
        onnxNode('Shape', ['c'], ['s']),
        onnxNode('Reshape', ['n', 's'], ['r']),
        ...affine,
      ],
      ['batch', 3, 8, 8],
      { w: [6, 3, 1, 1], scale: [6, 1, 1], shift: [6, 1, 1] },
      {
        initializers: [
          integers('groups', [0, 2, -1]),
          { name: 'one', dims: [2], dataType: 1, floatData: [1, 1] },
          { name: 'zero', dims: [2], dataType: 1, floatData: [0, 0] },
        ],
      },
    ).at({ batch: 2 });

  it('is one kernel with scale and shift of each channel', () => {
    const { totals, nodes } = graphOf(
      onnxNode('Mul', ['r', 'scale'], ['m']),
      onnxNode('Add', ['m', 'shift'], ['y']),
    );
    assert.equal(totals.counts.group_norm, 1);
    assert.equal(totals.kernels, 2);
    assert.equal(totals.parameters, 18 + 6 + 6);
    assert.deepEqual(nodes.at(-1)!.outputs, [[2, 6, 8, 8]]);
  });

  it('is not joined where something else reads what lies between', () => {
    const { totals } = graphOf(
      onnxNode('Relu', ['n'], ['q']),
      onnxNode('Reshape', ['q', 's'], ['p']),
      onnxNode('Add', ['r', 'p'], ['y']),
    );
    assert.equal(totals.counts.group_norm, 0);
    assert.equal(totals.counts.instance_norm, 1);
  });
});
