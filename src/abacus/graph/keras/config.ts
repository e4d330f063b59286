/** Values of a Keras configuration, each checked where it is read. */
import { ForetokenError } from '../../../base/errors.js';
import { isObject } from '../../../base/shape.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** One layer's `config`. `where` is for messages. */
export class Config {
  constructor(
    readonly values: JsonObject,
    readonly where: string,
  ) {}

  fail(what: string): never {
    throw new ForetokenError('invalid_network', `${this.where}: ${what}.`);
  }

  has(name: string): boolean {
    return this.values[name] !== undefined && this.values[name] !== null;
  }

  text(name: string, otherwise: string): string {
    const value = this.values[name];
    if (value === undefined || value === null) return otherwise;
    if (typeof value === 'string') return value;
    // Activations and the like may be objects with a class name.
    if (isObject(value) && typeof value['class_name'] === 'string') return value['class_name'];
    return this.fail(`'${name}' must be a text`);
  }

  flag(name: string, otherwise: boolean): boolean {
    const value = this.values[name];
    return typeof value === 'boolean' ? value : otherwise;
  }

  number(name: string, otherwise?: number): number {
    const value = this.values[name] ?? otherwise;
    if (typeof value !== 'number' || !Number.isFinite(value)) return this.fail(`'${name}' must be a number`);
    return value;
  }

  /** A whole number from 1. */
  count(name: string, otherwise?: number): number {
    const value = this.number(name, otherwise);
    if (!Number.isSafeInteger(value) || value < 1)
      return this.fail(`'${name}' must be a whole number from 1; got ${value}`);
    return value;
  }

  /** Whole numbers; a single one is meant for all of `length`. */
  counts(name: string, length: number, otherwise: number | undefined): number[] {
    const value = this.values[name] ?? otherwise;
    const list: unknown[] = Array.isArray(value) ? value : new Array<unknown>(length).fill(value);
    if (list.length !== length) return this.fail(`'${name}' must have ${length} numbers; got ${list.length}`);
    return list.map((number) =>
      typeof number === 'number' && Number.isSafeInteger(number) && number >= 1
        ? number
        : this.fail(`'${name}' must be whole numbers from 1`),
    );
  }

  /** Dimensions, with null where they are open; undefined where there are none. */
  dimensions(name: string): (number | undefined)[] | undefined {
    const value = this.values[name];
    if (!Array.isArray(value)) return undefined;
    if (value.length > 16) return this.fail(`'${name}' has ${value.length} dimensions`);
    return value.map((size: unknown) => {
      if (size === null || size === -1) return undefined;
      if (typeof size === 'number' && Number.isSafeInteger(size) && size >= 0) return size;
      return this.fail(`'${name}' must be dimensions`);
    });
  }

  object(name: string): JsonObject {
    const value = this.values[name];
    return isObject(value) ? value : this.fail(`'${name}' is missing`);
  }
}
