/** Numbers of a schema: bounds, `multipleOf`, and values that `not` takes out. */
import { automatonNode } from './automaton-rules.js';
import { AutomatonFault } from './budget.js';
import type { Conversion, Place } from './conversion.js';
import { choice, oneOf, type GbnfNode } from './gbnf.js';
import { useJsonRule } from './json.js';
import { commonStep, decimalOf, isMultiple, multiples, type Decimal } from './multiples.js';
import { numberRange, tightened, type Bound } from './numbers.js';
import { Exclusions, partsOf, refuse, type Schema } from './schema.js';

export interface NumberLimits {
  readonly kind: 'integer' | 'number';
  readonly low?: Bound | undefined;
  readonly high?: Bound | undefined;
  readonly step?: Decimal | undefined;
  /** Values left out. */
  readonly without: readonly number[];
}

const ONE: Decimal = { units: 1n, places: 0 };

/** What a schema says about its numbers. @throws ForetokenError `invalid_schema` */
export function readNumbers(type: 'integer' | 'number', schema: Schema, path: string): NumberLimits {
  const excluded = schema['not'] instanceof Exclusions ? schema['not'].numbers : [];
  let step: Decimal | undefined;
  for (const value of partsOf(schema['multipleOf'])) {
    const decimal = decimalOf(value as number);
    if (!decimal) refuse(path, `"multipleOf" ${String(value)} has too many digits, or is not above 0`);
    step = step ? commonStep(step, decimal) : decimal;
  }
  const isWhole = step !== undefined && isMultiple(Number(step.units) / 10 ** step.places, ONE);
  const kind = type === 'integer' || isWhole ? 'integer' : 'number';
  if (step && kind === 'integer' && commonStep(step, ONE).units === 1n) step = undefined;
  const low = tightest(schema, 'minimum', 'exclusiveMinimum', 'low', path);
  const high = tightest(schema, 'maximum', 'exclusiveMaximum', 'high', path);
  return { kind, low, high, step, without: excluded };
}

function tightest(
  schema: Schema,
  inclusive: string,
  exclusive: string,
  side: 'low' | 'high',
  path: string,
): Bound | undefined {
  let found: Bound | undefined;
  for (const keyword of [inclusive, exclusive]) {
    const value = schema[keyword] as number | undefined;
    if (value === undefined) continue;
    const bound = tightened({ value, exclusive: keyword === exclusive }, side);
    if (!bound) refuse(path, `"${keyword}" ${value} lies beyond the numbers that are exact`);
    const further = side === 'low' ? (found?.value ?? -Infinity) : (found?.value ?? Infinity);
    if (!found || (side === 'low' ? bound.value > further : bound.value < further)) found = bound;
    else if (bound.value === further && bound.exclusive) found = bound;
  }
  return found;
}

/** The numbers within limits; undefined when there are none. */
export function numberNode(
  conversion: Conversion,
  limits: NumberLimits,
  { path, hint }: Pick<Place, 'path' | 'hint'>,
): GbnfNode | undefined {
  const { kind, low, high, step, without } = limits;
  if (!low && !high && !step && without.length === 0) return useJsonRule(conversion.grammar, kind);
  const pieces: GbnfNode[] = [];
  for (const [from, to] of gaps(low, high, without)) {
    const piece = step
      ? stepped(conversion, { kind, low: from, high: to, step, without: [] }, path, hint)
      : choiceOf(byExactness(kind, from, to).map(([low, high]) => numberRange(kind, low, high)));
    if (piece) pieces.push(piece);
  }
  return choiceOf(pieces);
}

function choiceOf(nodes: readonly (GbnfNode | undefined)[]): GbnfNode | undefined {
  const possible = nodes.filter((node) => node !== undefined);
  return possible.length === 0 ? undefined : choice(...possible);
}

/** Large numbers leave no room for a fraction, and a range is written with one number of places: so it is cut. */
const CUTS = [-1e11, -1e7, 1e7, 1e11];

function byExactness(
  kind: 'integer' | 'number',
  low: Bound | undefined,
  high: Bound | undefined,
): readonly (readonly [Bound | undefined, Bound | undefined])[] {
  const cuts = kind === 'integer' ? [] : CUTS;
  const inside = cuts.filter(
    (cut) => (low ? cut > low.value : cut > 0) && (high ? cut < high.value : cut < 0),
  );
  const from = [low, ...inside.map((value) => ({ value, exclusive: false }))];
  const to = [...inside.map((value) => ({ value, exclusive: true })), high];
  return from.map((bound, index) => [bound, to[index]] as const);
}

function stepped(
  conversion: Conversion,
  { kind, low, high, step }: NumberLimits,
  path: string,
  hint: string,
): GbnfNode | undefined {
  try {
    const automaton = multiples(kind, low, high, step!, conversion.budget);
    return automaton && automatonNode(conversion.grammar, hint, automaton, oneOf);
  } catch (error) {
    if (error instanceof AutomatonFault) refuse(path, `"multipleOf" ${error.message}`);
    throw error;
  }
}

/** The range between the values left out. */
function gaps(
  low: Bound | undefined,
  high: Bound | undefined,
  without: readonly number[],
): readonly (readonly [Bound | undefined, Bound | undefined])[] {
  const cuts = [...new Set(without)].sort((a, b) => a - b).map((value) => ({ value, exclusive: true }));
  const inside = cuts.filter(({ value }) => (!low || value >= low.value) && (!high || value <= high.value));
  const edges = [low, ...inside, high];
  return edges.slice(1).map((to, index) => [edges[index], to] as const);
}

/** Whether a given number is within limits. */
export function holdsNumber({ kind, low, high, step, without }: NumberLimits, value: number): boolean {
  if (kind === 'integer' && !Number.isInteger(value)) return false;
  if (low && (low.exclusive ? value <= low.value : value < low.value)) return false;
  if (high && (high.exclusive ? value >= high.value : value > high.value)) return false;
  return (!step || isMultiple(value, step)) && !without.includes(value);
}
