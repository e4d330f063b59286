/** TensorFlow's shape arithmetic, worked out on small lists of numbers with the same functions as ONNX's. */
import { onHost, type HostTensor } from '../onnx/host.js';
import { elementsOf } from '../trace.js';
import type { TfNode } from './node.js';
import { stridedShape } from './data-movement.js';

/** The ONNX operator that does the same on numbers. */
const AS_ONNX: ReadonlyMap<string, string> = new Map(
  Object.entries({
    Add: 'Add',
    AddV2: 'Add',
    Sub: 'Sub',
    Mul: 'Mul',
    FloorDiv: 'Div',
    RealDiv: 'Div',
    FloorMod: 'Mod',
    Maximum: 'Max',
    Minimum: 'Min',
    Neg: 'Neg',
    Cast: 'Identity',
    Identity: 'Identity',
    Prod: 'ReduceProd',
    Sum: 'ReduceSum',
    Max: 'ReduceMax',
    Min: 'ReduceMin',
    GatherV2: 'Gather',
    Gather: 'Gather',
    ExpandDims: 'Unsqueeze',
    Squeeze: 'Squeeze',
    Reshape: 'Reshape',
    Range: 'Range',
    Equal: 'Equal',
    Greater: 'Greater',
    Less: 'Less',
    GreaterEqual: 'GreaterOrEqual',
    LessEqual: 'LessOrEqual',
    LogicalAnd: 'And',
    LogicalOr: 'Or',
    LogicalNot: 'Not',
    Select: 'Where',
    SelectV2: 'Where',
  }),
);

export function tfOnHost(node: TfNode): HostTensor | undefined {
  const { op } = node.def;
  const inputs = node.inputs.map(({ shape, value }) => (value === undefined ? undefined : { shape, value }));
  if (inputs.length === 0 || inputs.includes(undefined)) return undefined;
  const known = inputs as HostTensor[];
  const [first] = known;
  switch (op) {
    case 'Pack': {
      if (known.some(({ value }) => value.length !== 1)) return undefined;
      return { shape: [known.length], value: known.map(({ value }) => value[0]!) };
    }
    case 'ConcatV2': {
      const value = known.slice(0, -1).flatMap((part) => part.value);
      return value.length > 4096 ? undefined : { shape: [value.length], value };
    }
    case 'Fill': {
      const shape = first!.value;
      const count = elementsOf(shape);
      return count <= 4096
        ? { shape, value: new Array<number>(count).fill(known[1]?.value[0] ?? 0) }
        : undefined;
    }
    case 'StridedSlice': {
      if (first!.shape.length !== 1) return undefined;
      const taken = stridedShape(node, first!.shape);
      if (taken === undefined) return undefined;
      const [start = 0] = taken.starts;
      const [step = 1] = taken.steps;
      const value = Array.from(
        { length: elementsOf(taken.output) },
        (_, at) => first!.value[start + at * step],
      );
      return value.includes(undefined) ? undefined : { shape: taken.output, value: value as number[] };
    }
    default: {
      const same = AS_ONNX.get(op);
      const attributes = {
        int: (_: string, otherwise: number): number => otherwise,
        ints: (name: string) => (name === 'axes' && op === 'Squeeze' ? node.ints('squeeze_dims') : undefined),
      };
      const used =
        same?.startsWith('Reduce') === true
          ? known.slice(0, 1)
          : same === 'Gather'
            ? known.slice(0, 2)
            : known;
      const result = same === undefined ? undefined : onHost(same, used, attributes);
      return result !== undefined && same?.startsWith('Reduce') === true ? { ...result, shape: [] } : result;
    }
  }
}
