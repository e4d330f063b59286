/**
 * Time of steps on a machine of which many steps were measured, as by `foretoken profile torch`: no data sheet, but prices
 * of the kinds of work (FLOP, bytes, kernels, by class, forward and backward), none negative, and a Gaussian process over what
 * they miss. It is the form of time-model.ts (a base with physics and a bounded residual, as NeuSight, arXiv 2407.13853, section 4)
 * with a base that is learned: processors do not keep to the roofline of graphics cards.
 */
import type { OperatorGraph } from './graph/types.js';
import {
  learnProcess,
  processMean,
  similarities,
  type ProcessModel,
  type ProcessOptions,
} from './learners/gaussian-process.js';
import { nonNegativePrices, type Amounts } from './learners/non-negative.js';
import { expectedDeviation } from './learners/expected-deviation.js';
import { tableOf } from './learners/table.js';
import { KERNEL_CLASSES, workOf, type Step } from './work.js';

export interface MeasuredStep {
  readonly graph: OperatorGraph;
  readonly step: Step;
  readonly seconds: number;
}

/** Keeps prices of kinds of work that come together apart. */
const RIDGE = 1e-3;
/** Tensors beyond this do not stay in the caches until they are read again. */
const CACHED_BYTES = 4e6;
/** Products whose output is smaller than this many rows leave vector units idle. */
const FEW_ROWS = 64;

/** Rows are looked at again for every group that is left out. */
const known = new WeakMap<OperatorGraph, Map<string, Amounts>>();

/** The work of a step by kinds that have a price each: 10^9 FLOP, 10^9 bytes, 10^3 kernels. */
export function stepAmounts(graph: OperatorGraph, step: Step): Amounts {
  const own = known.get(graph) ?? new Map<string, Amounts>();
  known.set(graph, own);
  const key = JSON.stringify(step);
  const amounts = own.get(key) ?? amountsOf(graph, step);
  own.set(key, amounts);
  return amounts;
}

function amountsOf(graph: OperatorGraph, step: Step): Map<string, number> {
  const amounts = new Map<string, number>();
  eachAmount(graph, step, (name, amount) => amounts.set(name, (amounts.get(name) ?? 0) + amount));
  return amounts;
}

/** @param take gets each amount with the operator it is of; -1: of none */
function eachAmount(
  graph: OperatorGraph,
  step: Step,
  take: (name: string, amount: number, node: number) => void,
): void {
  const { kernels, hostCalls } = workOf(graph, step);
  for (const { kind, backward, flops, bytes, node } of kernels) {
    const add = (name: string, amount: number): void => {
      if (amount > 0) take(name, amount, node);
    };
    const name = backward ? `${kind} backward` : kind;
    const isProduct = kind.startsWith('conv') || kind === 'gemm' || kind === 'attention';
    if (isProduct) add(`${name} flop`, flops / 1e9);
    const operator = graph.nodes[node];
    const parameters = operator?.parameters ?? 0;
    const rows = operator?.attributes.gemm?.m ?? Infinity;
    if (isProduct && rows < FEW_ROWS) add(`${kind} flop of few rows`, (flops / 1e9) * (1 - rows / FEW_ROWS));
    // Weights are brought into the order that kernels want.
    if (isProduct) add(`${backward ? 'gradients' : 'weights'} of products`, (4 * parameters) / 1e9);
    add(isProduct ? `product bytes` : `${name} bytes`, bytes / 1e9);
    add('bytes beyond the caches', Math.max(0, bytes - CACHED_BYTES) / 1e9);
    add(`${isProduct ? 'product' : kind}${backward ? ' backward' : ''} kernels`, 1e-3);
  }
  take('host calls', hostCalls / 1e3, -1);
}

const log = (value: number): number => Math.log(Math.max(value, 1e-12));
/** Numbers that an optimizer reads and writes for each that is trained. */
const PASSES = { none: 0, sgd: 3, momentum: 8, adagrad: 10, rmsprop: 11, adam: 16, adamw: 18 } as const;

const GROUPS = ['network', 'size', 'step'] as const;
type Group = (typeof GROUPS)[number];

/** What the residual is learned from, each column with what it is about. */
function columnsOf(
  { graph, step }: Pick<MeasuredStep, 'graph' | 'step'>,
  amounts: Amounts,
  prices: ReadonlyMap<string, number>,
): { readonly values: number[]; readonly groups: Group[] } {
  const { totals, batch } = graph;
  const seconds = priced(amounts, prices);
  const share = (matches: (name: string) => boolean): number => {
    let part = 0;
    for (const [name, amount] of amounts) if (matches(name)) part += amount * (prices.get(name) ?? 0);
    return part / seconds;
  };
  const columns: [Group, number][] = [
    ['size', log(seconds)],
    ['size', log(totals.flops)],
    ['size', log(batch)],
    ['size', log(totals.inputElements / batch)],
    ['size', share((name) => name.endsWith('kernels') || name === 'host calls')],
    ['size', share((name) => name === 'bytes beyond the caches')],
    ['network', log(totals.parameters + 1)],
    ['network', log(totals.kernels)],
    ['network', log(totals.depth)],
    ['network', log(totals.flops / totals.inputElements)],
    ['network', log(totals.activationElements / totals.inputElements)],
    ...KERNEL_CLASSES.map((kind): [Group, number] => ['network', share((name) => name.startsWith(kind))]),
    ['step', Number(step.phase === 'train')],
    ['step', PASSES[step.optimizer] / 16],
  ];
  return { values: columns.map(([, value]) => value), groups: columns.map(([group]) => group) };
}

