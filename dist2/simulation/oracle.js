/**
 * What could have been reached: the best fixed choice in hindsight, for all tasks together and for each, and
 * the share of it that a policy missed. The oracle itself, the planner with the true probabilities, is a policy
 * like the others (`ORACLE`).
 */
import { assert } from '../base/errors.js';
import { fixedPolicy, OFF } from './policies.js';
import { simulate } from './simulate.js';
/** Share of the goodput that was there to be had and was not reached; negative where it was exceeded. */
export function regret(reached, best) {
    return 1 - reached.tokenGoodput / best.tokenGoodput;
}
/** Tries every choice on the same workload, no guesses included. */
export function bestInHindsight(workload, machine, lengths) {
    const choices = machine.proposers
        .filter((proposer) => proposer !== 'draft' || machine.draft)
        .flatMap((proposer) => lengths.map((length) => ({ length, proposer })));
    const off = {
        choice: { length: 0, proposer: 'draft' },
        metrics: simulate(workload, machine, OFF),
    };
    const runs = [
        off,
        ...choices.map((choice) => ({
            choice,
            metrics: simulate(workload, machine, fixedPolicy(choice)),
        })),
    ];
    const best = leastOf(runs, ({ metrics }) => 1 / metrics.tokenGoodput);
    if (workload.tasks.length === 1) {
        return { runs, best, byTask: { policy: fixedPolicy(best.choice), metrics: best.metrics } };
    }
    const policy = fixedPolicy(...workload.tasks.map((_, label) => leastOf(runs, ({ metrics }) => metrics.tasks[label].tpotMs.mean).choice));
    const together = simulate(workload, machine, policy);
    const isBetter = together.tokenGoodput > best.metrics.tokenGoodput;
    const byTask = isBetter
        ? { policy, metrics: together }
        : { policy: fixedPolicy(best.choice), metrics: best.metrics };
    return { runs, best, byTask };
}
function leastOf(items, valueOf) {
    assert(items.length > 0, 'the best of nothing');
    return items.reduce((least, item) => (valueOf(item) < valueOf(least) ? item : least));
}
//# sourceMappingURL=oracle.js.map