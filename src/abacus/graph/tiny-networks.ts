/** Small networks of every format, for tests and for the fuzzer: as plain values, and as the bytes of their files. */
import { memorySource } from './proto/byte-source.js';
import { encodeMessage, type Encodable } from './proto/encode.js';
import { networkOf } from './read.js';
import type { Network } from './types.js';
import { ModelProto, type AttributeProto, type GraphProto, type NodeProto } from './onnx/schema.js';
import { GraphDef, SavedModel, type AttrValue, type NodeDef } from './tensorflow/schema.js';

type OnnxNode = Encodable<NodeProto>;
const FLOAT = 1;
const INT64 = 7;

export const intsAttribute = (name: string, ints: number[]): Encodable<AttributeProto> => ({
  name,
  ints,
  type: INT64,
});
export const intAttribute = (name: string, i: number): Encodable<AttributeProto> => ({ name, i, type: 2 });
export const onnxNode = (
  opType: string,
  inputs: string[],
  outputs: string[],
  attributes: Encodable<AttributeProto>[] = [],
): OnnxNode => ({ opType, inputs, outputs, attributes, name: `${opType}_${outputs[0] ?? ''}` });
const info = (name: string, dims: (number | string)[]): Encodable<GraphProto['inputs'][number]> => ({
  name,
  type: {
    tensor: {
      elementType: FLOAT,
      shape: { dims: dims.map((size) => (typeof size === 'number' ? { value: size } : { parameter: size })) },
    },
  },
});
/** A weight whose numbers are in the file. */
const weight = (name: string, dims: number[]): Encodable<GraphProto['initializers'][number]> => ({
  name,
  dims,
  dataType: FLOAT,
  rawData: new Uint8Array(4 * dims.reduce((product, size) => product * size, 1)),
});
export const integers = (name: string, values: number[]): Encodable<GraphProto['initializers'][number]> => ({
  name,
  dims: [values.length],
  dataType: INT64,
  int64Data: values,
});

/** Convolution, batch norm, pooling, a branch and a linear layer, with weights in the file as `torch.onnx.export` writes. */
export function onnxWithWeights(): Encodable<ModelProto> {
  return {
    irVersion: 8,
    producerName: 'pytorch',
    operatorSets: [{ version: 17 }],
    graph: {
      name: 'main',
      inputs: [info('image', ['batch', 3, 16, 16])],
      outputs: [info('logits', ['batch', 10])],
      initializers: [
        weight('conv.weight', [8, 3, 3, 3]),
        weight('conv.bias', [8]),
        ...['weight', 'bias', 'running_mean', 'running_var'].map((part) => weight(`bn.${part}`, [8])),
        weight('fc.weight', [10, 8]),
        weight('fc.bias', [10]),
        integers('zero', [0]),
        integers('minus', [-1]),
        integers('axes', [2, 3]),
      ],
      nodes: [
        onnxNode(
          'Conv',
          ['image', 'conv.weight', 'conv.bias'],
          ['a'],
          [intsAttribute('kernel_shape', [3, 3]), intsAttribute('pads', [1, 1, 1, 1])],
        ),
        onnxNode(
          'BatchNormalization',
          ['a', 'bn.weight', 'bn.bias', 'bn.running_mean', 'bn.running_var'],
          ['b'],
        ),
        onnxNode('Relu', ['b'], ['c']),
        onnxNode(
          'MaxPool',
          ['c'],
          ['d'],
          [intsAttribute('kernel_shape', [2, 2]), intsAttribute('strides', [2, 2])],
        ),
        onnxNode('Sigmoid', ['d'], ['e']),
        onnxNode('Mul', ['d', 'e'], ['f']),
        onnxNode('Concat', ['d', 'f'], ['g'], [intAttribute('axis', 1)]),
        onnxNode('Split', ['g'], ['h', 'i'], [intAttribute('axis', 1)]),
        onnxNode('Add', ['h', 'i'], ['j']),
        onnxNode('ReduceMean', ['j', 'axes'], ['k'], [intAttribute('keepdims', 0)]),
        onnxNode('Shape', ['k'], ['l']),
        onnxNode('Gather', ['l', 'zero'], ['m'], [intAttribute('axis', 0)]),
        onnxNode('Concat', ['m', 'minus'], ['n'], [intAttribute('axis', 0)]),
        onnxNode('Reshape', ['k', 'n'], ['o']),
        onnxNode('Gemm', ['o', 'fc.weight', 'fc.bias'], ['logits'], [intAttribute('transB', 1)]),
      ],
    },
    metadata: [{ key: 'made', value: 'for tests' }],
  };
}

