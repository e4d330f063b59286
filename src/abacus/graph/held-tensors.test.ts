/** What Python holds: arguments of calls, and skips of U-Nets, by names of nodes as exporters write them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { heldTensors } from './held-tensors.js';
import { simulateMemory } from './memory.js';
import { encodeMessage } from './proto/encode.js';
import { StringPair } from './onnx/schema.js';
import { intAttribute, onnxNode, onnxOf } from './tiny-networks.js';
import type { OperatorGraph } from './types.js';

type Node = ReturnType<typeof onnxNode>;
const at = (name: string, op: string, inputs: string[], output: string, axis?: number): Node => ({
  ...onnxNode(op, inputs, [output], axis === undefined ? [] : [intAttribute('axis', axis)]),
  name: `${name}/${op}`,
});
const heldIn = (graph: OperatorGraph): string[] =>
  heldTensors(graph).map(({ node, until }) => `${graph.nodes[node]!.name} until ${graph.nodes[until]!.name}`);
const peakOf = (graph: OperatorGraph): number =>
  simulateMemory(graph, { phase: 'inference', optimizer: 'none', precision: 'fp32' }).peak;

const WIDTH = 2 ** 18;
const BYTES = 4 * WIDTH;
const block = (rename: (name: string) => string): Node[] => [
  at(rename('/stem'), 'Relu', ['x'], 'a'),
  at(rename('/block/first'), 'Relu', ['a'], 'b'),
  at(rename('/block/second'), 'Tanh', ['b'], 'c'),
  at(rename('/block/third'), 'Sigmoid', ['c'], 'd'),
  at(rename('/head'), 'Relu', ['d'], 'y'),
];

describe('tensors that Python holds', () => {
  it('are the arguments of a module until its call returns', () => {
    const graph = onnxOf(
      block((name) => name),
      ['batch', WIDTH],
      {},
    ).at({ batch: 1 });
    assert.deepEqual(heldIn(graph), ['/stem/Relu until /block/third/Sigmoid']);
    // The batch, the argument, and what an operator of the block reads and writes.
    assert.equal(peakOf(graph), 4 * BYTES);
    const nameless = onnxOf(
      block(() => ''),
      ['batch', WIDTH],
      {},
    ).at({ batch: 1 });
    assert.deepEqual(heldIn(nameless), []);
    assert.equal(peakOf(nameless), 3 * BYTES);
  });

  it('are told by the notes of PyTorch 2, too', () => {
    const nodes = block((name) => name).map((node): Node => {
      const scopes = node.name!.split('/').slice(1, -1);
      const paths = scopes.map((_, depth) => `'${scopes.slice(0, depth + 1).join('.')}'`);
      const value = `['', ${paths.join(', ')}, 'call']`;
      const metadata = [encodeMessage(StringPair, { key: 'pkg.torch.onnx.name_scopes', value })];
      return { ...node, name: node.outputs![0]!, metadata };
    });
    const graph = onnxOf(nodes, ['batch', WIDTH], {}).at({ batch: 1 });
    assert.deepEqual(heldIn(graph), ['a until d']);
  });

  it('are skips of a U-Net until its pass ends, and not what residuals add to', () => {
    const graph = onnxOf(
      [
        at('/down1', 'Relu', ['x'], 's1'),
        at('/down2', 'Relu', ['s1'], 's2'),
        at('/down3', 'Relu', ['s2'], 's3'),
        at('/middle', 'Relu', ['s3'], 'm'),
        at('', 'Concat', ['m', 's3'], 'u3', 1),
        at('', 'Concat', ['u3', 's2'], 'u2', 1),
        at('', 'Concat', ['u2', 's1'], 'u1', 1),
        at('/tail', 'Relu', ['u1'], 't'),
        at('', 'Add', ['t', 'u1'], 'y'),
      ],
      ['batch', 8],
      {},
    ).at({ batch: 1 });
    assert.deepEqual(heldIn(graph), [
      '/down1/Relu until /Add',
      '/down2/Relu until /Add',
      '/down3/Relu until /Add',
    ]);
  });
});
