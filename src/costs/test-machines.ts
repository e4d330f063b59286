/** Machines with known costs, for tests: what a decode takes by a table, and decoders that move a clock by it. */
import type { DecodeOutcome, EngineModel } from '../decoder/decoder.js';
import { draftOver, FakeDecoder, fakeModel, type FakeDecoderOptions } from '../decoder/fake.js';
import { decodeMs, ONLY_DRAFT, type CostCurve, type CostTable, type ModelCosts } from './cost-table.js';

/** A curve with bends, as small models on a processor have them. */
export const BENT: CostCurve = {
  tokens: [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256],
  ms: [1.1, 1.9, 2.05, 2.6, 3, 3.2, 3.9, 5.2, 6.8, 10.6, 13, 20, 26, 50, 99],
};

/** A model that costs nothing but a millisecond a token: for tests that set what matters to them. */
export const FREE_MODEL: ModelCosts = {
  curve: { tokens: [1], ms: [1] },
  msPerTokenCell: 0,
  msPerOutput: 0,
  resizeMs: 0,
  coldMs: 0,
};

/** The costs of a draft that is the only one. */
export function oneDraft(curve: CostCurve, msPerTokenCell = 0, coldMs = 0): CostTable['drafts'] {
  return { [ONLY_DRAFT]: { ...FREE_MODEL, curve, msPerTokenCell, coldMs } };
}

export const MACHINE: CostTable = {
  version: 0,
  target: { curve: BENT, msPerTokenCell: 0.0012, msPerOutput: 0.06, resizeMs: 0.3, coldMs: 0.4 },
  drafts: oneDraft(
    { tokens: [1, 2, 4, 8, 16, 32, 64], ms: [0.16, 0.19, 0.27, 0.45, 0.8, 1.6, 3.1] },
    0.00007,
    0.1,
  ),
  overheadMs: 0.03,
  overheadMsPerRow: 0.035,
  overheadMsGuessing: 0,
};

/** A machine on which nothing costs anything but a decode of the target. */
export const FREE: CostTable = {
  version: 0,
  target: FREE_MODEL,
  drafts: {},
  overheadMs: 0,
  overheadMsPerRow: 0,
  overheadMsGuessing: 0,
};

export interface Clock {
  ms: number;
  /** The decoder that ran last. */
  latest?: unknown;
}

/** A decoder that takes as long as its costs say, on a clock of its own. */
export class TimedDecoder extends FakeDecoder {
  readonly #clock: Clock;
  readonly #costs: ModelCosts;
  readonly #factor: () => number;
  #lastTokens = 0;

  constructor(options: FakeDecoderOptions, clock: Clock, costs: ModelCosts, factor: () => number = () => 1) {
    super(options);
    this.#clock = clock;
    this.#costs = costs;
    this.#factor = factor;
  }

  override decode(): DecodeOutcome {
    const { length: tokens, outputCount: outputs, arrays } = this.batch;
    let tokenCells = 0;
    for (let index = 0; index < tokens; index++) tokenCells += arrays.positions[index]! + 1;
    const cold = this.#clock.latest !== undefined && this.#clock.latest !== this;
    const work = { tokens, outputs, tokenCells, resized: tokens !== this.#lastTokens, cold };
    this.#clock.latest = this;
    this.#lastTokens = tokens;
    this.#clock.ms += decodeMs(this.#costs, work) * this.#factor();
    return super.decode();
  }
}

/** What another size costs the draft of `timedModel`. */
export const DRAFT_RESIZE_MS = 0.04;

/** A model that takes as long as a table says. */
export function timedModel(
  costs: CostTable,
  clock: Clock,
  options: FakeDecoderOptions = {},
  factor?: () => number,
): EngineModel & { readonly decoder: TimedDecoder; readonly draft: TimedDecoder | undefined } {
  const sizes = { batchSize: 256, maxSequences: 4, cellCount: 2048, vocabularySize: 8, ...options };
  const known = costs.drafts[ONLY_DRAFT];
  const draft = known && new TimedDecoder(sizes, clock, { ...known, resizeMs: DRAFT_RESIZE_MS }, factor);
  return {
    ...fakeModel(sizes),
    decoder: new TimedDecoder(sizes, clock, costs.target, factor),
    draft,
    drafts: draft === undefined ? [] : [draftOver(draft)],
  };
}
