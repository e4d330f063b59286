/** A comparison as one HTML file: nothing is loaded from elsewhere, nothing runs; light or dark as the reader has it. */
import { acceptanceSection, choiceSection, figuresSection, goodputSection, latencySection, rampSection, taskSection, verdictSection, } from './sections.js';
import { escapeText, figure } from '../svg-plot.js';
const STYLE = `
:root { color-scheme: light dark; --paper: #fff; --ink: #1a1c20; --soft: #5c6370; --rule: #e3e5ea; --panel: #f6f7f9;
  --good: #1f7a3d; --bad: #b3261e; }
@media (prefers-color-scheme: dark) { :root { --paper: #14161a; --ink: #e6e8ec; --soft: #9aa1ad; --rule: #2b2f37;
  --panel: #1b1e24; --good: #6cc788; --bad: #f28b82; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2.5rem 1.25rem 4rem; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0 0 .25rem; }
h2 { font-size: 1.2rem; margin: 3rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--rule); }
p { max-width: 46rem; } .lead, .none, small { color: var(--soft); }
.warning { padding: .6rem .9rem; border-left: 4px solid var(--bad); background: var(--panel); }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .15rem 1.25rem; margin: 1.25rem 0; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.verdicts { list-style: none; padding: 0; margin: 1.5rem 0; }
.verdicts li { display: flex; gap: 1rem; padding: .55rem 0; border-top: 1px solid var(--rule); }
.verdicts li > strong { flex: 0 0 5rem; } .verdicts small { display: block; }
.yes > strong { color: var(--good); } .no > strong { color: var(--bad); } .unknown > strong { color: var(--soft); }
figure { margin: 1.5rem 0; } figcaption { font-weight: 600; margin-bottom: .4rem; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--soft); font: 12px system-ui, sans-serif; } svg .legend { fill: var(--ink); stroke: none; }
.grid { stroke: var(--rule); }
.series { fill: var(--series); stroke: var(--series); } .series polyline { fill: none; stroke-width: 1.6; }
.hollow { fill: var(--paper); stroke-width: 2; }
.look-off { --series: #747b88; } .look-off polyline { stroke-dasharray: 5 4; }
.look-auto { --series: #d6336c; } .look-auto polyline { stroke-width: 3; }
.look-0 { --series: #12876f; } .look-1 { --series: #0f8b8d; } .look-2 { --series: #1971c2; } .look-3 { --series: #5373e0; }
.look-4 { --series: #7a4fd6; } .look-5 { --series: #a63fc0; } .look-6 { --series: #c25a0c; } .look-7 { --series: #a87b00; }
.look-8 { --series: #6d8a1c; }
.wide { overflow-x: auto; margin: 1.25rem 0; }
table { border-collapse: collapse; font-size: .82rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; white-space: nowrap; color: var(--soft); padding-bottom: .35rem; }
th, td { padding: .28rem .7rem; border-bottom: 1px solid var(--rule); text-align: right; white-space: nowrap; }
th { font-weight: 600; } th:first-child { text-align: left; padding-left: 0; }
details { margin: .4rem 0; } summary { cursor: pointer; }
@media print { details > * { display: block; } }
`;
export function comparePage(result) {
    const { server, machine, options, calibration } = result;
    const title = `Speculation compared: ${server.model}`;
    return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeText(title)}</h1>
<p class="lead">foretoken bench compare ${escapeText(result.version)}, ${escapeText(result.started_at.slice(0, 16).replace('T', ' '))} UTC, ${duration(result.duration_s)}</p>
${result.complete ? '' : '<p class="warning">Ended early: what follows is incomplete.</p>'}
${facts([
        [
            'machine',
            `${machine.processor}, ${machine.cores} cores, ${machine.memory_gib} GiB, ${machine.system}, Node ${machine.node}, ` +
                `load before ${figure(machine.load_average_before)}`,
        ],
        [
            'server',
            `${server.parallel} requests at a time` +
                (server.flags === null
                    ? ', ran already'
                    : server.flags.length === 0
                        ? ', usual flags'
                        : `, ${server.flags.join(' ')}`),
        ],
        ['auto chooses from', server.proposers.join(', ')],
        [
            'without speculation',
            `${figure(calibration.idle_latency_ms)} ms a request, at most ${figure(calibration.saturation_rps)} requests/s`,
        ],
        [
            'each load',
            `${options.repeats === 1 ? 'once' : `${options.repeats} repeats`}, requests for about ${figure(options.seconds_per_run)} s, up to ${options.output_len} tokens ` +
                `an answer, temperature ${options.temperature}, seed ${options.seed}`,
        ],
        ['tasks', options.tasks.join(', ')],
    ])}
${section('Verdicts', verdictSection(result))}
${section('Latency against rate', latencySection(result))}
${section('Token goodput against length', goodputSection(result))}
${section('Acceptance by position', acceptanceSection(result))}
${section('What auto chose', choiceSection(result))}
${section('Tasks, one request at a time', taskSection(result))}
${section('Ramp past saturation and back', rampSection(result))}
${section('All figures', figuresSection(result))}
${section('How it was measured', method(result))}
</body>
</html>
`;
}
const section = (title, content) => `<section>\n<h2>${escapeText(title)}</h2>\n${content}\n</section>`;
const duration = (seconds) => seconds < 120 ? `${seconds.toFixed(0)} seconds` : `${(seconds / 60).toFixed(0)} minutes`;
const facts = (rows) => `<dl>${rows.map(([name, text]) => `<dt>${escapeText(name)}</dt><dd>${escapeText(text)}</dd>`).join('')}</dl>`;
function method({ options }) {
    const suffix = options.with_suffix
        ? 'Suffix took part. Every setting answers the same prompts, so it found the answers of the setting before: its ' +
            'figures, and those of auto with it, are better than fresh prompts would give.'
        : 'Suffix took no part: every setting answers the same prompts, and it would copy the answers of the setting before.';
    return [
        'One server process answers all settings; each request names its own. Within a load the settings run in an order ' +
            'shuffled anew at each repeat, with the same prompts, arrivals and seeds; between runs the server is idle and has ' +
            'forgotten the prompts. Ratios are taken within a repeat, and their median over the repeats is shown.',
        'E2EL is from sending a request to the end of its answer, TTFT to its first text, TPOT = (E2EL - TTFT) / (tokens - 1), ' +
            "on the client's clock; the client shares the machine. Token goodput is committed tokens over the time of the engine's " +
            'steps, so waiting for arrivals does not count. The best fixed setting is the one with the lowest mean of all that ' +
            'were tried, found afterwards: part of its lead is luck.',
        suffix,
    ]
        .map((text) => `<p>${escapeText(text)}</p>`)
        .join('\n');
}
//# sourceMappingURL=page.js.map