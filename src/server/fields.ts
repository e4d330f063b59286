/**
 * Reads a request body field by field. Every refusal names the field, what is allowed and what was given; a
 * field that is null counts as absent, as OpenAI's clients send it.
 */
import { ForetokenError } from '../base/errors.js';
import { nearest } from '../base/nearest.js';
import { isObject } from '../base/shape.js';

export { isObject };

/** Which numbers a field takes; half-open where `above` stands for `min`. */
export interface NumberRule {
  readonly integer?: boolean;
  readonly min?: number;
  /** Exclusive lower limit. */
  readonly above?: number;
  readonly max?: number;
}

/** Unknown fields that one answer names. */
const MOST_NAMED = 8;

export class Fields {
  readonly #values: Readonly<Record<string, unknown>>;
  /** Path of the object in the body, with its dot: `speculation.`; empty for the body itself. */
  readonly #path: string;

  private constructor(values: Readonly<Record<string, unknown>>, path: string) {
    this.#values = values;
    this.#path = path;
  }

  /** The fields of a parsed body. */
  static ofBody(body: unknown): Fields {
    if (!isObject(body))
      throw new ForetokenError(
        'invalid_request',
        `The request body must be a JSON object; got ${show(body)}.`,
      );
    return new Fields(body, '');
  }

  /** The fields of an object somewhere in the body, `path` saying where. */
  static ofObject(value: unknown, path: string): Fields {
    if (!isObject(value)) throw invalid(path, 'an object', value);
    return new Fields(value, `${path}.`);
  }

  /** A field's place in the body, for messages. */
  path(name: string): string {
    return this.#path + name;
  }

  /** The field as it came; undefined for null. */
  raw(name: string): unknown {
    return Object.hasOwn(this.#values, name) ? (this.#values[name] ?? undefined) : undefined;
  }

  /**
   * Refuses every field that is not known: a misspelt option must not be silently ignored.
   * @param unsupported fields that have a meaning elsewhere, with the reason why not here; null is let through
   */
  refuseUnknown(known: readonly string[], unsupported: Readonly<Record<string, string>> = {}): void {
    const [first] = this.#unknown(known, unsupported);
    if (first !== undefined)
      throw new ForetokenError('invalid_request', `Unknown field ${first.told}`, { param: first.path });
  }

  /**
   * Fields that are not known are left out of account and named, so that clients of other servers are served and
   * nobody is left to wonder; those that are `unsupported` are refused all the same.
   * @param strict refuse them all
   * @returns what to warn of, one text a field
   */
  nameUnknown(
    known: readonly string[],
    unsupported: Readonly<Record<string, string>>,
    strict: boolean,
  ): readonly string[] {
    if (strict) this.refuseUnknown(known, unsupported);
    const unknown = this.#unknown(known, unsupported);
    const more = unknown.length - MOST_NAMED;
    return [
      ...unknown.slice(0, MOST_NAMED).map(({ told }) => `Unknown field ignored: ${told}`),
      ...(more > 0 ? [`${more} more unknown fields ignored.`] : []),
    ];
  }

  #unknown(
    known: readonly string[],
    unsupported: Readonly<Record<string, string>>,
  ): { readonly path: string; readonly told: string }[] {
    const unknown: { readonly path: string; readonly told: string }[] = [];
    for (const name of Object.keys(this.#values)) {
      if (known.includes(name)) continue;
      if (Object.hasOwn(unsupported, name)) {
        if (this.raw(name) === undefined) continue;
        throw new ForetokenError(
          'invalid_request',
          `'${this.path(name)}' is not supported: ${unsupported[name]!}`,
          { param: this.path(name) },
        );
      }
      const path = this.path(clip(name));
      // Only what will be told is compared with all that there is.
      const hint = unknown.length < MOST_NAMED ? hintFor(name, known, this.#path) : '.';
      unknown.push({ path, told: `'${path}'${hint}` });
    }
    return unknown;
  }

  number(name: string, rule: NumberRule): number | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    return requireNumber(value, this.path(name), rule);
  }

  boolean(name: string): boolean | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw invalid(this.path(name), 'true or false', value);
  }

  string(name: string): string | undefined {
    const value = this.raw(name);
    if (value === undefined || typeof value === 'string') return value;
    throw invalid(this.path(name), 'a string', value);
  }

  requiredString(name: string): string {
    const value = this.string(name);
    if (value === undefined) throw invalid(this.path(name), 'a string', undefined);
    return value;
  }

  oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined {
    const value = this.raw(name);
    if (value === undefined) return undefined;
    const choice = choices.find((candidate) => candidate === value);
    if (choice !== undefined) return choice;
    throw invalid(this.path(name), `one of ${choices.map((choice) => `'${choice}'`).join(', ')}`, value);
  }

  object(name: string): Fields | undefined {
    const value = this.raw(name);
    return value === undefined ? undefined : Fields.ofObject(value, this.path(name));
  }

  /** All entries, for objects whose keys are data. */
  entries(): [string, unknown][] {
    return Object.entries(this.#values);
  }
}

export function requireNumber(value: unknown, path: string, rule: NumberRule): number {
  const fits =
    typeof value === 'number' &&
    (rule.integer !== true || Number.isSafeInteger(value)) &&
    (rule.min === undefined || value >= rule.min) &&
    (rule.above === undefined || value > rule.above) &&
    (rule.max === undefined || value <= rule.max);
  if (fits) return value;
  throw invalid(path, describeRule(rule), value);
}

/** Token ids that the vocabulary has. */
export function requireTokens(value: unknown, path: string, vocabularySize: number): readonly number[] {
  if (!Array.isArray(value)) throw invalid(path, 'an array of token ids', value);
  value.forEach((id: unknown, index) => {
    if (typeof id === 'number' && Number.isInteger(id) && id >= 0 && id < vocabularySize) return;
    throw invalid(`${path}[${index}]`, `a token id from 0 to ${vocabularySize - 1}`, id);
  });
  return value as readonly number[];
}

/** The error for a field whose value is not what is allowed. */
export function invalid(path: string, allowed: string, given: unknown): ForetokenError {
  return new ForetokenError('invalid_request', `'${path}' must be ${allowed}; got ${show(given)}.`, {
    param: path,
  });
}

function hintFor(name: string, known: readonly string[], path: string): string {
  const suggestion = nearest(name, known);
  if (suggestion !== undefined) return `; did you mean '${path}${suggestion}'?`;
  return known.length <= 8
    ? `; allowed here: ${known.join(', ')}.`
    : '; docs/api.md lists the fields of this route.';
}

function describeRule(rule: NumberRule): string {
  const kind = rule.integer === true ? 'an integer' : 'a number';
  const lower = rule.above ?? rule.min;
  if (lower === undefined) return rule.max === undefined ? kind : `${kind} of at most ${rule.max}`;
  if (rule.max === undefined)
    return rule.above === undefined ? `${kind} of at least ${lower}` : `${kind} above ${lower}`;
  return rule.above === undefined
    ? `${kind} from ${lower} to ${rule.max}`
    : `${kind} above ${lower} and at most ${rule.max}`;
}

/** A given value in few words: it may be megabytes long. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value === 'bigint') return clip(String(value));
  if (typeof value === 'string') return JSON.stringify(clip(value));
  if (Array.isArray(value)) return value.length === 0 ? 'an empty array' : `an array of ${value.length}`;
  return 'an object';
}

function clip(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
