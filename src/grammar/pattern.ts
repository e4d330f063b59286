/**
 * Regular expressions (`pattern` of a schema) as grammars of the inside of a JSON string.
 *
 * What a grammar without memory can do: characters, classes, groups, alternatives, quantifiers, and anchors
 * at the ends; an end that is not anchored may be preceded or followed by anything. Look-around,
 * back-references and word boundaries cannot be done and are refused. The characters of a match are written
 * as JSON writes them (`\"`, `\n`), never as `\u` escapes, except those that JSON allows in no other way.
 */
import * as codePoints from './code-points.js';
import type { CodePoints } from './code-points.js';
import { choice, EMPTY, repeat, sequence, type GbnfGrammar, type GbnfNode } from './gbnf.js';
import { jsonCharacters, jsonText, useJsonRule } from './json.js';

const MOST_GROUPS_DEEP = 32;

const DIGITS = codePoints.range('0', '9');
const WORD = codePoints.union(
  DIGITS,
  codePoints.range('a', 'z'),
  codePoints.range('A', 'Z'),
  codePoints.of('_'),
);
const BLANK = codePoints.of(
  '\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff',
);
const NOT_DOT = codePoints.of('\n\r\u2028\u2029');
const CLASS_ESCAPES: Readonly<Record<string, CodePoints>> = {
  d: DIGITS,
  D: codePoints.complement(DIGITS),
  w: WORD,
  W: codePoints.complement(WORD),
  s: BLANK,
  S: codePoints.complement(BLANK),
};
const CONTROL_ESCAPES: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  v: '\v',
  '0': '\0',
};

/** Why a pattern cannot be used, in words that follow "the pattern". */
export class PatternFault extends Error {}

/** The grammar of a pattern's matches; `hint` begins the names of the rules it needs. @throws PatternFault */
export function patternNode(grammar: GbnfGrammar, pattern: string, hint: string): GbnfNode {
  try {
    new RegExp(pattern, 'u');
  } catch (error) {
    // Escapes such as `\-` are valid only without the u flag, and common.
    try {
      new RegExp(pattern);
    } catch {
      throw new PatternFault(`is no regular expression (${(error as Error).message})`);
    }
  }
  return new PatternReader(grammar, pattern, hint).read();
}

class PatternReader {
  private readonly characters: readonly string[];
  private at = 0;
  private depth = 0;

  constructor(
    private readonly grammar: GbnfGrammar,
    pattern: string,
    private readonly hint: string,
  ) {
    this.characters = Array.from(pattern);
  }

  read(): GbnfNode {
    const anything = (): GbnfNode => repeat(useJsonRule(this.grammar, 'char'), 0, Infinity);
    const alternatives: GbnfNode[] = [];
    do {
      const before = this.eat('^') ? EMPTY : anything();
      const middle = this.sequence();
      const after = this.eat('$') ? EMPTY : anything();
      if (this.peek() !== undefined && this.peek() !== '|') this.refuseAnchor('$');
      alternatives.push(sequence(before, middle, after));
    } while (this.eat('|'));
    return choice(...alternatives);
  }

  private peek(): string | undefined {
    return this.characters[this.at];
  }

  private eat(expected: string): boolean {
    if (this.peek() !== expected) return false;
    this.at += 1;
    return true;
  }

  private next(): string {
    const character = this.characters[this.at++];
    if (character === undefined) throw new PatternFault('ends too early');
    return character;
  }

  private refuseAnchor(anchor: string): never {
    throw new PatternFault(
      `has "${anchor}" in the middle; anchors work only at its ends, so write ^(?:…|…)$ around the whole`,
    );
  }

  /** Terms up to `|`, `)`, `$` or the end. */
  private sequence(): GbnfNode {
    const terms: GbnfNode[] = [];
    for (;;) {
      const character = this.peek();
      if (character === undefined || character === '|' || character === ')' || character === '$')
        return sequence(...terms);
      terms.push(this.quantified(this.term()));
    }
  }

  private term(): GbnfNode {
    const character = this.next();
    if (character === '(') return this.group();
    if (character === '[') return this.written(this.characterClass());
    if (character === '.') return this.written(codePoints.complement(NOT_DOT));
    if (character === '^') this.refuseAnchor('^');
    if (character === '\\') {
      const escaped = this.escape();
      return typeof escaped === 'string' ? jsonText(escaped) : this.written(escaped);
    }
    return jsonText(character);
  }

