/**
 * How large a schema may be before anything reads it. Looks at every value once, without recursion, so that no
 * nesting is too deep to be refused in words.
 */
import { isObject } from '../base/shape.js';
import { refuse } from './schema.js';

/** Each level of a schema takes two of JSON (`properties`, and the name). */
const MOST_LEVELS = 256;
const MOST_NODES = 200_000;
const MOST_CHARACTERS = 2_000_000;

/** @throws ForetokenError `invalid_schema` */
export function checkSize(schema: unknown): void {
  let nodes = 0;
  let characters = 0;
  const count = (text: string): void => {
    characters += text.length;
    if (characters > MOST_CHARACTERS)
      refuse('#', `it holds more than ${MOST_CHARACTERS} characters of text; make it smaller`);
  };
  let level: readonly unknown[] = [schema];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MOST_LEVELS)
      refuse(
        '#',
        `it is nested more than ${MOST_LEVELS} levels deep; make it flatter, or use $ref for recursion`,
      );
    nodes += level.length;
    if (nodes > MOST_NODES) refuse('#', `it holds more than ${MOST_NODES} values; make it smaller`);
    const below: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string') count(value);
      else if (typeof value === 'number' && !Number.isFinite(value))
        refuse('#', 'it holds a number too large for a double');
      else if (Array.isArray(value)) for (const item of value) below.push(item);
      else if (isObject(value))
        for (const [key, item] of Object.entries(value)) {
          count(key);
          below.push(item);
        }
    }
    level = below;
  }
}
