/**
 * Runs the engine's own step loop, with its planner and what it learns, over a simulated machine: one policy,
 * one workload. All of it happens in virtual time, so the figures are the same on every computer.
 */
import { assert } from '../base/errors.js';
import { EngineCore } from '../engine/core.js';
import { plainRequest } from '../engine/plain-request.js';
import type { EngineOptions, EngineRequest, ProposerName, SpeculationWish } from '../engine/types.js';
import { AcceptanceModel } from '../acceptance/acceptance-model.js';
import { calibrateModel } from '../costs/calibrate.js';
import type { CostTable } from '../costs/cost-table.js';
import { KnownAcceptance } from './known-acceptance.js';
import { Progress, type SimMetrics, type StepNote } from './metrics.js';
import { wishFor, type Policy } from './policies.js';
import { SimModel, type MachineOptions } from './sim-model.js';
import type { SimRequest, Workload } from './workload.js';

export interface SimulationOptions extends MachineOptions {
  /** Most guesses a step in `auto`. */
  readonly mostGuesses: number;
  /** The engine measures the machine when it starts, as it does in earnest; else it is told the true costs. */
  readonly calibrated: boolean;
  /** What may guess. */
  readonly proposers: readonly ProposerName[];
}

/** Far more steps than tokens mean that the engine goes round in circles. */
const STEPS_PER_TOKEN = 10;
const DRAFT: readonly ProposerName[] = ['draft'];

/** @param onStep told of every step, in order */
export function simulate(
  workload: Workload,
  machine: SimulationOptions,
  policy: Policy,
  onStep: (note: StepNote) => void = () => undefined,
): SimMetrics {
  const model = new SimModel(workload, machine);
  const acceptance = policy.knowing
    ? new KnownAcceptance(workload.items, model.truth)
    : (machine.recorded?.newAcceptance() ?? new AcceptanceModel());
  const controller = policy.controller?.(machine.mostGuesses, workload.seed);
  const controlled = { mode: 'fixed' as const, length: 0, proposers: machine.draft ? DRAFT : undefined };
  const core = new EngineCore(model, engineOptions(workload, machine, policy), {
    now: model.clock.now,
    costs: machine.calibrated && !policy.knowing ? measuredCosts(workload, machine) : machine.costs,
    onPhase: (phase) => {
      model.worked(phase);
    },
    acceptance,
  });
  const progress = new Progress(workload, model);
  const { items, arrivals } = workload;
  const isDue = (item: SimRequest): boolean =>
    arrivals.kind === 'closed' ? progress.inFlight < arrivals.inFlight : item.arrivalMs <= model.clock.ms;
  let next = 0;
  let steps = 0;
  for (;;) {
    for (; next < items.length && isDue(items[next]!); next++) {
      progress.arrived(items[next]!);
      const wish = controller === undefined ? wishFor(policy, items[next]!.label) : controlled;
      core.submit(requestOf(items[next]!, wish));
    }
    if (core.idle) {
      if (next === items.length) break;
      model.clock.waitUntil(items[next]!.arrivalMs);
      continue;
    }
    assert(steps++ < STEPS_PER_TOKEN * workload.totalTokens, 'the engine makes no progress');
    if (controller !== undefined) controlled.length = controller.next();
    const note = progress.step(() => core.step());
    const events = core.takeEvents();
    for (const event of events) progress.told(event);
    onStep(note);
    // A request at its end has room for fewer guesses.
    const going = events.filter(({ tokens, finish }) => tokens.length > 0 && finish === undefined);
    if (controller !== undefined && !note.prefill && going.length > 0) {
      const accepted = going.map((event) => event.accepted);
      controller.learn(controlled.length, {
        accepted,
        tokens: note.tokens,
        ms: note.endMs - note.startMs,
      });
    }
  }
  core.pool.checkIntegrity();
  return progress.metrics(policy.name);
}

/** What the engine measures when it starts on such a machine, noise and all. */
function measuredCosts(workload: Workload, machine: SimulationOptions): CostTable {
  const idle = new SimModel(workload, { ...machine, mishaps: [] });
  return calibrateModel(idle, { now: idle.clock.now });
}

function engineOptions(
  workload: Workload,
  machine: SimulationOptions,
  { mode, without }: Policy,
): EngineOptions {
  return {
    parallel: machine.parallel,
    queueLimit: workload.requests,
    prefillChunk: 256,
    speculation: {
      mode,
      length: machine.mostGuesses,
      proposers: machine.proposers,
      lookupMinNgram: 2,
      suffixBytes: 8 * 2 ** 20,
      without,
    },
  };
}

const requestOf = (
  { index, label, text, promptLength }: SimRequest,
  speculation: SpeculationWish,
): EngineRequest =>
  plainRequest(index, text.slice(0, promptLength), text.length - promptLength, { speculation, label });