function priced(amounts: Amounts, prices: ReadonlyMap<string, number>): number {
  let total = 0;
  for (const [name, amount] of amounts) total += amount * (prices.get(name) ?? 0);
  return Math.max(total, 1e-9);
}

interface Term extends Readonly<Record<Group, number>> {
  readonly variance: number;
}
/** Set by hand, not tuned: the first term is about one network, the second about all. */
const TERMS: readonly Term[] = [
  { variance: 0.02, network: 1.5, size: 0.7, step: 0.3 },
  { variance: 0.03, network: 0.2, size: 0.5, step: 0.5 },
];
const CONSTANT = 0.01;
/** The residual is trusted up to this factor. */
const MOST_RESIDUAL = Math.log(2);

function optionsOf(groups: readonly Group[], noise: number, terms: readonly Term[]): ProcessOptions {
  const counts = Object.fromEntries(
    GROUPS.map((name) => [name, groups.filter((group) => group === name).length]),
  ) as Record<Group, number>;
  return {
    terms: terms.map((term) => ({
      variance: term.variance,
      weights: groups.map((group) => term[group] / Math.sqrt(counts[group])),
    })),
    constant: CONSTANT,
    noise,
  };
}

/** How much slower another machine is: in arithmetic, in reading memory, and in starting operators. 1: as this one. */
export interface Slowness {
  readonly arithmetic: number;
  readonly memory: number;
  readonly start: number;
}
const SAME: Slowness = { arithmetic: 1, memory: 1, start: 1 };
const slownessOf = (name: string, { arithmetic, memory, start }: Slowness): number =>
  isStart(name) ? start : name.includes(' flop') ? arithmetic : memory;
const isStart = (name: string): boolean => name.endsWith('kernels') || name === 'host calls';

export interface MeasuredPrediction {
  /** Seconds by prices alone. */
  readonly base: number;
  readonly seconds: number;
  /** Expected deviation of the logarithm, before calibration. */
  readonly deviation: number;
  /** Seconds by prices alone of starting operators. */
  readonly startSeconds: number;
  /** The same by operator, in the order of the graph's nodes; starting them from the host is not among them. */
  readonly byNode: Float64Array;
}

export class MeasuredMachine {
  constructor(
    readonly prices: ReadonlyMap<string, number>,
    readonly process: ProcessModel,
  ) {}

  /** @param noise variance of the logarithm of one measurement */
  static learn(
    rows: readonly MeasuredStep[],
    noise = 0.003,
    terms: readonly Term[] = TERMS,
  ): MeasuredMachine {
    const amounts = rows.map(({ graph, step }) => stepAmounts(graph, step));
    const prices = nonNegativePrices(
      rows.map(({ seconds }, at) => ({ amounts: amounts[at]!, total: seconds })),
      () => RIDGE,
    );
    const columns = rows.map((row, at) => columnsOf(row, amounts[at]!, prices));
    const table = tableOf(columns.map(({ values }) => values));
    const targets = rows.map(({ seconds }, at) => Math.log(seconds / priced(amounts[at]!, prices)));
    return new MeasuredMachine(
      prices,
      learnProcess(table, targets, optionsOf(columns[0]!.groups, noise, terms)),
    );
  }

  /** Seconds of a step, from prices alone and with the learned residual. */
  predict(graph: OperatorGraph, step: Step, slowness: Slowness = SAME): MeasuredPrediction {
    const { process, prices } = this;
    const { values } = columnsOf({ graph, step }, stepAmounts(graph, step), prices);
    const similar = similarities(process, values);
    const residual = Math.max(-MOST_RESIDUAL, Math.min(MOST_RESIDUAL, processMean(process, similar)));
    const byNode = new Float64Array(graph.nodes.length);
    let base = 0;
    let startSeconds = 0;
    eachAmount(graph, step, (name, amount, node) => {
      const part = amount * (prices.get(name) ?? 0) * slownessOf(name, slowness);
      base += part;
      if (isStart(name)) startSeconds += part;
      if (node >= 0) byNode[node]! += part;
    });
    base = Math.max(base, 1e-9);
    return {
      ...{ base, startSeconds, byNode },
      seconds: base * Math.exp(residual),
      deviation: expectedDeviation(process, similar),
    };
  }
}
