import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cellRecord } from './analysis.js';
import { CELLS, comparison, GOOD_RUNS, RAMP, runsOf, SETTINGS } from './test-comparison.js';
import { compareText } from './text.js';
import { parseSetting } from './settings.js';
import { verdicts } from './verdicts.js';
const [CELL] = CELLS;
const near = (value, wanted) => {
    assert.ok(value !== undefined && Math.abs(value - wanted) < 1e-9, `${value} instead of ${wanted}`);
};
describe('a load in hindsight', () => {
    it('compares within repeats', () => {
        const record = cellRecord(CELL, SETTINGS, GOOD_RUNS, 3);
        assert.equal(record.best, 'draft:3');
        const draft = record.to_off.find(({ setting }) => setting === 'draft:3');
        near(draft.median, 0.8);
        near(draft.max, 0.85);
        assert.equal(draft.pairs, 3);
        // 80/80, 160/170, 245/240
        near(record.auto_to_best.median, 1);
        near(record.auto_to_best.min, 160 / 170);
        near(record.auto_to_best.max, 245 / 240);
        const figures = record.figures.find(({ setting }) => setting === 'auto');
        near(figures.mean_e2el_ms, (80 + 160 + 245) / 3);
        assert.deepEqual([figures.token_goodput, figures.acceptance_rate, figures.repeats], [500, 60, 3]);
        assert.equal(record.figures[0].acceptance_rate, null);
    });
    it('knows no best but off where guessing never pays', () => {
        const runs = [...runsOf('rate 2', 'off', [100]), ...runsOf('rate 2', 'draft:3', [101])];
        assert.equal(cellRecord(CELL, SETTINGS, runs, 1).best, 'off');
        assert.equal(cellRecord(CELL, SETTINGS, runs, 1).auto_to_best, null);
    });
    it('leaves out runs with failures, and does not let a setting win by the repeats that it lacks', () => {
        const runs = [
            ...runsOf('rate 2', 'off', [100, 500]),
            ...runsOf('rate 2', 'draft:3', [110, undefined]),
            ...runsOf('rate 2', 'lookup:3', [90, 700]),
            ...runsOf('rate 2', 'auto', [undefined, 500]),
        ];
        const record = cellRecord(CELL, SETTINGS, runs, 2);
        // Only the first repeat has all of them.
        assert.equal(record.best, 'lookup:3');
        near(record.auto_to_best.median, 5 / 7);
        assert.equal(record.auto_to_best.pairs, 1);
        const draft = record.figures.find(({ setting }) => setting === 'draft:3');
        assert.deepEqual([draft.repeats, draft.failed, draft.mean_e2el_ms], [1, 1, 110]);
        assert.equal(record.request_rate, 2);
        assert.equal(cellRecord(CELLS[1], SETTINGS, runs, 2).request_rate, 'inf');
    });
});
describe('verdicts', () => {
    const holds = (result) => Object.fromEntries(result.verdicts.map((verdict) => [verdict.id, verdict.holds]));
    const replaced = (cell, setting, runs) => [
        ...GOOD_RUNS.filter((run) => run.cell !== cell || run.setting !== setting),
        ...runs,
    ];
    it('hold where auto keeps up', () => {
        assert.deepEqual(holds(comparison(GOOD_RUNS, { ramp: RAMP })), {
            auto_to_best_at_every_rate: true,
            auto_to_off_everywhere: true,
            auto_to_best_for_every_task: true,
            same_texts: true,
            all_answered: true,
            latency_model: true,
            planning: true,
            ramp_tpot: true,
            ramp_recovery: true,
        });
    });
    it('fail where it does not at a single load, and name it', () => {
        const slow = comparison(replaced('rate inf', 'auto', runsOf('rate inf', 'auto', [84, 178.5, 252])));
        assert.equal(holds(slow)['auto_to_best_at_every_rate'], false);
        assert.equal(holds(slow)['auto_to_off_everywhere'], true);
        assert.equal(holds(slow)['auto_to_best_for_every_task'], true);
        assert.match(slow.verdicts[0].detail, /^worst: \+5\.0 % latency \(.* in 3 repeats\) at inf requests\/s$/);
        const slower = comparison(replaced('idle math', 'auto', runsOf('idle math', 'auto', [103, 206, 309])));
        assert.equal(holds(slower)['auto_to_best_at_every_rate'], true);
        assert.equal(holds(slower)['auto_to_off_everywhere'], false);
        assert.equal(holds(slower)['auto_to_best_for_every_task'], false);
        assert.match(compareText(slower), /^no +auto is nowhere .*math, one at a time\)$/m);
    });
    it('say nothing where something was not measured', () => {
        const partly = comparison(replaced('rate inf', 'auto', []));
        assert.equal(holds(partly)['auto_to_best_at_every_rate'], null);
        assert.equal(holds(partly)['auto_to_best_for_every_task'], true);
        assert.match(compareText(partly), /^unknown +auto is within .*measured in 1 of 2 cells/m);
    });
    it('say nothing of speed by one measurement', () => {
        const once = comparison(GOOD_RUNS.filter(({ repeat }) => repeat === 0));
        const { auto_to_best_at_every_rate: rate, same_texts: texts } = holds(once);
        assert.deepEqual([rate, texts], [null, true]);
        assert.match(once.verdicts[0].detail, /measured once/);
    });
    it('fail for other texts, failed requests, wrong predictions, long planning', () => {
        const [run] = runsOf('rate 2', 'auto', [80]);
        const engine = { ...run.engine, plan_s: 0.02 };
        const plans = { ...run.plans, latency_error_p90: 0.4 };
        const bad = comparison([
            ...runsOf('rate 2', 'auto', [80, 80], { texts_differ: 1, engine, plans }),
            ...runsOf('rate 2', 'off', [undefined]),
        ]);
        const { same_texts, all_answered, latency_model, planning } = holds(bad);
        assert.deepEqual([same_texts, all_answered, latency_model, planning], [false, false, false, false]);
    });
    it('say what two equal settings differ by, which is never the best', () => {
        const settings = [...SETTINGS, parseSetting('control')];
        const runs = [...GOOD_RUNS, ...runsOf('rate 2', 'control', [70, 140, 210])];
        const cells = CELLS.map((cell) => cellRecord(cell, settings, runs, 3));
        assert.equal(cells[0].best, 'draft:3');
        const control = RAMP.runs.filter(({ setting }) => setting === 'off');
        const late = control.map((run) => ({ ...run, setting: 'control', recovery_s: 3.25 }));
        const windows = RAMP.windows.map((window) => {
            const { off, auto } = window.p99_tpot_ms;
            return { ...window, p99_tpot_ms: { off: off, auto: auto, control: 1.5 * off } };
        });
        const found = verdicts(cells, runs, { ...RAMP, runs: [...RAMP.runs, ...late], windows });
        const detail = (id) => found.find((verdict) => verdict.id === id).detail;
        assert.match(detail('auto_to_best_at_every_rate'), /off and off once more differ by 30\.0 % .* to 30\.0 %$/);
        assert.match(detail('ramp_tpot'), /; of off once more: worst 1\.50 times .*above in 3 of 3 windows$/);
        assert.match(detail('ramp_recovery'), /; off once more by 2\.0 s$/);
        assert.ok(found.every(({ holds: held }) => held !== false));
    });
    it('fail on a ramp that collapses, or recovers late', () => {
        const ramp = {
            ...RAMP,
            runs: RAMP.runs.map((run) => ({ ...run, recovery_s: run.setting === 'auto' ? 2.5 : 1 })),
            windows: RAMP.windows.map((window, index) => ({
                ...window,
                p99_tpot_ms: { off: 4, auto: index === 1 ? 5 : 4 },
            })),
        };
        const found = Object.fromEntries(verdicts([], [], ramp).map((verdict) => [verdict.id, verdict]));
        assert.equal(found['ramp_tpot'].holds, false);
        assert.match(found['ramp_tpot'].detail, /^worst 1\.25 times at 1 s, above in 1 of 3 windows$/);
        assert.equal(found['ramp_recovery'].holds, false);
        const sparse = { ...ramp, windows: ramp.windows.map((window) => ({ ...window, requests: 4 })) };
        assert.equal(verdicts([], [], sparse).find(({ id }) => id === 'ramp_tpot').holds, null);
    });
});
//# sourceMappingURL=analysis.test.js.map