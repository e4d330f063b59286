/**
 * The guesses for one request in one step: a chain, or a tree where several tokens are tried for a position
 * (Miao et al., "SpecInfer", ASPLOS 2024). Nodes are in an order in which parents come before their children,
 * and the main chain comes first.
 */
import { assert } from '../base/errors.js';

/** Parent of the guesses for the very next token. */
export const ROOT = -1;

export class Proposal {
  /** [node] guessed token. */
  readonly tokens: number[] = [];
  /** [node] the node before it, or `ROOT`. */
  readonly parents: number[] = [];
  /** [node] 0 for the next token, 1 for the one after it … */
  readonly depths: number[] = [];
  /**
   * [node] how sure its proposer is, greater is surer, in the proposer's own unit: of a draft model how far
   * its choice lies before its second choice in nats, of lookup and suffix what `continuationSignal` says.
   * The acceptance model learns what each is worth.
   */
  readonly signals: number[] = [];
  /** [node] */
  readonly sources: NodeSource[] = [];

  get length(): number {
    return this.tokens.length;
  }

  /** Adds a guess after `parent`; the number of its node. */
  add(token: number, parent: number, signal: number, source: NodeSource): number {
    assert(parent >= ROOT && parent < this.length, `node ${parent} of a proposal of ${this.length}`);
    this.tokens.push(token);
    this.parents.push(parent);
    this.depths.push(parent === ROOT ? 0 : this.depths[parent]! + 1);
    this.signals.push(signal);
    this.sources.push(source);
    return this.length - 1;
  }

  /** Adds a guess after the newest one. */
  push(token: number, signal: number, source: NodeSource): void {
    this.add(token, this.length - 1, signal, source);
  }

  /** Makes a chain at least so long, by tokens that nobody expects to stand. */
  pad(length: number, token: number): void {
    while (this.length < length) this.push(token, 0, 'padding');
  }

  /** Nodes that somebody guessed. */
  get guesses(): number {
    return this.sources.reduce((count, source) => count + (source === 'padding' ? 0 : 1), 0);
  }

  /** The node that guesses `token` right after `parent`, or undefined. */
  child(parent: number, token: number): number | undefined {
    for (let node = parent + 1; node < this.length; node++) {
      if (this.parents[node] === parent && this.tokens[node] === token) return node;
    }
    return undefined;
  }

  /** Whether somebody guessed what comes right after `parent`. */
  guessesAfter(parent: number): boolean {
    for (let node = parent + 1; node < this.length; node++)
      if (this.parents[node] === parent && this.sources[node] !== 'padding') return true;
    return false;
  }

  /** The nodes after which nothing is guessed; the end of the main chain first, the others in order. */
  leaves(): number[] {
    if (this.length === 0) return [];
    let main = 0;
    for (let next = 0; next !== -1; next = this.parents.indexOf(main, main + 1)) main = next;
    const inner = new Set(this.parents);
    const others = this.tokens.map((_, node) => node).filter((node) => node !== main && !inner.has(node));
    return [main, ...others];
  }

  /** A proposal of the nodes for which `kept` says so; one whose parent is left out is left out, too. */
  select(kept: readonly boolean[]): Proposal {
    const selected = new Proposal();
    const numbers: (number | undefined)[] = [];
    for (let node = 0; node < this.length; node++) {
      const parent = this.parents[node] === ROOT ? ROOT : numbers[this.parents[node]!];
      if (kept[node] !== true || parent === undefined) continue;
      numbers[node] = selected.add(this.tokens[node]!, parent, this.signals[node]!, this.sources[node]!);
    }
    return selected;
  }

  /** Keeps the first `length` nodes. */
  cut(length: number): void {
    this.tokens.length = length;
    this.parents.length = length;
    this.depths.length = length;
    this.signals.length = length;
    this.sources.length = length;
  }
}

/** Where a guess came from; `alternative` is the second choice of a draft model, the side branch of a tree. */
export type GuessSource = 'grammar' | 'lookup' | 'suffix' | 'draft' | 'alternative';

/**
 * Where a node of a proposal came from. `padding` nobody guessed: it only makes a proposal as long as others, where
 * unequal ones would cost more.
 */
export type NodeSource = GuessSource | 'padding';
