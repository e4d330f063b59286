import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DEFAULT_RATES, estimatedSeconds, planBlocks, planCells, promptsOf, seedOf, } from './plan.js';
import { autoProposers, defaultSettings, parseSetting, speculationField } from './settings.js';
const calibration = { idleLatencyMs: 200, saturationRps: 10 };
const plan = (options = {}) => planCells({ rates: DEFAULT_RATES, tasks: ['math', 'sql'], secondsPerRun: 8, calibration, ...options });
describe('loads of a comparison', () => {
    it('are shares of saturation, and every task alone', () => {
        const cells = plan();
        assert.deepEqual(cells.map(({ requestRate }) => requestRate), [0.5, 2.5, 5, 7.5, 9, 11, undefined, undefined]);
        // Eight seconds of arrivals, and half of that of answers one after the other.
        assert.deepEqual(cells.map(({ requests }) => requests), [4, 20, 40, 60, 72, 88, 20, 20]);
        assert.deepEqual(cells.map(({ task, kind }) => `${kind} ${task}`), [...Array.from({ length: 6 }, () => 'rate all'), 'idle math', 'idle sql']);
        assert.equal(new Set(cells.map(({ id }) => id)).size, cells.length);
    });
    it('take rates as they are given, in order, the same one once', () => {
        const rates = [Infinity, 20, 10].map((requestsPerSecond) => ({ requestsPerSecond }));
        const cells = plan({ rates: [...rates, { shareOfSaturation: 1 }], tasks: [] });
        assert.deepEqual(cells.map(({ requestRate, requests }) => [requestRate, requests]), [
            [10, 80],
            [20, 160],
            // All at once: as many as would keep the server busy for that time.
            [Infinity, 80],
        ]);
    });
    it('take as long as arrivals last, or as answers take where more arrive than can be answered', () => {
        const [idle, , , , , over, alone] = plan().map((cell) => estimatedSeconds(cell, calibration));
        assert.equal(idle, 4 / 0.5 + 0.4);
        assert.equal(over, 88 / 10 + 0.4);
        assert.equal(alone, 20 * 0.2);
    });
});
describe('order of a comparison', () => {
    const cells = plan({ tasks: ['math'] });
    const settings = ['off', 'a', 'b', 'c', 'd', 'e'];
    const blocks = planBlocks(cells, settings, 3, 7);
    it('runs every setting once under every load before the next load', () => {
        assert.equal(blocks.length, cells.length * settings.length * 3);
        for (let start = 0; start < blocks.length; start += settings.length) {
            const group = blocks.slice(start, start + settings.length);
            assert.deepEqual([...group.map(({ setting }) => setting)].sort(), [...settings].sort());
            // The same arrivals and sampling for all of them, and others than anywhere else.
            const loads = new Set(group.map(({ cell, repeat, seed }) => `${cell.id} ${repeat} ${seed}`));
            assert.equal(loads.size, 1);
        }
        assert.equal(new Set(blocks.map(({ seed }) => seed)).size, cells.length * 3);
    });
    it('is shuffled anew for each load and repeat, and the same for the same seed', () => {
        const orders = new Set();
        for (let start = 0; start < blocks.length; start += settings.length)
            orders.add(blocks
                .slice(start, start + settings.length)
                .map(({ setting }) => setting)
                .join());
        assert.ok(orders.size > cells.length, `${orders.size} orders`);
        assert.deepEqual(planBlocks(cells, settings, 3, 7), blocks);
        assert.notDeepEqual(planBlocks(cells, settings, 3, 8), blocks);
        assert.notEqual(seedOf('a', 'bc'), seedOf('ab', 'c'));
    });
    it('gives each repeat other prompts, of the task that is asked for', () => {
        const pool = Array.from({ length: 10 }, (_, index) => ({
            task: index % 2 === 0 ? 'math' : 'sql',
            messages: undefined,
            prompt: String(index),
            maxTokens: undefined,
        }));
        const texts = (task, repeat) => promptsOf({ task, requests: 3 }, repeat, pool).map(({ prompt }) => prompt);
        assert.deepEqual(texts('all', 0), ['0', '1', '2']);
        assert.deepEqual(texts('all', 1), ['3', '4', '5']);
        assert.deepEqual(texts('sql', 0), ['1', '3', '5']);
        assert.deepEqual(texts('sql', 1), ['7', '9', '1']);
    });
});
describe('settings', () => {
    it('are written as they are shown', () => {
        for (const { name } of [...defaultSettings(true), ...defaultSettings(false)])
            assert.equal(parseSetting(name)?.name, name);
        assert.equal(parseSetting('fixed:3')?.name, 'draft:3');
        for (const text of ['', 'on', 'draft', 'draft:0', 'draft:65', 'draft:3.5', 'tree:2', 'auto:3'])
            assert.equal(parseSetting(text), undefined, text);
    });
    it('need no draft where there is none', () => {
        assert.ok(defaultSettings(false).every(({ proposer }) => proposer !== 'draft'));
        assert.equal(defaultSettings(true).filter(({ proposer }) => proposer === 'draft').length, 5);
    });
    it('become the field of a request', () => {
        const auto = autoProposers(['lookup', 'suffix', 'draft'], false);
        assert.deepEqual(auto, ['lookup', 'draft']);
        assert.deepEqual(autoProposers(['lookup', 'suffix'], true), ['lookup', 'suffix']);
        const field = (name) => speculationField(parseSetting(name), auto);
        assert.equal(field('off'), 'off');
        assert.equal(field('control'), 'off');
        assert.deepEqual(field('lookup:8'), { mode: 'fixed:8', proposers: ['lookup'] });
        assert.deepEqual(field('auto'), { mode: 'auto', proposers: ['lookup', 'draft'] });
    });
});
//# sourceMappingURL=plan.test.js.map