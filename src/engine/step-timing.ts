/**
 * Times steps against what the table of costs foretold, so that it stays true. Between decodes nothing of this is
 * in the processor's caches, and what takes a microsecond in a loop takes twenty (demo model, EPYC Genoa): so once
 * the costs are known, only every other step is looked at, of those without guesses every eighth, and none where
 * nobody plans.
 */
import type { TokenBatch } from '../decoder/batch.js';
import type { DecodeCosts } from './types.js';
import { curveMs, decodeMs, overheadMs, type CostTable, type DecodeWork } from '../costs/cost-table.js';
import { CostModel } from '../costs/cost-model.js';
import { ubatchesOf } from '../costs/ubatches.js';

/** So many steps are all looked at. */
const FIRST_STEPS = 128;
const EVERY = 2;
const EVERY_WHILE_PAUSED = 8;

export class StepTiming {
  readonly latency: CostModel;
  /** Tokens of the target's latest decode. */
  #previousTokens = 0;
  /** The same, where the latest step verified guesses. */
  guessedTokens: number | undefined;
  /** Of this step: milliseconds and number of decodes of target and drafts, and tokens of the target's. */
  targetMs = 0;
  targetDecodes = 0;
  batchTokens = 0;
  draftMs = 0;
  draftDecodes = 0;
  readonly #unified: boolean;
  readonly #active: boolean;
  #steps = 0;
  #looks = false;
  /** Drafts that have run in this step. */
  readonly #drafted = new Set<string>();
  #predictedMs = 0;
  #rows = 0;
  #paused = false;

  /** @param active whether anybody plans with the costs */
  constructor(costs: CostTable, unified: boolean, active: boolean) {
    this.latency = new CostModel(costs);
    this.#unified = unified;
    this.#active = active;
  }

  /** @param paused whether nothing is guessed in this step */
  begin(paused: boolean): void {
    const every = this.#steps < FIRST_STEPS ? 1 : paused ? EVERY_WHILE_PAUSED : EVERY;
    this.#looks = this.#active && this.#steps % every === 0;
    this.#steps += 1;
    this.#paused = paused;
    this.targetMs = 0;
    this.targetDecodes = 0;
    this.batchTokens = 0;
    this.draftMs = 0;
    this.draftDecodes = 0;
    this.#drafted.clear();
    this.#predictedMs = 0;
    this.#rows = 0;
  }

  /** A decode of a draft and the choice of guesses after it have taken this long. */
  drafted(key: string, tokens: number, tokenCells: number, ms: number): void {
    this.draftMs += ms;
    const work = { tokens, tokenCells, cold: !this.#drafted.has(key) };
    this.#drafted.add(key);
    this.draftDecodes += 1;
    if (!this.#looks) return;
    this.#predictedMs += decodeMs(this.latency.table.drafts[key], work);
    this.latency.observe(work, ms, key);
  }

  /**
   * A decode of the target has taken this long. In tiles it costs less than the table says, and nothing is decided by what
   * that costs: such a step is neither predicted nor learned from.
   */
  decoded(batch: TokenBatch, ms: number, tiled = false): void {
    const tokens = batch.length;
    this.targetMs += ms;
    this.targetDecodes += 1;
    this.batchTokens += tokens;
    const resized = tokens !== this.#previousTokens;
    this.#previousTokens = tokens;
    if (tiled) this.#looks = false;
    if (!this.#looks) return;
    const outputs = batch.outputCount;
    const work: DecodeWork = {
      tokens,
      outputs,
      tokenCells: batch.attendedCells,
      resized,
      cold: this.#drafted.size > 0,
      parts: this.#unified ? undefined : ubatchesOf(batch.shares(), false),
    };
    this.#rows += outputs;
    this.#predictedMs += decodeMs(this.latency.table.target, work);
    this.latency.observe(work, ms);
  }

  /** What decodes cost, as is known now; undefined where nobody plans with it. */
  get costs(): DecodeCosts | undefined {
    if (!this.#active) return undefined;
    const { table } = this.latency;
    return {
      oneTokenMs: this.oneTokenMs,
      eightTokensMs: curveMs(table.target.curve, 8),
      draftTokenMs: Object.fromEntries(
        Object.entries(table.drafts).map(([key, costs]) => [key, decodeMs(costs, { tokens: 1 })]),
      ),
    };
  }

  /** A decode of one token, milliseconds. */
  get oneTokenMs(): number {
    return curveMs(this.latency.table.target.curve, 1);
  }

  /** What a step takes longer when guesses are looked for, milliseconds. */
  get lookMs(): number {
    return this.latency.table.overheadMsGuessing;
  }

  /**
   * The step is over.
   * @param guessed whether any guess was verified
   * @returns what it was predicted to take, milliseconds; undefined when it was not looked at
   */
  ended(guessed: boolean, stepMs: number): number | undefined {
    this.guessedTokens = guessed ? this.#previousTokens : undefined;
    if (!this.#looks) return undefined;
    const predictedMs = this.#predictedMs + overheadMs(this.latency.table, this.#rows, !this.#paused);
    this.latency.observeOverhead(this.#rows, !this.#paused, stepMs - this.targetMs - this.draftMs);
    return predictedMs;
  }
}
