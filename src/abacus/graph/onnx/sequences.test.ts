/** Lists of tensors, tensors without numbers, and loops that cannot be followed. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { intAttribute, integers, onnxNode, onnxOf } from '../tiny-networks.js';

describe('lists of tensors', () => {
  it('hand their tensors on, without a kernel', () => {
    const graph = onnxOf(
      [
        onnxNode('SplitToSequence', ['x', 'three'], ['parts'], [intAttribute('axis', 1)]),
        onnxNode('SequenceAt', ['parts', 'last'], ['c']),
        onnxNode('Relu', ['c'], ['d']),
        onnxNode('SequenceInsert', ['parts', 'd', 'zero'], ['more']),
        onnxNode('ConcatFromSequence', ['more'], ['y'], [intAttribute('axis', 1)]),
      ],
      ['batch', 9, 4],
      {},
      { initializers: [integers('three', [3]), integers('last', [-1]), integers('zero', [0])] },
    ).at({ batch: 2 });
    assert.deepEqual(
      graph.nodes.at(-1)!.inputs,
      Array.from({ length: 4 }, () => [2, 3, 4]),
    );
    assert.deepEqual(graph.nodes.at(-1)!.outputs, [[2, 12, 4]]);
    assert.equal(graph.totals.kernels, 2);
    assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
  });

  it('that are not known make what reads them unknown', () => {
    const { notes } = onnxOf(
      [onnxNode('Novel', ['x'], ['list']), onnxNode('SequenceAt', ['list', 'zero'], ['y'])],
      ['batch', 9],
      {},
      { initializers: [integers('zero', [0])] },
    ).at({ batch: 2 });
    assert.deepEqual(notes.unknownOperators, { Novel: 1, SequenceAt: 1 });
  });
});

describe('a tensor without numbers', () => {
  it('is left out where a roll by no places is put together', () => {
    const graph = onnxOf(
      [
        onnxNode('Slice', ['x', 'end', 'most', 'one'], ['a']),
        onnxNode('Slice', ['x', 'zero', 'end', 'one'], ['b']),
        onnxNode('Concat', ['a', 'b'], ['y'], [intAttribute('axis', 1)]),
      ],
      ['batch', 6],
      {},
      {
        initializers: [
          integers('zero', [0]),
          integers('one', [1]),
          integers('end', [6]),
          integers('most', [99]),
        ],
      },
    ).at({ batch: 2 });
    assert.deepEqual(graph.nodes.at(-1)!.inputs, [[2, 6]]);
    assert.deepEqual(graph.nodes.at(-1)!.outputs, [[2, 6]]);
  });
});

describe('a loop that cannot be followed', () => {
  it('is one operator that reads what its body reads', () => {
    const graph = onnxOf(
      [
        onnxNode('Relu', ['x'], ['masks']),
        onnxNode(
          'Loop',
          ['count', 'yes', 'x'],
          ['y'],
          [
            {
              name: 'body',
              g: {
                inputs: [{ name: 'round' }, { name: 'going' }, { name: 'state' }],
                outputs: [{ name: 'going' }, { name: 'next' }],
                nodes: [
                  onnxNode('NonZero', ['masks'], ['found']),
                  onnxNode('Reshape', ['state', 'found'], ['next']),
                ],
              },
              type: 5,
            },
          ],
        ),
      ],
      ['batch', 8],
      {},
      { initializers: [integers('count', [3]), integers('yes', [1])] },
    ).at({ batch: 2 });
    assert.equal(graph.totals.counts.control_flow, 1);
    assert.equal(graph.totals.counts.relu, 1);
    assert.equal(graph.totals.counts.gather, 0);
    assert.deepEqual(graph.nodes.at(-1)!.outputs, [[2, 8]]);
    assert.ok(graph.notes.warnings.some((warning) => warning.startsWith('Loops')));
  });
});
