/**
 * An automaton as rules of a grammar: one rule for each state where ways part or meet, straight lines as plain
 * sequences, a state that leads to itself as `x*`, equal steps counted. At every character one way at most is
 * open, which is what makes a matcher quick.
 */
import type { Automaton, Edge } from './automaton.js';
import { choice, EMPTY, repeat, rule, sequence, type GbnfGrammar, type GbnfNode } from './gbnf.js';
import { keyOf, type CodePoints } from './code-points.js';

/** Sets of more ranges than this get a rule, so that they are written once. */
const MOST_RANGES_INLINE = 6;

export function automatonNode(
  grammar: GbnfGrammar,
  hint: string,
  automaton: Automaton,
  /** How a character of a set is written. */
  written: (set: CodePoints) => GbnfNode,
): GbnfNode {
  return new AutomatonWriter(grammar, hint, automaton, written).write();
}

class AutomatonWriter {
  private readonly arrivals: readonly number[];
  private readonly names = new Map<number, string>();
  private readonly unwritten: number[] = [];
  private readonly characters = new Map<string, GbnfNode>();

  constructor(
    private readonly grammar: GbnfGrammar,
    private readonly hint: string,
    private readonly automaton: Automaton,
    private readonly written: (set: CodePoints) => GbnfNode,
  ) {
    const arrivals = automaton.map(() => 0);
    arrivals[0] = 1;
    for (const { edges } of automaton) for (const { to } of edges) arrivals[to]! += 1;
    this.arrivals = arrivals;
  }

  write(): GbnfNode {
    const node = this.from(0);
    for (const at of this.unwritten) this.grammar.define(this.names.get(at)!, this.body(at));
    return node;
  }

  /** What may be written from a state on; rules for the places where ways part are left for later. */
  private from(start: number): GbnfNode {
    const parts: GbnfNode[] = [];
    let at = start;
    let equal: { edge: Edge; count: number } | undefined;
    const flush = (): void => {
      if (equal) parts.push(this.counted(equal.edge.set, equal.count, equal.count));
      equal = undefined;
    };
    for (;;) {
      const { accepts, edges } = this.automaton[at]!;
      const [edge] = edges;
      if (!edge) break;
      if (accepts || edges.length > 1 || this.arrivals[at]! > 1) {
        flush();
        parts.push(this.named(at));
        break;
      }
      if (equal && keyOf(equal.edge.set) === keyOf(edge.set)) equal.count += 1;
      else {
        flush();
        equal = { edge, count: 1 };
      }
      at = edge.to;
    }
    flush();
    return sequence(...parts);
  }

  private named(at: number): GbnfNode {
    const optional = this.optionalRun(at);
    if (optional) return optional;
    let name = this.names.get(at);
    if (name === undefined) {
      name = this.grammar.reserve(this.hint);
      this.names.set(at, name);
      this.unwritten.push(at);
    }
    return rule(name);
  }

  private body(at: number): GbnfNode {
    const { accepts, edges } = this.automaton[at]!;
    const ways = edges
      .filter(({ to }) => to !== at)
      .map(({ set, to }) => sequence(this.character(set), this.from(to)));
    if (accepts) ways.push(EMPTY);
    const again = edges.find(({ to }) => to === at);
    const onward = ways.length === 1 ? ways[0]! : choice(...ways);
    return again ? sequence(repeat(this.character(again.set), 0, Infinity), onward) : onward;
  }

  /** `x{0,n}`: states that may all end and of which each leads to the next by the same characters. */
  private optionalRun(start: number): GbnfNode | undefined {
    let at = start;
    let length = 0;
    let set: CodePoints | undefined;
    for (;;) {
      const { accepts, edges } = this.automaton[at]!;
      const [edge] = edges;
      if (!accepts || edges.length > 1 || (length > 0 && this.arrivals[at]! > 1)) return undefined;
      if (!edge) break;
      if (set !== undefined && keyOf(set) !== keyOf(edge.set)) return undefined;
      set = edge.set;
      length += 1;
      at = edge.to;
      if (at === start) return undefined;
    }
    return set && this.counted(set, 0, length);
  }

  private counted(set: CodePoints, min: number, max: number): GbnfNode {
    const node = this.character(set);
    return max === 1 ? repeat(node, min, max) : this.grammar.repeat(this.hint, node, min, max);
  }

  private character(set: CodePoints): GbnfNode {
    const key = keyOf(set);
    let node = this.characters.get(key);
    if (!node) {
      node = this.written(set);
      if (
        node.kind === 'choice' ||
        node.kind === 'sequence' ||
        (node.kind === 'set' && node.set.length > MOST_RANGES_INLINE)
      )
        node = this.grammar.named('characters', node);
      this.characters.set(key, node);
    }
    return node;
  }
}
