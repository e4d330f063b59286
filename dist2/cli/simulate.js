/** `foretoken simulate`: ways of guessing compared over a simulated machine. */
import { writeFileSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { CURVES } from '../simulation/curves.js';
import { regret } from '../simulation/oracle.js';
import { simulate } from '../simulation/simulate.js';
import { makeWorkload } from '../simulation/workload.js';
import { simulateSetup } from './flags/simulate.js';
import { ProgressBar, table } from './terminal.js';
export async function simulateCommand(flags) {
    if (flags.ablate === true || flags.peers === true || flags.shifts === true) {
        const result = await (await import('./simulate-study.js')).simulateStudy(flags);
        if (flags.json !== undefined)
            writeResult(flags.json, { simulation: true, flags, ...result });
        return;
    }
    const { workload: options, machine, policies } = simulateSetup(flags);
    const workload = makeWorkload(options);
    const { title, kind } = CURVES[flags.curve];
    const bar = new ProgressBar();
    const runs = policies.map((policy, index) => {
        bar.update('simulating', index / policies.length, policy.name);
        return simulate(workload, machine, policy);
    });
    bar.clear();
    if (flags.json !== undefined)
        writeResult(flags.json, { simulation: true, flags, curve: title, kind, runs });
    process.stdout.write(`Simulation, not a measurement: virtual time by the cost curve ${flags.curve} (${title}; ${kind}).\n` +
        `${workload.requests} requests, ${workload.outputTokens} tokens of output, ${arrivalsText(flags)}.\n\n` +
        `${comparison(runs)}\n${verdict(runs)}`);
}
function arrivalsText({ inFlight, rate, rateTo }) {
    if (rate === undefined)
        return `${inFlight ?? 1} in flight`;
    return rateTo === undefined
        ? `${rate} arriving a second`
        : `${rate} to ${rateTo} and back arriving a second`;
}
function comparison(runs) {
    const off = runs.find(({ policy }) => policy === 'off');
    const header = [
        'policy',
        'tokens/s',
        'over off',
        'latency ms',
        'p99',
        'TPOT ms',
        'p99',
        'guesses',
        'right',
    ];
    const rows = runs.map((run) => {
        const decodes = run.lengths.reduce((sum, count) => sum + count, 0);
        return [
            run.policy,
            figure(run.tokenGoodput),
            off === undefined ? '-' : `${(run.tokenGoodput / off.tokenGoodput).toFixed(2)}x`,
            figure(run.latencyMs.mean),
            figure(run.latencyMs.p99),
            figure(run.tpotMs.mean),
            figure(run.tpotMs.p99),
            (run.draftTokens / decodes).toFixed(2),
            run.draftTokens === 0 ? '-' : `${Math.round(100 * run.acceptance)} %`,
        ];
    });
    return table([header, ...rows]);
}
/** What auto missed of what was there to be had, where both were run. */
function verdict(runs) {
    const auto = runs.find(({ policy }) => policy === 'auto');
    if (auto === undefined)
        return '';
    const oracle = runs.find(({ policy }) => policy === 'oracle');
    const fixed = runs.filter(({ policy }) => policy === 'off' || policy.startsWith('fixed:'));
    const best = fixed.reduce((found, run) => (found === undefined || run.tokenGoodput > found.tokenGoodput ? run : found), undefined);
    const lines = [
        ...(oracle === undefined ? [] : [`regret of auto against the oracle: ${percent(regret(auto, oracle))}`]),
        ...(best === undefined
            ? []
            : [`regret of auto against the best fixed choice, ${best.policy}: ${percent(regret(auto, best))}`]),
        `error of the time foretold for auto's steps: median ${percent(auto.predictionError.p50)}, p90 ${percent(auto.predictionError.p90)}`,
        `engine's own work: ${auto.engineUsPerStep.toFixed(0)} µs a step of ${figure((1000 * auto.busySeconds) / auto.steps)} ms (real time on this machine)`,
    ];
    return `\n${lines.join('\n')}\n`;
}
function writeResult(file, result) {
    try {
        writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
    }
    catch (cause) {
        throw new ForetokenError('invalid_option', `--json ${file} cannot be written: ${String(cause)}`, {
            param: 'json',
            cause,
        });
    }
}
const percent = (share) => `${(100 * share).toFixed(1)} %`;
const figure = (value) => value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
//# sourceMappingURL=simulate.js.map