/** Looks whether values from outside have the shape that they should have: small checks, put together to larger ones. */
export type Check = (value: unknown) => boolean;

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Finite. */
export const isNumber: Check = (value) => typeof value === 'number' && Number.isFinite(value);

export const isBoolean: Check = (value) => typeof value === 'boolean';

export const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every((each) => check(each));

/** An object whose fields have any names. */
export const isMapOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);

/** An object with these fields; it may have others. */
export const hasFields =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(fields).every(([name, check]) => check(value[name]));

/** Fields that are all numbers, for `hasFields`. */
export const numbers = (...names: readonly string[]): Record<string, Check> =>
  Object.fromEntries(names.map((name) => [name, isNumber]));
