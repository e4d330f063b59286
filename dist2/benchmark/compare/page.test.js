import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { comparison, GOOD_RUNS, RAMP, runsOf } from './test-comparison.js';
import { comparePage } from './page.js';
import { figure, linearAxis, linePlot, logarithmicAxis } from '../svg-plot.js';
/** Every element that is opened is closed in order, attributes are quoted, text has no bare `&`, `<` or `>`. */
function assertWellFormed(html) {
    const open = [];
    const [before, ...pieces] = html
        .replace(/^<!doctype html>\n/, '')
        .replace(/<style>[^<]*<\/style>/, '')
        .split('<');
    assert.equal(before, '');
    for (const piece of pieces) {
        const match = /^(\/?)([a-z0-9]+)((?:\s[\w-]+="[^"]*")*)(\/?)>([^>]*)$/i.exec(piece);
        assert.ok(match, `<${piece}`);
        const [, closing, name, attributes, empty, text] = match;
        assert.doesNotMatch(attributes + text, /&(?!(amp|lt|gt|quot|#39);)/);
        if (closing === '/')
            assert.equal(open.pop(), name);
        else if (empty !== '/' && name !== 'meta')
            open.push(name);
    }
    assert.deepEqual(open, []);
}
describe('page of a comparison', () => {
    const page = comparePage(comparison(GOOD_RUNS, { ramp: RAMP }));
    it('is well-formed and loads nothing', () => {
        assertWellFormed(page);
        assert.doesNotMatch(page, /<script|<link|<img|@import|url\(|https?:|\bsrc=|\bhref=/);
    });
    it('has all parts, plots with tables beside them', () => {
        const titles = [...page.matchAll(/<h2>([^<]+)<\/h2>/g)].map(([, title]) => title);
        assert.deepEqual(titles, [
            'Verdicts',
            'Latency against rate',
            'Token goodput against length',
            'Acceptance by position',
            'What auto chose',
            'Tasks, one request at a time',
            'Ramp past saturation and back',
            'All figures',
            'How it was measured',
        ]);
        for (const section of page.split('<section>').slice(2, 8))
            assert.match(section, /<table>/, section.slice(0, 80));
        // Two of latency, two of goodput (draft, lookup), acceptance, length by rate, four of the ramp.
        assert.equal(page.match(/<svg/g).length, 10);
        assert.doesNotMatch(page, /NaN|undefined|Infinity/);
    });
    it('shows the figures of the result', () => {
        const result = comparison(GOOD_RUNS, { ramp: RAMP });
        for (const cell of result.cells)
            for (const one of cell.figures) {
                assert.ok(page.includes(`<td>${figure(one.mean_e2el_ms)}</td>`), `${cell.id} ${one.setting}`);
                assert.ok(page.includes(`<td>${figure(one.token_goodput)}</td>`));
            }
        assert.ok(page.includes('<td>0.800 (0.800-0.850)</td>'));
        for (const { claim, detail } of result.verdicts)
            assert.ok(page.includes(claim) && page.includes(detail));
        assert.match(page, /123 ms a request, at most 7\.89 requests\/s/);
        // Seconds of recovery.
        assert.ok(page.includes('<td>1.25</td><td>1.50</td>'));
        // Of 50 drafts 45, 30 and 15 stood at their positions.
        assert.match(page, /<th scope="row">draft:3<\/th><td>90\.0<\/td><td>60\.0<\/td><td>30\.0<\/td>/);
    });
    it('escapes what comes from outside', () => {
        const evil = `<script>alert("x")</script>&'`;
        const good = comparison(GOOD_RUNS);
        const result = {
            ...good,
            server: { ...good.server, model: evil, flags: ['--model', evil] },
            machine: { ...good.machine, processor: evil },
            options: { ...good.options, tasks: [evil] },
            cells: good.cells.map((cell) => ({ ...cell, task: evil })),
        };
        const text = comparePage(result);
        assertWellFormed(text);
        assert.ok(!text.includes('<script'));
        assert.ok(text.includes('&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt;&amp;&#39;, one at a time'));
    });
    it('says what is missing', () => {
        const few = comparePage(comparison(runsOf('rate 2', 'off', [100]), { complete: false }));
        assertWellFormed(few);
        assert.match(few, /Ended early/);
        assert.match(few, /Not measured; --ramp adds it/);
        assert.doesNotMatch(few, /NaN|undefined|Infinity/);
        const suffix = comparison(GOOD_RUNS);
        const flattered = comparePage({ ...suffix, options: { ...suffix.options, with_suffix: true } });
        assert.match(flattered, /Suffix took part/);
        assert.match(page, /Suffix took no part/);
    });
});
describe('plots', () => {
    it('have axes with round numbers around the values', () => {
        assert.deepEqual(linearAxis(0, 87).ticks, [0, 20, 40, 60, 80, 100]);
        assert.deepEqual(linearAxis(0, 0).ticks, [0, 0.2]);
        assert.deepEqual(logarithmicAxis(30, 4000).ticks, [20, 50, 100, 200, 500, 1000, 2000, 5000]);
        const axis = logarithmicAxis(100, 100);
        assert.ok(axis.at(100) >= 0 && axis.at(100) <= 1);
        assert.equal(linearAxis(0, 10).at(5), 0.5);
    });
    it('put points where they belong', () => {
        const svg = linePlot({
            title: 'A',
            xLabel: 'x',
            yLabel: 'y',
            series: [
                {
                    name: 's',
                    look: 'look-off',
                    points: [
                        { x: 0, y: 0 },
                        { x: 10, y: 10 },
                        { x: NaN, y: 1 },
                    ],
                },
            ],
        });
        // From the lower left corner of the drawing to its upper right one.
        assert.match(svg, /<polyline points="64\.0,308\.0 670\.0,14\.0"\/>/);
        assert.match(svg, /<title>s: 10, 10\.0<\/title>/);
    });
    it('say when there is nothing to draw', () => {
        const series = [{ name: 's', look: 'look-off', points: [{ x: 0, y: 0 }] }];
        assert.match(linePlot({ title: 'A', xLabel: '', yLabel: '', logarithmic: true, series }), /Not measured/);
    });
});
//# sourceMappingURL=page.test.js.map