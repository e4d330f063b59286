/**
 * The members of an object as a grammar: declared properties in declared order (as OpenAI's strict mode
 * writes them), optional ones left out at will, commas only between members, and free keys last.
 */
import * as codePoints from './code-points.js';
import { choice, EMPTY, oneOf, repeat, sequence, text, type GbnfGrammar, type GbnfNode } from './gbnf.js';
import { QUOTE, RAW_CHARACTERS, SPACE } from './json.js';

export interface Property {
  readonly key: string;
  readonly value: GbnfNode;
  readonly required: boolean;
}

export function objectNode(
  grammar: GbnfGrammar,
  hint: string,
  properties: readonly Property[],
  /** Value of keys that are not declared; undefined for none such. */
  free: GbnfNode | undefined,
  /** Keys that free ones must not be either. */
  forbidden: readonly string[] = [],
): GbnfNode {
  const comma = sequence(text(','), SPACE);
  const member = (key: GbnfNode, value: GbnfNode): GbnfNode => sequence(key, text(':'), SPACE, value);

  // Built from the end: `first` is what may still come when nothing has been written, `later` when something has.
  let first: GbnfNode = EMPTY;
  let later: GbnfNode = EMPTY;
  if (free) {
    const names = [...properties.map(({ key }) => key), ...forbidden];
    const pair = grammar.named(`${hint}-free`, member(freeKey(grammar, hint, names), free));
    later = repeat(grammar.named(`${hint}-more`, sequence(comma, pair)), 0, Infinity);
    first = choice(EMPTY, sequence(pair, later));
  }
  for (const { key, value, required } of properties.toReversed()) {
    const pair = member(text(JSON.stringify(key)), value);
    const withFirst = sequence(pair, later);
    const withLater = sequence(comma, pair, later);
    if (required) [first, later] = [withFirst, withLater];
    else {
      const rule = `${hint}-${key}`;
      first = grammar.named(`${rule}-first`, choice(withFirst, first));
      later = grammar.named(`${rule}-or-not`, choice(withLater, later));
    }
  }
  if (first.kind === 'sequence' && first.nodes.length === 0) return sequence(text('{'), SPACE, text('}'));
  return sequence(text('{'), SPACE, first, SPACE, text('}'));
}

/**
 * A key other than the declared ones: a trie of these, left at some character. Without escapes, with which a
 * declared name could be written a second time.
 */
function freeKey(grammar: GbnfGrammar, hint: string, declared: readonly string[]): GbnfNode {
  const anything = oneOf(RAW_CHARACTERS);
  const rest = (names: readonly string[], first: boolean): GbnfNode => {
    if (names.length === 0) return repeat(anything, first ? 1 : 0, Infinity);
    const branches = new Map<string, string[]>();
    for (const name of names) {
      const [character, ...others] = Array.from(name);
      if (character !== undefined)
        branches.set(character, [...(branches.get(character) ?? []), others.join('')]);
    }
    const other = codePoints.subtract(RAW_CHARACTERS, codePoints.of([...branches.keys()].join('')));
    const ways = [sequence(oneOf(other), repeat(anything, 0, Infinity))];
    for (const [character, ends] of branches) {
      if (codePoints.has(RAW_CHARACTERS, character.codePointAt(0)!))
        ways.push(sequence(text(character), rest(ends, false)));
    }
    // The key may end here unless a declared name does; the empty key is never written.
    if (!first && !names.includes('')) ways.push(EMPTY);
    return grammar.named(`${hint}-key`, choice(...ways));
  };
  return sequence(QUOTE, rest(declared, true), QUOTE);
}
