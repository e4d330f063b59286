/** The parts of a comparison's page: each a plot or two, and the same figures as a table for reading and copying. */
import { cellName } from './analysis.js';
import { parseSetting } from './settings.js';
import { ratioText, verdictWord } from './text.js';
import { LATENCY_KEYS, } from './types.js';
import { mean, sum } from '../statistics.js';
import { escapeText, figure, linePlot } from '../svg-plot.js';
/** Class of a setting's colour. */
const lookOf = (name, index) => name === 'off' || name === 'auto' ? `look-${name}` : `look-${index % LOOKS}`;
const LOOKS = 9;
/** Looks of rates, which have no colours of their own: neighbours far apart. */
const RATE_LOOKS = [2, 0, 6, 4, 7, 8, 5];
const shown = (value) => value === null || value === undefined ? '-' : figure(value);
const percent = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(0)} %` : '-');
/** The first column names its row. */
function table(caption, head, rows) {
    const headings = head.map((text) => `<th scope="col">${escapeText(text)}</th>`).join('');
    const body = rows.map(([first = '', ...cells]) => `<tr><th scope="row">${escapeText(first)}</th>${cells.map((text) => `<td>${escapeText(text)}</td>`).join('')}</tr>`);
    return (`<div class="wide"><table><caption>${escapeText(caption)}</caption>` +
        `<thead><tr>${headings}</tr></thead><tbody>${body.join('')}</tbody></table></div>`);
}
const folded = (summary, content) => `<details><summary>${escapeText(summary)}</summary>${content}</details>`;
const rateCells = ({ cells }) => cells.filter(({ kind }) => kind === 'rate');
const rateName = ({ request_rate: rate }) => (rate === null ? '' : String(rate));
const figuresOf = (cell, setting) => cell.figures.find((one) => one.setting === setting);
export function verdictSection({ verdicts }) {
    const items = verdicts.map((verdict) => {
        const word = verdictWord(verdict);
        return (`<li class="${word}"><strong>${word}</strong><div>${escapeText(verdict.claim)}` +
            `<small>${escapeText(verdict.detail)}</small></div></li>`);
    });
    return `<ul class="verdicts">${items.join('')}</ul>`;
}
export function latencySection(result) {
    const cells = rateCells(result);
    const plot = (title, yLabel, key) => linePlot({
        title,
        xLabel: 'requests a second',
        yLabel,
        names: cells.map(rateName),
        logarithmic: true,
        series: result.settings.map(({ name }, index) => ({
            name,
            look: lookOf(name, index),
            points: cells.flatMap((cell, x) => {
                const y = figuresOf(cell, name)?.[key];
                return y == null ? [] : [{ x, y }];
            }),
        })),
    });
    return [
        plot('Mean end-to-end latency against request rate', 'mean E2EL, ms', 'mean_e2el_ms'),
        plot('p99 of the time per output token against request rate', 'p99 TPOT, ms', 'p99_tpot_ms'),
        table('Mean E2EL in ms; in brackets the p99', ['requests/s', ...result.settings.map(({ name }) => name)], cells.map((cell) => [
            rateName(cell),
            ...result.settings.map(({ name }) => {
                const one = figuresOf(cell, name);
                return one?.mean_e2el_ms == null ? '-' : `${shown(one.mean_e2el_ms)} (${shown(one.p99_e2el_ms)})`;
            }),
        ])),
        ratioTable('Mean E2EL over that of off: median of the repeats (least to most); below 1 is faster', result, cells),
    ].join('\n');
}
/** What matters most comes first: with many settings the table is wider than the page. */
function ratioTable(caption, { settings }, cells) {
    const others = settings
        .map(({ name }) => name)
        .filter((name) => name !== 'off')
        .sort((a, b) => Number(b === 'auto') - Number(a === 'auto'));
    return table(caption, ['load', 'best in hindsight', 'auto / best', ...others.map((name) => `${name} / off`)], cells.map((cell) => [
        cellName(cell),
        cell.best ?? '-',
        ratioText(cell.auto_to_best),
        ...others.map((name) => ratioText(cell.to_off.find(({ setting }) => setting === name) ?? null)),
    ]));
}
export function goodputSection(result) {
    const cells = rateCells(result);
    const settings = result.settings.flatMap(({ name }) => parseSetting(name) ?? []);
    const proposers = [...new Set(settings.flatMap(({ proposer }) => proposer ?? []))];
    const plots = proposers.map((proposer) => linePlot({
        title: `Token goodput against the length of guesses: ${proposer}, 0 for off; hollow: auto at its mean length`,
        xLabel: 'guesses a step',
        yLabel: 'committed tokens per second of steps',
        series: cells.flatMap((cell, index) => {
            const look = `look-${RATE_LOOKS[index % RATE_LOOKS.length]}`;
            const fixed = settings
                .filter((setting) => setting.kind === 'off' || setting.proposer === proposer)
                .flatMap(({ name, length }) => {
                const y = figuresOf(cell, name)?.token_goodput;
                return y == null || length === undefined ? [] : [{ x: length, y }];
            })
                .sort((a, b) => a.x - b.x);
            const auto = figuresOf(cell, 'auto');
            const loose = auto?.token_goodput == null || auto.mean_length === null
                ? []
                : [{ x: auto.mean_length, y: auto.token_goodput }];
            return [
                { name: `${rateName(cell)}/s`, look, points: fixed },
                { name: `${rateName(cell)}/s, auto`, look, points: loose, loose: true },
            ];
        }),
    }));
    return [
        ...plots,
        table('Committed tokens per second of engine steps', ['requests/s', ...settings.map(({ name }) => name)], cells.map((cell) => [
            rateName(cell),
            ...settings.map(({ name }) => shown(figuresOf(cell, name)?.token_goodput)),
        ])),
    ].join('\n');
}
export function acceptanceSection({ runs, settings }) {
    const shares = settings.map(({ name }) => {
        const own = runs.filter(({ setting }) => setting === name).map(({ engine }) => engine);
        const drafts = sum(own.map((engine) => engine.drafts));
        const positions = Math.max(0, ...own.map((engine) => engine.accepted_per_position.length));
        const accepted = Array.from({ length: positions }, (_, position) => sum(own.map((engine) => engine.accepted_per_position[position] ?? 0)));
        const last = accepted.findLastIndex((count) => count > 0);
        return {
            name,
            shares: drafts === 0 ? [] : accepted.slice(0, last + 1).map((count) => (100 * count) / drafts),
        };
    });
    const longest = Math.max(0, ...shares.map((one) => one.shares.length));
    const positions = Array.from({ length: longest }, (_, position) => position);
    return [
        linePlot({
            title: 'Share of drafts whose guess at a position was accepted',
            xLabel: 'position in the draft, from 1',
            yLabel: '% of drafts',
            names: positions.map((position) => String(position + 1)),
            series: shares.map(({ name, shares: values }, index) => ({
                name,
                look: lookOf(name, index),
                points: values.map((y, x) => ({ x, y })),
            })),
        }),
        table('Accepted at each position, % of drafts (all loads)', ['setting', ...positions.map((position) => String(position + 1))], shares
            .filter((one) => one.shares.length > 0)
            .map(({ name, shares: values }) => [name, ...positions.map((position) => shown(values[position]))])),
    ].join('\n');
}
export function choiceSection(result) {
    const cells = rateCells(result);
    const rows = result.cells.flatMap((cell) => {
        const runs = result.runs.filter((run) => run.cell === cell.id && run.setting === 'auto');
        if (runs.length === 0)
            return [];
        const sources = [...new Set(runs.flatMap(({ engine }) => Object.keys(engine.sources)))];
        const total = (of) => sum(runs.map((run) => of(run) ?? 0));
        const all = total(({ engine }) => engine.draft_tokens);
        const told = sources.map((source) => {
            const drafted = total(({ engine }) => engine.sources[source]?.drafted);
            const accepted = total(({ engine }) => engine.sources[source]?.accepted);
            return `${source} ${percent(drafted / all)} (${percent(accepted / drafted)} right)`;
        });
        const errors = runs.flatMap(({ plans }) => plans?.latency_error_p90 ?? []);
        return [
            [
                cellName(cell),
                shown(figuresOf(cell, 'auto')?.mean_length),
                percent(total(({ engine }) => engine.steps_without_guesses) / total(({ engine }) => engine.steps)),
                told.join(', '),
                errors.length === 0 ? '-' : percent(mean(errors)),
            ],
        ];
    });
    return [
        linePlot({
            title: 'Guesses that auto makes for a request in a step, on average',
            xLabel: 'requests a second',
            yLabel: 'guesses',
            names: cells.map(rateName),
            series: [
                {
                    name: 'auto',
                    look: 'look-auto',
                    points: cells.flatMap((cell, x) => {
                        const y = figuresOf(cell, 'auto')?.mean_length;
                        return y == null ? [] : [{ x, y }];
                    }),
                },
            ],
        }),
        rows.length === 0
            ? ''
            : table('What auto chose, and how far its predictions of the time of a step were off (latest 256 plans of each run)', ['load', 'mean guesses', 'steps without', 'guesses by source', 'p90 error of step times'], rows),
    ].join('\n');
}
export function taskSection(result) {
    const cells = result.cells.filter(({ kind }) => kind === 'idle');
    return [
        ratioTable('One request at a time: mean E2EL over that of off, by task; the best fixed setting is known in hindsight only', result, cells),
        table('Mean E2EL in ms', ['task', ...result.settings.map(({ name }) => name)], cells.map((cell) => [
            cell.task,
            ...result.settings.map(({ name }) => shown(figuresOf(cell, name)?.mean_e2el_ms)),
        ])),
    ].join('\n');
}
export function rampSection({ ramp }) {
    if (ramp === null)
        return '<p class="none">Not measured; --ramp adds it.</p>';
    const settings = [...new Set(ramp.runs.map(({ setting }) => setting))];
    const over = (title, yLabel, points) => linePlot({
        title,
        xLabel: 'seconds',
        yLabel,
        series: settings.map((name) => ({ name, look: `look-${name}`, points: points(name) })),
    });
    return [
        `<p>Arrivals rise from ${figure(ramp.low_rps)} to ${figure(ramp.peak_rps)} requests/s and fall again within ` +
            `${figure(ramp.duration_s)} s.</p>`,
        over('p99 TPOT of the requests sent within a second', 'p99 TPOT, ms', (setting) => ramp.windows.flatMap(({ at_s: x, p99_tpot_ms: tpot }) => tpot[setting] == null ? [] : [{ x, y: tpot[setting] }])),
        over('Chosen length over time', 'guesses for a request in a step', (setting) => bySecond(ramp, setting, 'mean_length')),
        over('Requests in flight', 'requests', (setting) => bySecond(ramp, setting, 'in_flight')),
        over('Committed tokens', 'tokens a second', (setting) => bySecond(ramp, setting, 'committed_tokens_per_s')),
        table('Seconds from the end of the overload until nothing waits', ['repeat', ...settings], [...new Set(ramp.runs.map(({ repeat }) => repeat))].map((repeat) => [
            String(repeat + 1),
            ...settings.map((setting) => shown(ramp.runs.find((run) => run.setting === setting && run.repeat === repeat)?.recovery_s)),
        ])),
        folded('p99 TPOT by window', table('p99 TPOT in ms of requests sent within half a second of the moment', ['second', 'requests', ...settings], ramp.windows.map(({ at_s: atS, requests, p99_tpot_ms: tpot }) => [
            figure(atS),
            String(requests),
            ...settings.map((setting) => shown(tpot[setting])),
        ]))),
    ].join('\n');
}
/** Means over the repeats, second by second. */
function bySecond({ runs }, setting, key) {
    const samples = runs.filter((run) => run.setting === setting).flatMap((run) => run.samples);
    const seconds = [...new Set(samples.map(({ at_s: atS }) => Math.round(atS)))].sort((a, b) => a - b);
    return seconds.map((x) => ({
        x,
        y: mean(samples.filter(({ at_s: atS }) => Math.round(atS) === x).map((sample) => sample[key])),
    }));
}
export function figuresSection(result) {
    return result.cells
        .map((cell) => folded(cellName(cell), table(`${cellName(cell)}: ${cell.requests} requests a run, means over the repeats`, [
        'setting',
        ...LATENCY_KEYS.map((key) => key.replace(/_ms$/, ' ms').replaceAll('_', ' ')),
        ...['output tokens/s', 'token goodput', 'accepted %', 'mean guesses', 'repeats', 'failed'],
    ], cell.figures.map((one) => [
        one.setting,
        ...LATENCY_KEYS.map((key) => shown(one[key])),
        shown(one.output_throughput),
        shown(one.token_goodput),
        shown(one.acceptance_rate),
        shown(one.mean_length),
        String(one.repeats),
        String(one.failed),
    ]))))
        .join('\n');
}
//# sourceMappingURL=sections.js.map