"""
Writes data/onnx/operators.json: networks of one operator each (detection, quantised, losses and others that exporters of vision
networks seldom use), and the shapes that onnx itself infers for their outputs (0: it depends on the data). Needs onnx 1.23 (pip install onnx==1.23.2).

    python scripts/onnx-fixtures.py
"""
import base64
import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper, shape_inference

F, I8, U8, I32, I64 = TensorProto.FLOAT, TensorProto.INT8, TensorProto.UINT8, TensorProto.INT32, TensorProto.INT64
zeros = {F: np.float32, I8: np.int8, U8: np.uint8, I32: np.int32, I64: np.int64}


def case(op, inputs, outputs, weights=(), name=None, **attributes):
    """inputs: (name, type, shape) of data; weights: (name, type, shape or values) in the file; outputs: their names."""
    names = [i[0] for i in inputs]
    # A file with weights: else inputs may stand for weights that were left out.
    stored = [numpy_helper.from_array(np.zeros(1, np.int64), 'unused')]
    for w, kind, value in weights:
        array = np.zeros(value, zeros[kind]) if isinstance(value, tuple) else np.array(value, zeros[kind])
        stored.append(numpy_helper.from_array(array, w))
    order = attributes.pop('order', names + [w[0] for w in weights])
    node = helper.make_node(op, order, outputs, name=name or op, **attributes)
    graph = helper.make_graph(
        [node], name or op, [helper.make_tensor_value_info(*i) for i in inputs],
        [onnx.ValueInfoProto(name=o) for o in outputs], stored)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid('', 21)], ir_version=10)
    inferred = shape_inference.infer_shapes(model, data_prop=True)
    shapes = {}
    for value in list(inferred.graph.output):
        dims = value.type.tensor_type.shape.dim
        shapes[value.name] = [d.dim_value for d in dims]
        assert value.type.tensor_type.HasField('shape'), (op, value)
    # `model` is without the answer.
    return {'name': name or op, 'outputs': shapes, 'model': base64.b64encode(model.SerializeToString()).decode()}


x = ('x', F, [2, 8, 16, 12])
cases = [
    case('RoiAlign', [x, ('boxes', F, [7, 4]), ('which', I64, [7])], ['y'], output_height=5, output_width=3, sampling_ratio=2),
    case('MaxRoiPool', [x, ('boxes', F, [7, 5])], ['y'], pooled_shape=[5, 3]),
    case('GridSample', [x, ('grid', F, [2, 9, 10, 2])], ['y']),
    case('MatMulInteger', [('x', U8, [2, 6, 32])], ['y'], [('w', I8, (32, 24))]),
    case('QLinearMatMul', [('x', U8, [2, 6, 32])], ['y'],
         [('xs', F, 0.1), ('xz', U8, 0), ('w', I8, (32, 24)), ('ws', F, 0.1), ('wz', I8, 0), ('ys', F, 0.1), ('yz', U8, 0)]),
    case('ConvInteger', [('x', U8, [2, 8, 16, 12])], ['y'], [('w', I8, (6, 8, 3, 3))], pads=[1, 1, 1, 1], strides=[2, 2]),
    case('QLinearConv', [('x', U8, [2, 8, 16, 12])], ['y'],
         [('xs', F, 0.1), ('xz', U8, 0), ('w', I8, (6, 8, 3, 3)), ('ws', F, 0.1), ('wz', I8, 0), ('ys', F, 0.1), ('yz', U8, 0),
          ('b', I32, (6,))], pads=[1, 1, 1, 1]),
    case('DynamicQuantizeLinear', [x], ['y', 'scale', 'zero']),
    case('QuantizeLinear', [x], ['y'], [('s', F, 0.1), ('z', U8, 0)]),
    case('DequantizeLinear', [('x', U8, [2, 8, 16, 12])], ['y'], [('s', F, 0.1), ('z', U8, 0)]),
    case('DeformConv', [x, ('offset', F, [2, 18, 16, 12])], ['y'], [('w', F, (6, 8, 3, 3)), ('b', F, (6,))],
         order=['x', 'w', 'offset', 'b'], pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
    case('SoftmaxCrossEntropyLoss', [('x', F, [2, 10]), ('t', I64, [2])], ['y', 'logs']),
    case('SoftmaxCrossEntropyLoss', [('x', F, [2, 10, 4, 3]), ('t', I64, [2, 4, 3])], ['y'], name='LossByPlace', reduction='none'),
    case('NegativeLogLikelihoodLoss', [('x', F, [2, 10]), ('t', I64, [2])], ['y']),
    case('TopK', [('x', F, [2, 100])], ['values', 'places'], [('k', I64, [5])]),
    case('GatherND', [('x', F, [2, 8, 16]), ('at', I64, [2, 5, 1])], ['y'], batch_dims=1),
    case('GatherElements', [('x', F, [2, 8]), ('at', I64, [2, 3])], ['y'], axis=1),
    case('ScatterND', [('x', F, [2, 8]), ('at', I64, [4, 1]), ('new', F, [4, 8])], ['y']),
    case('OneHot', [('x', I64, [2, 6])], ['y'], [('depth', I64, [10]), ('values', F, [0.0, 1.0])]),
    case('DepthToSpace', [x], ['y'], blocksize=2),
    case('SpaceToDepth', [x], ['y'], blocksize=2),
    case('Resize', [x], ['y'], [('roi', F, (0,)), ('scales', F, [1.0, 1.0, 2.0, 1.5])], mode='linear'),
    case('LpPool', [x], ['y'], kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1]),
    case('GlobalLpPool', [x], ['y']),
    case('ReverseSequence', [('x', F, [2, 9, 4]), ('lengths', I64, [2])], ['y'], batch_axis=0, time_axis=1),
    case('Bernoulli', [x], ['y']),
    case('RandomNormalLike', [x], ['y']),
    case('Atanh', [x], ['y']),
    case('ConvTranspose', [x], ['y'], [('w', F, (8, 3, 4, 4))], strides=[2, 2], pads=[1, 1, 1, 1], group=2),
    case('NonZero', [('x', F, [2, 6])], ['y']),
    case('NonMaxSuppression', [('boxes', F, [2, 100, 4]), ('scores', F, [2, 3, 100])], ['y'], [('most', I64, [10])]),
    case('Einsum', [x, ('k', F, [2, 8, 12, 5])], ['y'], equation='bhqd,bhdk->bhqk'),
]
folder = Path(__file__).resolve().parent.parent / 'data' / 'onnx'
folder.mkdir(exist_ok=True)
text = json.dumps({'onnx': onnx.__version__, 'cases': cases}, indent=1)
(folder / 'operators.json').write_text(text + '\n')
print(len(cases), 'operators')
