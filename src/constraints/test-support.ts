/** For tests of grammars: vocabularies without a model, and a recogniser that shares nothing with the automaton. */
import { token } from '../base/types.js';
import { compileGbnf } from './compile.js';
import type { Expression, GrammarRules } from './expression.js';
import { parseGbnf } from './gbnf-parser.js';
import { GrammarPool } from './grammar-pool.js';
import type { GrammarMatcher } from './matcher.js';
import type { CompiledGrammar } from './network.js';

/** A vocabulary of all single bytes, some longer tokens, a control token and one that ends a generation. */
export class TestVocabulary {
  readonly vocabularySize: number;
  readonly end: number;
  readonly control: number;
  readonly #texts: Uint8Array[];

  constructor(longer: readonly string[] = []) {
    this.#texts = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
    for (const text of longer) this.#texts.push(Buffer.from(text));
    this.control = this.#texts.push(new Uint8Array(0)) - 1;
    this.end = this.#texts.push(Buffer.from('</s>')) - 1;
    this.vocabularySize = this.#texts.length;
  }

  tokenBytes(id: number): Uint8Array {
    return this.#texts[id]!;
  }

  isEndOfGeneration(id: number): boolean {
    return id === this.end;
  }
}

export const BYTES_ONLY = new TestVocabulary();
const bytesOnly = new GrammarPool(BYTES_ONLY);

let latest: { gbnf: string; compiled: CompiledGrammar } | undefined;

/** A matcher of a grammar over single bytes. */
export function matcherOf(gbnf: string, pool: GrammarPool = bytesOnly): GrammarMatcher {
  if (latest?.gbnf !== gbnf) latest = { gbnf, compiled: compileGbnf(gbnf) };
  return pool.matcher(latest.compiled);
}

/** Whether the whole text satisfies the grammar, byte by byte. */
export function accepts(gbnf: string, text: string | Uint8Array): boolean {
  const matcher = matcherOf(gbnf);
  for (const byte of Buffer.from(text)) {
    if (!matcher.allows(token(byte))) return false;
    matcher.accept(token(byte));
  }
  return matcher.allows(token(BYTES_ONLY.end));
}

/** The same by backtracking over the expressions; for short texts. */
export function acceptsByOracle(gbnf: string, text: string | Uint8Array): boolean {
  const rules = parseGbnf(gbnf);
  const bytes = Buffer.from(text);
  return new Oracle(rules, bytes).ends(rules.bodies[rules.root]!, 0).has(bytes.length);
}

class Oracle {
  readonly #known = new Map<string, ReadonlySet<number>>();

  constructor(
    readonly rules: GrammarRules,
    readonly bytes: Buffer,
  ) {}

  /** Where texts that satisfy the expression and begin at `from` may end. */
  ends(expression: Expression, from: number): ReadonlySet<number> {
    const key = `${expression.id}:${from}`;
    let known = this.#known.get(key);
    if (known === undefined) {
      // While it is worked out it has no ends: only recursion without progress comes by here.
      this.#known.set(key, new Set());
      known = this.#find(expression, from);
      this.#known.set(key, known);
    }
    return known;
  }

  #find(expression: Expression, from: number): ReadonlySet<number> {
    switch (expression.kind) {
      case 'text': {
        const to = from + expression.bytes.length;
        return new Set(Buffer.compare(this.bytes.subarray(from, to), expression.bytes) === 0 ? [to] : []);
      }
      case 'set': {
        const character = /^./su.exec(this.bytes.subarray(from).toString('utf8'))?.[0];
        const point = character?.codePointAt(0) ?? -1;
        const to = from + Buffer.byteLength(character ?? '');
        const whole = to <= this.bytes.length && this.bytes.subarray(from, to).toString() === character;
        return new Set(
          whole && expression.set.some(([first, last]) => first <= point && point <= last) ? [to] : [],
        );
      }
      case 'rule':
        return this.ends(this.rules.bodies[expression.rule]!, from);
      case 'sequence':
        return expression.parts.reduce<ReadonlySet<number>>(
          (places, part) => this.#after(part, places),
          new Set([from]),
        );
      case 'choice':
        return new Set(expression.parts.flatMap((part) => [...this.ends(part, from)]));
      case 'repeat': {
        const found = new Set<number>();
        let places: ReadonlySet<number> = new Set([from]);
        // Empty iterations aside, there are no more than bytes left; after that many nothing new comes.
        const most = Math.min(expression.max, expression.min + this.bytes.length + 1);
        for (let times = 0; times <= most && places.size > 0; times++) {
          if (times >= expression.min) for (const place of places) found.add(place);
          places = this.#after(expression.part, places);
        }
        return found;
      }
    }
  }

  #after(part: Expression, places: ReadonlySet<number>): ReadonlySet<number> {
    return new Set([...places].flatMap((place) => [...this.ends(part, place)]));
  }
}