  private written(set: CodePoints): GbnfNode {
    const node = jsonCharacters(set);
    if (!node) throw new PatternFault('has a character class that no JSON string can hold as it is');
    return node;
  }

  private group(): GbnfNode {
    if (this.eat('?')) {
      if (this.eat('<')) {
        if (this.peek() === '=' || this.peek() === '!') this.refuseLookAround();
        while (this.next() !== '>');
      } else if (!this.eat(':')) this.refuseLookAround();
    }
    this.depth += 1;
    if (this.depth > MOST_GROUPS_DEEP) throw new PatternFault(`nests more than ${MOST_GROUPS_DEEP} groups`);
    const alternatives: GbnfNode[] = [];
    do alternatives.push(this.sequence());
    while (this.eat('|'));
    if (this.peek() === '$') this.refuseAnchor('$');
    if (!this.eat(')')) throw new PatternFault('has a group without an end');
    this.depth -= 1;
    return choice(...alternatives);
  }

  private refuseLookAround(): never {
    throw new PatternFault('uses look-around or flags in a group ("(?…"), which a grammar cannot do');
  }

  private quantified(node: GbnfNode): GbnfNode {
    const counts = this.quantifier();
    if (!counts) return node;
    this.eat('?'); // Lazy or greedy, the texts that match are the same.
    const [min, max] = counts;
    if (node.kind === 'sequence' && node.nodes.length === 0) return EMPTY;
    return this.grammar.repeat(this.hint, node, min, max);
  }

  private quantifier(): readonly [number, number] | undefined {
    if (this.eat('*')) return [0, Infinity];
    if (this.eat('+')) return [1, Infinity];
    if (this.eat('?')) return [0, 1];
    if (this.peek() !== '{') return undefined;
    const counts = /^\{(\d+)(,(\d*))?\}/.exec(this.characters.slice(this.at, this.at + 24).join(''));
    if (!counts) return undefined;
    this.at += counts[0].length;
    const min = Number(counts[1]);
    return [min, counts[2] === undefined ? min : counts[3] ? Number(counts[3]) : Infinity];
  }

  private characterClass(): CodePoints {
    const negated = this.eat('^');
    let set: CodePoints = [];
    while (!this.eat(']')) {
      const from = this.classMember();
      if (this.peek() === '-' && this.characters[this.at + 1] !== ']') {
        this.at += 1;
        const to = this.classMember();
        if (typeof from !== 'string' || typeof to !== 'string')
          throw new PatternFault('has a range between character classes, such as [\\w-z]');
        set = codePoints.union(set, codePoints.range(from, to));
      } else set = codePoints.union(set, typeof from === 'string' ? codePoints.of(from) : from);
    }
    return negated ? codePoints.complement(set) : set;
  }

  private classMember(): string | CodePoints {
    const character = this.next();
    if (character !== '\\') return character;
    return this.eat('b') ? '\b' : this.escape();
  }

  /** What follows a backslash: one character, or a class of them. */
  private escape(): string | CodePoints {
    const letter = this.next();
    const set = CLASS_ESCAPES[letter];
    if (set) return set;
    const control = CONTROL_ESCAPES[letter];
    if (control !== undefined) return control;
    if (letter === 'x') return this.codePoint(2);
    if (letter === 'u') {
      if (!this.eat('{')) return this.codePoint(4);
      const end = this.characters.indexOf('}', this.at);
      const point = this.codePoint(end - this.at);
      this.at += 1;
      return point;
    }
    if (/[a-zA-Z1-9]/.test(letter))
      throw new PatternFault(
        `uses \\${letter}; supported are \\d \\w \\s, their opposites, \\t \\n \\r \\f \\v \\x \\u and escaped punctuation`,
      );
    return letter;
  }

  private codePoint(digits: number): string {
    const text = this.characters.slice(this.at, this.at + digits).join('');
    const value = /^[0-9a-fA-F]{1,6}$/.test(text) ? parseInt(text, 16) : -1;
    if (text.length !== digits || value < 0 || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
      throw new PatternFault('has an escape that is no whole Unicode character');
    this.at += digits;
    return String.fromCodePoint(value);
  }
}
