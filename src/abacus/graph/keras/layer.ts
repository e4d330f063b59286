/** One Keras layer: its configuration and its weights, which all of its calls share. */
import { layoutOf } from './layout.js';
import type { Layout, Origin } from '../operations.js';
import { shapeText, type Tensor, type TensorRole, type Trace } from '../trace.js';
import type { Shape } from '../types.js';
import type { Config } from './config.js';
import type { CallArguments } from './references.js';

/** `math.reduce_mean`, `ReduceMean`, `Mean` and `__add__` are `mean` and `add`. */
export const wordOf = (name: string): string =>
  name
    .split('.')
    .at(-1)!
    .toLowerCase()
    .replaceAll('_', '')
    .replace(/^reduce(?=[a-z])/, '');

export class Layer {
  private readonly weights = new Map<string, Tensor>();

  constructor(
    readonly className: string,
    readonly name: string,
    readonly config: Config,
    private readonly frozen: boolean,
  ) {}

  /** A weight of this layer. Called again with another shape, the layer is used on inputs that do not fit each other. */
  weight(trace: Trace, name: string, shape: Shape, role: TensorRole = 'parameter'): Tensor {
    const known = this.weights.get(name);
    if (known !== undefined) {
      if (known.shape.join() !== shape.join())
        trace.fail(
          this.name,
          `its ${name} would be ${shapeText(known.shape)} and ${shapeText(shape)} at once`,
        );
      return known;
    }
    const full = `${this.name}/${name}`;
    trace.checkShape(full, shape);
    const kept = role === 'parameter' && this.frozen ? 'buffer' : role;
    const tensor: Tensor = { name: full, shape, role: kept, contiguous: true };
    this.weights.set(name, tensor);
    return tensor;
  }
}

/** One call of a layer. */
export class Call {
  constructor(
    readonly trace: Trace,
    readonly layer: Layer,
    readonly inputs: readonly Tensor[],
    readonly training: boolean,
    /** What the call was given besides tensors. */
    private readonly given: CallArguments = { places: [], names: {} },
  ) {}

  /** The function that Keras made this layer of, by its full name. */
  get functionName(): string {
    const { config, className } = this.layer;
    return config.has('function') ? config.text('function', className) : className;
  }

  /** Its last word, in small letters. */
  get word(): string {
    return wordOf(this.functionName);
  }

  /** What a function was given by that name (or at that place of the call), with the layer or with the call. */
  argument(name: string, place?: number): unknown {
    const { names, places } = this.given;
    return (
      this.config.values[name] ??
      names[name] ??
      (place === undefined ? undefined : places[place]) ??
      undefined
    );
  }

  /** The same as whole numbers; one number is a list of one, an open dimension is -1. */
  numbers(name: string, place?: number): number[] | undefined {
    const value = this.argument(name, place);
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (value === undefined || list.length > 4096) return undefined;
    const numbers = list.map((number) => (number === null ? -1 : number));
    return numbers.every((number): number is number => Number.isSafeInteger(number)) ? numbers : undefined;
  }

  get config(): Config {
    return this.layer.config;
  }

  get data(): Tensor {
    return this.inputs[0] ?? this.fail('it has no input');
  }

  get layout(): Layout {
    return layoutOf(this.config.text('data_format', 'channels_last'));
  }

  origin(part = ''): Origin {
    const { name, className } = this.layer;
    return { name: part === '' ? name : `${name}/${part}`, source: className };
  }

  weight(name: string, shape: Shape, role: TensorRole = 'parameter'): Tensor {
    return this.layer.weight(this.trace, name, shape, role);
  }

  fail(what: string): never {
    return this.trace.fail(`${this.layer.className} ${this.layer.name}`, what);
  }
}
export type LayerHandler = (call: Call) => Tensor | Tensor[];
