/** Files whose batch is a fixed number, asked about for another batch; and padding that is computed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { intAttribute, integers, intsAttribute, onnxNode, onnxOf } from '../tiny-networks.js';
import type { Network } from '../types.js';

const last = (network: Network, batch: number): readonly number[] =>
  network.at({ batch }).nodes.at(-1)!.outputs[0]!;

describe('a file of a fixed batch', () => {
  const shapeOfImage = [
    onnxNode('Shape', ['x'], ['shape']),
    onnxNode('Slice', ['shape', 'zero', 'two', 'zero'], ['front']),
    onnxNode('Concat', ['front', 'minus'], ['wanted'], [intAttribute('axis', 0)]),
  ];
  const numbers = { initializers: [integers('zero', [0]), integers('two', [2]), integers('minus', [-1])] };

  it('is not scaled twice where shapes follow from those of the data', () => {
    const network = onnxOf(
      [...shapeOfImage, onnxNode('Reshape', ['x', 'wanted'], ['y'])],
      [1, 8, 7, 7],
      {},
      numbers,
    );
    assert.deepEqual(last(network, 4), [4, 8, 49]);
  });

  it('is not scaled twice where a dimension is copied', () => {
    const wanted = { initializers: [integers('wanted', [0, 8, -1])] };
    const network = onnxOf([onnxNode('Reshape', ['x', 'wanted'], ['y'])], [1, 8, 7, 7], {}, wanted);
    assert.deepEqual(last(network, 4), [4, 8, 49]);
  });

  it('is scaled where the file writes the shape as numbers', () => {
    const wanted = { initializers: [integers('wanted', [1, 8, 49])] };
    const network = onnxOf([onnxNode('Reshape', ['x', 'wanted'], ['y'])], [1, 8, 7, 7], {}, wanted);
    assert.deepEqual(last(network, 4), [4, 8, 49]);
  });

  it('leaves the shapes of weights as they are', () => {
    const network = onnxOf(
      [onnxNode('Reshape', ['w', 'wanted'], ['matrix']), onnxNode('MatMul', ['x', 'matrix'], ['y'])],
      [1, 6],
      { w: [2, 3, 4] },
      { initializers: [integers('wanted', [6, 4])] },
    );
    assert.deepEqual(last(network, 4), [4, 4]);
  });

  it('takes places in flattened data for what they are: a view of all numbers', () => {
    const network = onnxOf(
      [onnxNode('Reshape', ['x', 'flat'], ['f']), onnxNode('Gather', ['f', 'places'], ['y'])],
      [1, 8, 1, 1],
      {},
      {
        initializers: [
          integers('flat', [-1]),
          { name: 'places', dims: [1, 8, 1, 1], dataType: 7, int64Data: [0, 1, 2, 3, 4, 5, 6, 7] },
        ],
      },
    );
    for (const batch of [1, 4]) {
      assert.deepEqual(last(network, batch), [batch, 8, 1, 1]);
      assert.equal(network.at({ batch }).totals.kernels, 0);
    }
  });

  it('takes constants for the heads of each example along', () => {
    // [batch x heads, tokens, tokens] + [batch x heads, 1, tokens], as ALiBi does.
    const network = onnxOf(
      [
        onnxNode('Reshape', ['x', 'heads'], ['h']),
        onnxNode('Transpose', ['h'], ['t'], [intsAttribute('perm', [0, 2, 1])]),
        onnxNode('MatMul', ['h', 't'], ['scores']),
        onnxNode('Add', ['scores', 'slopes'], ['y']),
      ],
      [1, 6, 5, 4],
      { slopes: [6, 1, 5] },
      { initializers: [integers('heads', [6, 5, 4])] },
    );
    assert.deepEqual(last(network, 3), [18, 5, 5]);
  });
});

describe('padding as exporters up to PyTorch 2 compute it', () => {
  it('is worked out: pairs from the last dimension on, turned around and laid out by begin and end', () => {
    const network = onnxOf(
      [
        onnxNode('ConstantOfShape', ['four'], ['rest']),
        onnxNode('Concat', ['pairs', 'rest'], ['all'], [intAttribute('axis', 0)]),
        onnxNode('Reshape', ['all', 'byTwo'], ['rows']),
        onnxNode('Slice', ['rows', 'minus', 'least', 'zero', 'minus'], ['turned']),
        onnxNode('Transpose', ['turned'], ['columns'], [intsAttribute('perm', [1, 0])]),
        onnxNode('Reshape', ['columns', 'minus'], ['pads']),
        onnxNode('Pad', ['x', 'pads'], ['y']),
      ],
      [1, 3, 8, 8],
      {},
      {
        initializers: [
          // Left, right, top, bottom.
          integers('pairs', [1, 2, 3, 4]),
          integers('four', [4]),
          integers('byTwo', [-1, 2]),
          integers('minus', [-1]),
          integers('least', [-(2 ** 53)]),
          integers('zero', [0]),
        ],
      },
    );
    assert.deepEqual(last(network, 1), [1, 3, 8 + 3 + 4, 8 + 1 + 2]);
  });
});
