/** The controllers of other projects, over costs and acceptance that are known, and in a simulation. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { EpsilonGreedyTuner, ExpectedValueController } from './peers.js';
import { OFF, parsePolicies } from './policies.js';
import { simulate } from './simulate.js';
import { CELLS, machineOf, workloadOf } from './study-set.js';
/** Steps of a request alone; how often each length was chosen in the last half. */
function lengthsOf(controller, steps, acceptanceAt, msOf) {
    const random = randomNumbers(3);
    const chosen = [];
    for (let step = 0; step < steps; step++) {
        const length = controller.next();
        let accepted = 0;
        while (accepted < length && random() < acceptanceAt(step))
            accepted += 1;
        controller.learn(length, { accepted: [accepted], tokens: accepted + 1, ms: msOf(length) });
        if (step >= steps / 2)
            chosen[length] = (chosen[length] ?? 0) + 1;
    }
    return Array.from(chosen, (count) => count ?? 0);
}
const mostChosen = (counts) => counts.indexOf(Math.max(...counts));
const cheap = (length) => 10 + length;
const dear = (length) => 10 + 10 * length;
describe('expected value over expected cost', () => {
    it('climbs where guesses are accepted and cost little, and stays at 0 where they are not', () => {
        const good = lengthsOf(new ExpectedValueController(8), 4000, () => 0.95, cheap);
        assert.equal(mostChosen(good), 8, good.join());
        const bad = lengthsOf(new ExpectedValueController(8), 4000, () => 0.05, dear);
        assert.equal(mostChosen(bad), 0, bad.join());
    });
    it('probes ever less often while probes change nothing', () => {
        const [none = 0, one = 0] = lengthsOf(new ExpectedValueController(8), 8000, () => 0.05, dear);
        assert.ok(one > 0 && one < 0.02 * none, `${one} probes beside ${none}`);
    });
});
describe('epsilon-greedy over tokens a second', () => {
    it('finds the best length, and still tries others', () => {
        const good = lengthsOf(new EpsilonGreedyTuner(8, 1), 8000, () => 0.95, cheap);
        assert.ok(mostChosen(good) >= 6, good.join());
        assert.ok(good.every((count) => count > 0), good.join());
        const bad = lengthsOf(new EpsilonGreedyTuner(8, 1), 8000, () => 0.05, dear);
        assert.equal(mostChosen(bad), 0, bad.join());
    });
    it('forgets everything when steps become much slower', () => {
        // Half of the steps are past when nothing is accepted any more.
        const changed = lengthsOf(new EpsilonGreedyTuner(8, 1), 8000, (step) => (step < 4000 ? 0.95 : 0), (length) => 10 + 3 * length);
        assert.equal(mostChosen(changed), 0, changed.join());
    });
});
it('run over the engine, and beat no guesses where a draft is good', () => {
    const cell = CELLS.find(({ curve, inFlight, kind }) => curve === 'gpu-7b' && inFlight === 1 && kind === 'mixed');
    const workload = workloadOf(cell, 1);
    const machine = machineOf(cell.curve, cell.inFlight);
    const off = simulate(workload, machine, OFF);
    for (const policy of parsePolicies('ollama,autotune', 'draft')) {
        const run = simulate(workload, machine, policy);
        assert.equal(run.outputTokens, workload.outputTokens);
        assert.ok(run.tokenGoodput > 1.2 * off.tokenGoodput, `${policy.name}: ${run.tokenGoodput}`);
    }
});
//# sourceMappingURL=peers.test.js.map