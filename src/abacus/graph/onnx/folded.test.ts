/** What PyTorch's exporters fold away in evaluation mode comes back: batch norms within layers, tensors that are written once. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { encodeMessage, type Encodable } from '../proto/encode.js';
import { onnxNode, onnxOf } from '../tiny-networks.js';
import type { Network } from '../types.js';
import { StringPair, type GraphProto } from './schema.js';

const networkWith = (
  nodes: NonNullable<Encodable<GraphProto>['nodes']>,
  weights: Readonly<Record<string, number[]>>,
): Network => onnxOf(nodes, [1, 3, 8, 8], weights);
const operators = (network: Network): string[] =>
  network.at({ batch: 2, phase: 'train' }).nodes.map(({ operator }) => operator);

describe('batch norms that an exporter folded', () => {
  const byRule = (rule: string): Uint8Array[] => [
    encodeMessage(StringPair, { key: 'pkg.torch.onnx.stack_trace', value: 'forward' }),
    encodeMessage(StringPair, { key: 'pkg.onnxscript.rewriter.rule_name', value: rule }),
  ];
  const convolution = (weight: string, bias: string, metadata: Uint8Array[] = []): Network =>
    networkWith([{ ...onnxNode('Conv', ['x', weight, bias], ['y']), metadata }], {
      [weight]: [4, 3, 3, 3],
      [bias]: [4],
    });

  it('are put back where the exporter by TorchScript computed weight and bias', () => {
    const network = convolution('onnx::Conv_12', 'onnx::Conv_13');
    assert.deepEqual(operators(network), ['input', 'convolution', 'batch_norm']);
    // The bias was made by the folding: scale and shift instead.
    assert.equal(network.parameters, 4 * 3 * 9 + 2 * 4);
    const { totals, notes } = network.at({ batch: 2 });
    assert.equal(totals.parameters, network.parameters);
    assert.equal(totals.buffers, 2 * 4);
    assert.match(notes.warnings[0]!, /put back/);
  });

  it('are put back where the exporter of PyTorch 2 notes its rule', () => {
    const made = convolution('conv.weight', 'conv.weight_bias', byRule('FuseBatchNormIntoConv'));
    assert.equal(made.parameters, 4 * 3 * 9 + 2 * 4);
    const own = convolution('conv.weight', 'conv.bias', byRule('FuseBatchNormIntoConv'));
    assert.equal(own.parameters, 4 * 3 * 9 + 3 * 4);
    for (const network of [made, own]) {
      assert.deepEqual(operators(network), ['input', 'convolution', 'batch_norm']);
      assert.equal(network.at().totals.parameters, network.parameters);
    }
  });

  it('are put back where even the bias is gone, as of a new network it is all zeros', () => {
    const metadata = byRule('RemoveOptionalBiasFromConv, FuseBatchNormIntoConv');
    const network = networkWith([{ ...onnxNode('Conv', ['x', 'c.weight'], ['y']), metadata }], {
      'c.weight': [4, 3, 3, 3],
    });
    assert.deepEqual(operators(network), ['input', 'convolution', 'batch_norm']);
    assert.equal(network.parameters, 4 * 3 * 9 + 2 * 4);
    assert.equal(network.at().totals.parameters, network.parameters);
  });

  it('are put back after linear layers and transposed convolutions', () => {
    const metadata = byRule('FuseBatchNormIntoGemm');
    const linear = networkWith(
      [
        onnxNode('Flatten', ['x'], ['f']),
        { ...onnxNode('Gemm', ['f', 'fc.weight', 'fc.bias'], ['y']), metadata },
      ],
      { 'fc.weight': [192, 5], 'fc.bias': [5] },
    );
    assert.deepEqual(operators(linear).slice(-2), ['linear', 'batch_norm']);
    assert.equal(linear.parameters, 192 * 5 + 3 * 5);
    const transposed = networkWith(
      [{ ...onnxNode('ConvTranspose', ['x', 'up.weight', 'up.weight_bias'], ['y']), metadata }],
      { 'up.weight': [3, 6, 2, 2], 'up.weight_bias': [6] },
    );
    assert.deepEqual(operators(transposed).slice(-2), ['transposed_convolution', 'batch_norm']);
    assert.equal(transposed.parameters, 3 * 6 * 4 + 2 * 6);
  });

  it('are not made up: a convolution with a bias of its own, or a weight that is computed', () => {
    for (const network of [
      convolution('conv.weight', 'conv.bias'),
      convolution('onnx::Conv_12', 'conv.bias'),
      convolution('conv.weight', 'conv.bias', byRule('FusePadIntoConv')),
    ]) {
      assert.deepEqual(operators(network), ['input', 'convolution']);
      assert.equal(network.parameters, 4 * 3 * 9 + 4);
    }
  });
});

describe('tensors that a file writes once', () => {
  it('are several where they are parts of norms, as all scales of new ones are 1', () => {
    const names = ['n.weight', 'n.bias', 'n.running_mean', 'n.running_var'];
    const network = networkWith(
      [
        onnxNode('Identity', ['n.weight'], ['n.running_var']),
        onnxNode('Identity', ['n.bias'], ['n.running_mean']),
        onnxNode('BatchNormalization', ['x', ...names], ['y']),
      ],
      { 'n.weight': [3], 'n.bias': [3] },
    );
    const { totals } = network.at();
    assert.equal(network.parameters, 6);
    assert.equal(totals.parameters, 6);
    assert.equal(totals.buffers, 6);
  });

  it('are one where a network ties its weights', () => {
    const tied = (name: string, of: string): number =>
      networkWith(
        [
          onnxNode('Identity', [of], [name]),
          onnxNode('MatMul', ['x', of], ['a']),
          onnxNode('MatMul', ['a', name], ['y']),
        ],
        { [of]: [8, 8] },
      ).parameters;
    assert.equal(tied('head.weight', 'embedding.weight'), 64);
    // Tables that begin as zeros are written once for all blocks.
    assert.equal(tied('blocks.1.table', 'blocks.0.table'), 128);
  });

  it('are one where a last layer is an embedding turned around', () => {
    const numbers = (rows: number, columns: number, turned: boolean): Uint8Array =>
      new Uint8Array(
        Float32Array.from({ length: rows * columns }, (_, at) =>
          turned ? (at % columns) * rows + Math.floor(at / columns) : at,
        ).buffer,
      );
    const parameters = (rawData: Uint8Array): number => {
      const initializers = [
        { name: 'table.weight', dims: [16, 4], dataType: 1, rawData: numbers(16, 4, false) },
        { name: 'onnx::MatMul_7', dims: [4, 16], dataType: 1, rawData },
      ];
      const nodes = [
        onnxNode('Gather', ['table.weight', 'x'], ['e']),
        onnxNode('MatMul', ['e', 'onnx::MatMul_7'], ['y']),
      ];
      const network = onnxOf(nodes, ['batch', 6], {}, { initializers });
      assert.equal(network.at({ batch: 2 }).totals.parameters, network.parameters);
      return network.parameters;
    };
    assert.equal(parameters(numbers(4, 16, true)), 64);
    assert.equal(parameters(numbers(4, 16, false)), 128);
  });
});
