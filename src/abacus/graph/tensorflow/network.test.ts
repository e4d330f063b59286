/** Frozen graphs and SavedModels, made of the messages that TensorFlow writes. */
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { memorySource } from '../proto/byte-source.js';
import { networkOf, readNetwork } from '../read.js';
import { frozenGraph, graphBytes, savedModel, savedModelBytes, tfNode } from '../tiny-networks.js';
import { loopGraph } from '../tiny-sequences.js';

const read = (bytes: Uint8Array): ReturnType<typeof networkOf> =>
  networkOf(memorySource(bytes), 'made', '.pb');

describe('TensorFlow networks', () => {
  it('reads a frozen graph whatever the order of its nodes', () => {
    const network = read(graphBytes(frozenGraph()));
    assert.equal(network.parameters, 3 * 3 * 3 * 8 + 8 + 16 + 128 * 10 + 10);
    assert.deepEqual(network.imageSize, [16, 16]);
    const graph = network.at({ batch: 5, phase: 'train' });
    assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
    assert.equal(graph.totals.buffers, 16);
    const kernels = graph.nodes.filter(({ isView }) => !isView).map(({ operator }) => operator);
    assert.deepEqual(kernels, [
      'input',
      'convolution',
      'batch_norm',
      'relu6',
      'max_pool',
      'linear',
      'softmax',
    ]);
    const [convolution, linear] = [
      graph.nodes[1]!,
      graph.nodes.find(({ operator }) => operator === 'linear')!,
    ];
    assert.deepEqual(convolution.outputs, [[5, 8, 8, 8]]);
    assert.equal(convolution.flops, 2 * 5 * 64 * 8 * 27);
    assert.deepEqual([linear.outputs, linear.parameterTensors], [[[5, 10]], [1280, 10]]);
  });

  it('reads a SavedModel through the functions of its library, also by its folder', () => {
    const bytes = savedModelBytes(savedModel());
    const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-saved-model-'));
    try {
      mkdirSync(path.join(folder, 'dense'));
      writeFileSync(path.join(folder, 'dense', 'saved_model.pb'), bytes);
      for (const network of [read(bytes), readNetwork(path.join(folder, 'dense'))]) {
        const graph = network.at({ batch: 6 });
        assert.equal(network.parameters, 8 * 4 + 4);
        assert.deepEqual(
          graph.nodes.map(({ operator }) => operator),
          ['input', 'linear', 'tanh'],
        );
        assert.deepEqual(graph.nodes[2]!.outputs, [[6, 4]]);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('says what is wrong, and counts what it does not know', () => {
    const placeholder = tfNode('Placeholder', 'x', [], {
      shape: { shape: { dims: [{ size: -1 }, { size: 4 }] } },
    });
    const made = (...nodes: ReturnType<typeof tfNode>[]): Uint8Array =>
      graphBytes({ nodes: [placeholder, ...nodes] });
    const refused: [Uint8Array, RegExp][] = [
      [
        made(tfNode('Relu', 'a', ['b']), tfNode('Relu', 'b', ['a']), tfNode('Tanh', 'c', ['b'])),
        /depends on itself/,
      ],
      [made(tfNode('Relu', 'a', ['nowhere'])), /no node of this name/],
      [
        made(
          tfNode('Const', 'c', [], { value: { tensor: { dtype: 3, shape: { dims: [{ size: -3 }] } } } }),
          tfNode('AddV2', 'a', ['x', 'c']),
        ),
        /do not go together/,
      ],
      [
        made(tfNode('PartitionedCall', 'a', ['x'], { f: { function: { name: 'gone' } } })),
        /gone is not in the file/,
      ],
      [made(), /none of them is computed|no operators/],
    ];
    for (const [bytes, message] of refused)
      assert.throws(() => read(bytes), { code: 'invalid_network', message });
    const graph = read(made(tfNode('Novel', 'a', ['x']), tfNode('Relu', 'b', ['a']))).at({ batch: 2 });
    assert.deepEqual(graph.notes.unknownOperators, { Novel: 1 });
    assert.deepEqual(graph.nodes.at(-1)!.outputs, [[2, 4]]);
  });

  it('ends functions that call themselves', () => {
    const body = {
      signature: { name: 'f', inputs: [{ name: 'x' }], outputs: [{ name: 'y' }] },
      nodes: ['a', 'b'].map((name) =>
        tfNode('PartitionedCall', name, ['x'], { f: { function: { name: 'f' } } }),
      ),
      returns: [{ key: 'y', value: 'b:output:0' }],
    };
    const bytes = graphBytes({
      nodes: [
        tfNode('Placeholder', 'x', [], { shape: { shape: { dims: [{ size: 2 }] } } }),
        tfNode('PartitionedCall', 'call', ['x'], { f: { function: { name: 'f' } } }),
      ],
      library: { functions: [body] },
    });
    assert.throws(() => read(bytes), { code: 'invalid_network', message: /deeper than/ });
  });

  it('runs a loop as often as its condition says, and no loop for ever', () => {
    const graph = read(graphBytes(loopGraph())).at({ batch: 5 });
    assert.deepEqual(graph.notes, { unknownOperators: {}, warnings: [] });
    assert.deepEqual([graph.totals.counts.linear, graph.totals.counts.tanh], [4 + 1, 4]);
    assert.deepEqual(graph.nodes.at(-1)!.outputs, [[5, 4, 5]]);
    assert.equal(graph.totals.parameters, 3 * 2 + 2 + 2 * 5);
    const call = (name: string): { function: { name: string } } => ({ function: { name } });
    const always = {
      signature: { name: 'always', inputs: [{ name: 'a' }], outputs: [{ name: 'b' }] },
      nodes: [tfNode('Const', 'yes', [], { value: { tensor: { dtype: 10, boolValues: [1] } } })],
      returns: [{ key: 'b', value: 'yes:output:0' }],
    };
    const body = (name: string, nodes: ReturnType<typeof tfNode>[], value: string): object => ({
      signature: { name, inputs: [{ name: 'a' }], outputs: [{ name: 'b' }] },
      ...{ nodes, returns: [{ key: 'b', value }] },
    });
    const endless = (inner: string): ReturnType<typeof tfNode> =>
      tfNode('While', 'while', ['a'], { cond: call('always'), body: call(inner) });
    const bytes = (functions: object[]): Uint8Array =>
      graphBytes({
        nodes: [
          tfNode('Placeholder', 'a', [], { shape: { shape: { dims: [{ size: -1 }, { size: 4 }] } } }),
          tfNode('While', 'outer', ['a'], { cond: call('always'), body: call('one') }),
          tfNode('Relu', 'result', ['outer']),
        ],
        library: { functions: [always, ...functions] },
      });
    const single = read(bytes([body('one', [], 'a')])).at();
    assert.match(single.notes.warnings.join(), /more than 1024 times/);
    const nested = bytes([body('one', [endless('two')], 'while:output:0'), body('two', [], 'a')]);
    assert.throws(() => read(nested), { code: 'invalid_network', message: /more than \d+ are run/ });
  });
});
