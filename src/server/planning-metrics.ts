/** Metrics of the planner: how well it foresees what steps take, what it costs, and whose guesses it takes. */
import { Counter, Gauge, type Registry } from 'prom-client';
import { quantile } from '../base/quantile.js';
import type { StepReport } from '../engine/types.js';

/** Steps that the error of prediction is taken from. */
const WINDOW = 1024;

export class PlanningMetrics {
  /** [source] guesses verified and accepted. */
  readonly #sources = new Map<string, { drafted: number; accepted: number }>();
  /** Ring of |predicted / actual - 1|. */
  readonly #errors = new Float64Array(WINDOW);
  #steps = 0;
  #planMs = 0;
  #bypassed = 0;

  constructor(registry: Registry) {
    const sources = this.#sources;
    const error = (share: number): number =>
      this.#steps === 0 ? 0 : quantile(this.#errors.subarray(0, Math.min(this.#steps, WINDOW)), share);
    new Counter({
      name: 'foretoken_spec_decode_source_tokens_total',
      help: 'Tokens drafted and accepted, by what guessed them.',
      labelNames: ['source', 'state'],
      registers: [registry],
      collect() {
        this.reset();
        for (const [source, { drafted, accepted }] of sources) {
          this.inc({ source, state: 'drafted' }, drafted);
          this.inc({ source, state: 'accepted' }, accepted);
        }
      },
    });
    summedCounter(
      registry,
      'planning_seconds_total',
      'Time in which the planner chose.',
      () => this.#planMs / 1000,
    );
    summedCounter(
      registry,
      'steps_without_guesses_total',
      'Steps that decoded and verified no guess.',
      () => this.#bypassed,
    );
    new Gauge({
      name: 'foretoken_latency_model_error',
      help: `|predicted / actual - 1| of the time of a step, over the last ${WINDOW} steps.`,
      labelNames: ['quantile'],
      registers: [registry],
      collect() {
        this.set({ quantile: '0.5' }, error(0.5));
        this.set({ quantile: '0.9' }, error(0.9));
      },
    });
  }

  stepEnded({ predictedMs, stepMs, planMs, sources, draftTokens, committedTokens }: StepReport): void {
    const error = predictedMs === undefined ? NaN : Math.abs(predictedMs / stepMs - 1);
    if (Number.isFinite(error)) this.#errors[this.#steps++ % WINDOW] = error;
    this.#planMs += planMs;
    if (draftTokens === 0 && committedTokens > 0) this.#bypassed += 1;
    for (const [source, { drafted, accepted }] of Object.entries(sources)) {
      const sum = this.#sources.get(source) ?? { drafted: 0, accepted: 0 };
      this.#sources.set(source, { drafted: sum.drafted + drafted, accepted: sum.accepted + accepted });
    }
  }
}

/** A counter over a sum kept elsewhere, taken over when asked for. */
export function summedCounter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name: `foretoken_${name}`,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
