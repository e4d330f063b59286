/**
 * What Python still holds while nothing reads it any more. A module's arguments live until its call returns, for the caller's
 * frames have them; variables of a `forward` live until it returns or they are assigned anew. In a forward pass of a U-Net
 * that is half of the memory: the joined tensor within the block that reads it, and the skips that were used.
 */
import type { OperatorEdge, OperatorGraph } from './types.js';

/** A stretch of nodes, begin and end included, in which one call of a module runs. */
interface Call {
  readonly depth: number;
  readonly begin: number;
  end: number;
  readonly outer: Call;
  hasInner: boolean;
}

/** A tensor as a variable of a call: where it is made, and the last of the nodes that read it. */
interface Variable {
  readonly node: number;
  readonly output: number;
  readonly end: number;
}

/** A tensor (output `output` of node `node`) that is held until node `until` has run. */
export interface Held {
  readonly node: number;
  readonly output: number;
  readonly until: number;
}

/** By a graph's edges: graphs of other batches share them. */
const known = new WeakMap<OperatorGraph['edges'], readonly Held[]>();

export function heldTensors(graph: OperatorGraph): readonly Held[] {
  const before = known.get(graph.edges);
  if (before !== undefined) return before;
  const calls = callsOf(graph);
  const held = [...heldArguments(graph, calls), ...heldVariables(graph, calls)];
  known.set(graph.edges, held);
  return held;
}

/** By node: its innermost call. */
function callsOf({ nodes }: OperatorGraph): Call[] {
  const root: Call = { depth: 0, begin: 0, end: nodes.length - 1, outer: undefined!, hasInner: true };
  let path: { readonly name: string; readonly call: Call }[] = [];
  return nodes.map(({ scope = [], operator }, index) => {
    if (operator === 'input') return root;
    let same = 0;
    while (same < path.length && path[same]!.name === scope[same]) same += 1;
    path = path.slice(0, same);
    for (const name of scope.slice(same)) {
      const outer = path.at(-1)?.call ?? root;
      outer.hasInner = true;
      path.push({
        name,
        call: { depth: path.length + 1, begin: index, end: index, outer, hasInner: false },
      });
    }
    for (const { call } of path) call.end = index;
    return path.at(-1)?.call ?? root;
  });
}

/** What comes into a call from outside. A call without others in it is an operator, which reads its arguments anyway. */
function heldArguments(graph: OperatorGraph, calls: readonly Call[]): Held[] {
  const held: Held[] = [];
  const seen = new Map<Call, Held[]>();
  for (const { from, output, to } of graph.edges)
    for (let call = calls[to]!; call.depth > 0 && from < call.begin; call = call.outer) {
      if (!call.hasInner || call.end === to) continue;
      const own = seen.get(call) ?? [];
      if (own.length === 0) seen.set(call, own);
      if (own.some((one) => one.node === from && one.output === output)) continue;
      const one = { node: from, output, until: call.end };
      own.push(one);
      held.push(one);
    }
  return held;
}

/**
 * A tensor that a `forward` uses twice has a name there. One that begins and ends while another lives has a name of its own, and
 * unless it is the innermost, as what residual blocks add to is, that name is not assigned anew.
 */
function heldVariables(graph: OperatorGraph, calls: readonly Call[]): Held[] {
  const byCall = new Map<Call, Variable[]>();
  const readers = graph.nodes.map((): OperatorEdge[] => []);
  for (const edge of graph.edges) readers[edge.from]!.push(edge);
  readers.forEach((edges, node) => {
    if (edges.length < 2) return;
    for (const output of new Set(edges.map((edge) => edge.output))) {
      const own = edges.filter((edge) => edge.output === output).map(({ to }) => to);
      if (own.length < 2) continue;
      const call = own.reduce((outer, reader) => common(outer, calls[reader]!), calls[node]!);
      const sites = new Set(own.map((reader) => within(call, calls[reader]!) ?? reader));
      if (sites.size < 2) continue;
      const list = byCall.get(call) ?? [];
      byCall.set(call, list);
      list.push({ node, output, end: own.at(-1)! });
    }
  });
  const isSum = (node: number): boolean => graph.nodes[node]!.operator === 'add';
  return [...byCall].flatMap(([call, variables]) =>
    namedApart(variables, isSum).map(({ node, output }) => ({ node, output, until: call.end })),
  );
}

/**
 * Variables that live while another does, so that neither has the other's name. A residual's sum mostly takes the name of what
 * it adds to, unless that lies between others.
 */
function namedApart(variables: readonly Variable[], isSum: (node: number) => boolean): Variable[] {
  const sorted = [...variables].sort((a, b) => a.node - b.node || b.end - a.end);
  const open: { variable: Variable; isInner: boolean; hasInner: boolean }[] = [];
  const all: typeof open = [];
  for (const variable of sorted) {
    while (open.length > 0 && open.at(-1)!.variable.end <= variable.node) open.pop();
    const outer = open.findLast(({ variable: { end } }) => end > variable.end);
    if (outer !== undefined) outer.hasInner = true;
    const entry = { variable, isInner: outer !== undefined, hasInner: false };
    open.push(entry);
    all.push(entry);
  }
  return all
    .filter(
      ({ variable, isInner, hasInner }) =>
        (isInner && hasInner) || ((isInner || hasInner) && !isSum(variable.end)),
    )
    .map(({ variable }) => variable);
}

/** The innermost call that both are in. */
function common(a: Call, b: Call): Call {
  let [one, other] = [a, b];
  while (one !== other) {
    if (one.depth >= other.depth) one = one.outer;
    else other = other.outer;
  }
  return one;
}

/** The call directly within `outer` that `call` is part of; undefined where it is `outer` itself. */
function within(outer: Call, call: Call): Call | undefined {
  let at = call;
  if (at === outer) return undefined;
  while (at.outer !== outer) at = at.outer;
  return at;
}
