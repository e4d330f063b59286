/**
 * Runs what guessing runs, on made-up requests, before the first real one comes: JavaScript that has not run yet
 * takes several times as long, and where a step takes a millisecond, the first hundred requests would pay for it
 * (demo model on EPYC Genoa, four streams: 0.85 to 0.9 of the speed in the first seconds; the first four decodes of a draft
 * of SmolLM2 for sampled text take 40 ms instead of 1.5). Nothing of it remains but compiled code and pages that have been
 * touched: models of costs and acceptance are its own, and the caches are empty again.
 */
import type { EngineModel } from '../decoder/decoder.js';
import type { CostTable } from '../costs/cost-table.js';
import { GREEDY } from '../base/sampling-options.js';
import { EngineCore } from './core.js';
import { plainRequest } from './plain-request.js';
import { AS_THE_ENGINE, type EngineOptions } from './types.js';

/** Where a token takes longer than this, compiling is over before anybody notices. */
const MOST_TOKEN_MS = 50;
const BUDGET_MS = 1000;
const PROMPT_TOKENS = 24;
const OUTPUT_TOKENS = 48;
const MOST_AT_ONCE = 4;
/** A temperature. */
const SAMPLED = 0.8;

export class WarmUp {
  readonly #core: EngineCore;
  readonly #drafts: EngineModel['drafts'];
  readonly #vocabulary: number;
  readonly #most: number;
  #spentMs = 0;
  #requests = 0;
  #batches = 0;

  /**
   * Undefined where there is nothing to gain.
   * @param now undefined: the machine's clock
   */
  static for(
    model: EngineModel,
    options: EngineOptions,
    costs: CostTable | undefined,
    now?: () => number,
  ): WarmUp | undefined {
    const { decoder } = model;
    const guesses = options.speculation.mode !== 'off' && decoder.canTruncate;
    const room = decoder.sequenceCapacity >= PROMPT_TOKENS + OUTPUT_TOKENS;
    if (costs === undefined || !guesses || !room || costs.target.curve.ms[0]! > MOST_TOKEN_MS)
      return undefined;
    return new WarmUp(model, options, costs, now);
  }

  private constructor(
    model: EngineModel,
    options: EngineOptions,
    costs: CostTable,
    now: (() => number) | undefined,
  ) {
    const known = { costs: inviting(costs), ...(now !== undefined && { now }) };
    this.#core = new EngineCore(model, { ...options, planLog: undefined }, known);
    this.#drafts = [...model.drafts];
    this.#vocabulary = model.decoder.vocabularySize;
    this.#most = Math.min(MOST_AT_ONCE, options.parallel);
  }

  /** One step; false when it has been enough. */
  step(): boolean {
    if (this.#spentMs > BUDGET_MS) return false;
    if (this.#core.idle) this.#submit();
    this.#spentMs += this.#core.step().stepMs;
    // A model that cannot compute such a prompt ends it at once; nobody waits for an answer.
    return !this.#core.takeEvents().some(({ finish }) => finish?.reason === 'error');
  }

  /** Leaves the caches empty. */
  end(): void {
    this.#core.failAll({ code: 'shutting_down', message: 'A request that only warmed up has been ended.' });
    this.#core.takeEvents();
    while (this.#core.pool.evictOldest());
  }

  /** One request alone and several at once by turns, greedy and sampled, with each of the drafts. */
  #submit(): void {
    const batch = this.#batches++;
    const count = batch % 2 === 0 ? 1 : this.#most;
    const draft = this.#drafts[batch % Math.max(1, this.#drafts.length)]?.id;
    const more = {
      sampling: { ...GREEDY, temperature: batch % 4 < 2 ? SAMPLED : 0 },
      speculation: { ...AS_THE_ENGINE, draft },
    };
    for (let index = 0; index < count; index++) {
      const id = this.#requests++;
      const prompt = Int32Array.from(
        { length: PROMPT_TOKENS },
        (_, at) => ((id + at) * 7919 + 1) % this.#vocabulary,
      );
      this.#core.submit(plainRequest(id, prompt, OUTPUT_TOKENS, more));
    }
  }
}

/** Costs with which guessing seems to pay. */
function inviting(costs: CostTable): CostTable {
  const { curve } = costs.target;
  const flat = curve.ms.map((_, point) => curve.ms[0]! * (1 + point / 1000));
  const target = { ...costs.target, curve: { ...curve, ms: flat }, resizeMs: 0, msPerOutput: 0 };
  return { ...costs, target };
}