/** Attention over tokens, a function of the file, a branch of the control flow, an operator that nobody knows. */
export function onnxTransformer(): Encodable<ModelProto> {
  const branch = (scale: string): Encodable<GraphProto> => ({
    outputs: [info('chosen', [])],
    nodes: [onnxNode(scale, ['s'], ['chosen'])],
  });
  return {
    irVersion: 9,
    functions: [
      {
        name: 'Twice',
        domain: 'own',
        inputs: ['x'],
        outputs: ['y'],
        nodes: [onnxNode('Add', ['x', 'x'], ['y'])],
      },
    ],
    graph: {
      inputs: [info('tokens', ['batch', 'sequence', 16]), info('flag', [])],
      outputs: [info('result', ['batch', 'sequence', 16])],
      initializers: [
        weight('qkv.weight', [16, 48]),
        weight('out.weight', [16, 16]),
        integers('parts', [16, 16, 16]),
      ],
      nodes: [
        onnxNode('MatMul', ['tokens', 'qkv.weight'], ['qkv']),
        onnxNode('Split', ['qkv', 'parts'], ['q', 'k', 'v'], [intAttribute('axis', -1)]),
        onnxNode('Transpose', ['k'], ['kt'], [intsAttribute('perm', [0, 2, 1])]),
        onnxNode('MatMul', ['q', 'kt'], ['s']),
        {
          ...onnxNode('If', ['flag'], ['chosen_outer']),
          attributes: [
            { name: 'then_branch', g: branch('Tanh') },
            { name: 'else_branch', g: branch('Exp') },
          ],
        },
        onnxNode('Softmax', ['chosen_outer'], ['p']),
        onnxNode('MatMul', ['p', 'v'], ['mixed']),
        onnxNode('MatMul', ['mixed', 'out.weight'], ['projected']),
        { ...onnxNode('Twice', ['projected'], ['doubled']), domain: 'own' },
        onnxNode('Einsum', ['doubled', 'out.weight'], ['turned'], [{ name: 'equation', s: 'bij,jk->bik' }]),
        onnxNode('Novel', ['turned'], ['result']),
      ],
    },
  };
}

type Attributes = Readonly<Record<string, Encodable<AttrValue>>>;
export const tfNode = (
  op: string,
  name: string,
  inputs: string[] = [],
  attributes: Attributes = {},
): Encodable<NodeDef> => ({
  op,
  name,
  inputs,
  attributes: Object.entries(attributes).map(([key, value]) => ({ key, value })),
});
const dims = (...sizes: number[]): { dims: { size: number }[] } => ({
  dims: sizes.map((size) => ({ size })),
});
const floatConst = (name: string, ...sizes: number[]): Encodable<NodeDef> =>
  tfNode('Const', name, [], {
    dtype: { type: FLOAT },
    value: { tensor: { dtype: FLOAT, shape: dims(...sizes), content: new Uint8Array(64) } },
  });
const intConst = (name: string, ...values: number[]): Encodable<NodeDef> =>
  tfNode('Const', name, [], {
    value: { tensor: { dtype: 3, shape: dims(values.length), intValues: values } },
  });
const strides = (...ints: number[]): Encodable<AttrValue> => ({ list: { ints } });

/** A frozen graph, its nodes in no order of execution. */
export function frozenGraph(): Encodable<GraphDef> {
  return {
    nodes: [
      tfNode('Softmax', 'result', ['dense/BiasAdd']),
      tfNode('Placeholder', 'input', [], { shape: { shape: dims(-1, 16, 16, 3) } }),
      floatConst('conv/kernel', 3, 3, 3, 8),
      floatConst('conv/bias', 8),
      tfNode('Conv2D', 'conv', ['input', 'conv/kernel'], {
        strides: strides(1, 2, 2, 1),
        padding: { text: 'SAME' },
      }),
      tfNode('BiasAdd', 'conv/BiasAdd', ['conv', 'conv/bias']),
      ...['gamma', 'beta', 'mean', 'variance'].map((part) => floatConst(`bn/${part}`, 8)),
      tfNode('FusedBatchNormV3', 'bn', ['conv/BiasAdd', 'bn/gamma', 'bn/beta', 'bn/mean', 'bn/variance']),
      tfNode('Relu6', 'relu', ['bn:0', '^input']),
      tfNode('MaxPool', 'pool', ['relu'], { ksize: strides(1, 2, 2, 1), strides: strides(1, 2, 2, 1) }),
      tfNode('Shape', 'shape', ['pool']),
      intConst('begin', 0),
      intConst('end', 1),
      intConst('step', 1),
      tfNode('StridedSlice', 'batch', ['shape', 'begin', 'end', 'step'], { shrink_axis_mask: { int: 1 } }),
      tfNode('Const', 'width', [], { value: { tensor: { dtype: 3, shape: dims(), intValues: [128] } } }),
      tfNode('Pack', 'flat_shape', ['batch', 'width']),
      tfNode('Reshape', 'flat', ['pool', 'flat_shape']),
      floatConst('dense/kernel', 128, 10),
      floatConst('dense/bias', 10),
      tfNode('MatMul', 'dense', ['flat', 'dense/kernel']),
      tfNode('BiasAdd', 'dense/BiasAdd', ['dense', 'dense/bias']),
    ],
  };
}

/** A SavedModel as TensorFlow 2 writes it: variables, and the network in a function of the library. */
export function savedModel(): Encodable<SavedModel> {
  return {
    version: 1,
    graphs: [
      {
        signatures: [
          {
            key: 'serving_default',
            value: { outputs: [{ key: 'y', value: { name: 'StatefulPartitionedCall:0' } }] },
          },
        ],
        graph: {
          nodes: [
            tfNode('VarHandleOp', 'kernel', [], {
              shape: { shape: dims(8, 4) },
              dtype: { type: FLOAT },
              shared_name: { text: 'dense/kernel' },
            }),
            tfNode('VarHandleOp', 'bias', [], {
              shape: { shape: dims(4) },
              dtype: { type: FLOAT },
              shared_name: { text: 'dense/bias' },
            }),
            tfNode('Placeholder', 'serving_default_x', [], { shape: { shape: dims(-1, 8) } }),
            tfNode(
              'StatefulPartitionedCall',
              'StatefulPartitionedCall',
              ['serving_default_x', 'kernel', 'bias'],
              {
                f: { function: { name: '__inference' } },
              },
            ),
            tfNode('Placeholder', 'saver_filename', [], { shape: { shape: dims() } }),
          ],
          library: {
            functions: [
              {
                signature: {
                  name: '__inference',
                  inputs: [{ name: 'x' }, { name: 'k' }, { name: 'b' }],
                  outputs: [{ name: 'y' }],
                },
                nodes: [
                  tfNode('ReadVariableOp', 'MatMul/ReadVariableOp', ['k']),
                  tfNode('MatMul', 'MatMul', ['x', 'MatMul/ReadVariableOp:value:0']),
                  tfNode('ReadVariableOp', 'BiasAdd/ReadVariableOp', ['b']),
                  tfNode('BiasAdd', 'BiasAdd', ['MatMul:product:0', 'BiasAdd/ReadVariableOp:value:0']),
                  tfNode('Tanh', 'Tanh', ['BiasAdd:output:0']),
                  tfNode('Identity', 'Identity', ['Tanh:y:0']),
                ],
                returns: [{ key: 'y', value: 'Identity:output:0' }],
              },
            ],
          },
        },
      },
    ],
  };
}

/** A functional Keras model with a residual connection and layers of several kinds. */
export function kerasModel(): unknown {
  const layer = (class_name: string, name: string, config: object, ...from: string[]): object => ({
    class_name,
    name,
    config: { name, ...config },
    inbound_nodes: from.length === 0 ? [] : [from.map((source) => [source, 0, 0, {}])],
  });
  return {
    class_name: 'Functional',
    config: {
      name: 'model',
      layers: [
        layer('InputLayer', 'in', { batch_input_shape: [null, 16, 16, 3] }),
        layer(
          'Conv2D',
          'conv',
          { filters: 8, kernel_size: [3, 3], strides: [2, 2], padding: 'same', activation: 'relu' },
          'in',
        ),
        layer('BatchNormalization', 'bn', { axis: -1 }, 'conv'),
        layer('DepthwiseConv2D', 'deep', { kernel_size: [3, 3], padding: 'same', depth_multiplier: 1 }, 'bn'),
        layer('Add', 'add', {}, 'deep', 'bn'),
        layer('Concatenate', 'concat', { axis: -1 }, 'add', 'conv'),
        layer('MaxPooling2D', 'pool', { pool_size: [2, 2] }, 'concat'),
        layer(
          'ZeroPadding2D',
          'pad',
          {
            padding: [
              [1, 1],
              [0, 0],
            ],
          },
          'pool',
        ),
        layer('Flatten', 'flat', {}, 'pad'),
        layer('Dropout', 'drop', { rate: 0.5 }, 'flat'),
        layer('Dense', 'dense', { units: 10, activation: 'softmax' }, 'drop'),
      ],
      input_layers: [['in', 0, 0]],
      output_layers: [['dense', 0, 0]],
    },
  };
}

/** An ONNX network of one input and the last node's outputs; weights without numbers, unless `more` has them. */
export function onnxOf(
  nodes: readonly OnnxNode[],
  input: readonly (number | string)[],
  weights: Readonly<Record<string, number[]>>,
  more: Encodable<GraphProto> = {},
): Network {
  const graph: Encodable<GraphProto> = {
    ...more,
    inputs: [info('x', [...input])],
    outputs: (nodes.at(-1)?.outputs ?? []).map((name) => ({ name })),
    nodes,
    initializers: [
      ...Object.entries(weights).map(([name, dims]) => ({ name, dims, dataType: FLOAT })),
      ...(more.initializers ?? []),
    ],
  };
  return networkOf(memorySource(encodeMessage(ModelProto, { irVersion: 8, graph })), 'tiny', '.onnx');
}

export const onnxBytes = (model: Encodable<ModelProto>): Uint8Array => encodeMessage(ModelProto, model);
export const graphBytes = (graph: Encodable<GraphDef>): Uint8Array => encodeMessage(GraphDef, graph);
export const savedModelBytes = (model: Encodable<SavedModel>): Uint8Array => encodeMessage(SavedModel, model);
