import { ForetokenError } from '../../base/errors.js';
import {} from '../../engine/types.js';
import { CURVES, CURVE_NAMES } from '../../simulation/curves.js';
import { parsePolicies } from '../../simulation/policies.js';
import { MIXES, MIX_NAMES } from '../../simulation/tasks.js';
import { valued, yesOrNo } from './flag.js';
import { decimalNumber, listOf, nonEmpty, oneOf, refuse, wholeNumber } from './values.js';
const MOST_REQUESTS = 100_000;
const MOST_PARALLEL = 8192;
/** Where requests come at a rate and nobody says how many run at the same time. */
const USUAL_PARALLEL = 256;
const USUAL_PROPOSERS = ['lookup', 'suffix', 'draft'];
const share = (flag) => decimalNumber(flag, { min: 0, max: 1 });
const rate = (flag) => decimalNumber(flag, { min: 0.001, max: 1e6, note: 'requests a second' });
export function addSimulateFlags(command) {
    return command
        .optionsGroup('Machine:')
        .addOption(valued('--curve <name>', `what decodes cost: ${CURVE_NAMES.join(', ')}`, oneOf('--curve', CURVE_NAMES), 'demo'))
        .addOption(valued('--noise <deviation>', 'how the times of decodes scatter (standard deviation of their logarithm)', decimalNumber('--noise', { min: 0, max: 2 }), 0.05))
        .addOption(yesOrNo('--kv-unified', 'one pool of context cells, so that a batch is computed in one piece (default for gpu-7b and moe-30b)'))
        .addOption(yesOrNo('--no-kv-unified', 'a stream of cells for each request, batches in parts (default otherwise)'))
        .optionsGroup('Work:')
        .addOption(valued('--requests <count>', 'requests of the workload', wholeNumber('--requests', { min: 1, max: MOST_REQUESTS }), 200))
        .addOption(valued('--in-flight <count>', 'so many requests at all times, each end starts the next (default: 1, unless there is a rate)', wholeNumber('--in-flight', { min: 1, max: MOST_PARALLEL })))
        .addOption(valued('--rate <requests>', 'requests arrive at random, so many a second on average', rate('--rate')))
        .addOption(valued('--rate-to <requests>', 'the rate rises to this at half of the requests and falls back', rate('--rate-to')))
        .addOption(valued('--parallel <count>', `requests that run at the same time (default: as many as are in flight; ${USUAL_PARALLEL} with a rate)`, wholeNumber('--parallel', { min: 1, max: MOST_PARALLEL })))
        .addOption(valued('--mix <name>', `kinds of work: ${MIX_NAMES.join(', ')}`, oneOf('--mix', MIX_NAMES), 'plain'))
        .addOption(valued('--acceptance <share>', "how often the draft's next token is right (default: as the mix says)", share('--acceptance')))
        .addOption(valued('--confidence <share>', "how much the draft's own certainty tells, 0 nothing, 1 nearly all (default: as the mix says)", share('--confidence')))
        .addOption(valued('--copy <share>', 'share of the output copied from earlier in the same text (default: as the mix says)', share('--copy')))
        .addOption(valued('--shift <at:acceptance>', 'from this share of the work on, the draft is right so often: 0.5:0.2; may be repeated', listOf('--shift'), [], 'none'))
        .optionsGroup('Policies:')
        .addOption(valued('--policies <list>', 'what to compare: off, auto, oracle, fixed:K, fixed:K:PROPOSER, ollama, autotune, without:MECHANISM', nonEmpty('--policies'), 'off,fixed:1,2,3,5,8,auto,oracle'))
        .addOption(valued('--proposers <names>', `what may guess, of ${USUAL_PROPOSERS.join(', ')} (default: all)`, listOf('--proposers')))
        .addOption(valued('--most <tokens>', 'most tokens that auto guesses in a row', wholeNumber('--most', { min: 1, max: 64 }), 16))
        .optionsGroup('Studies over a fixed set of workloads (then nothing above counts):')
        .addOption(yesOrNo('--ablate', 'what each part of auto is worth: regret without it (minutes)'))
        .addOption(yesOrNo('--peers', 'auto against the controllers of Ollama and ik_llama.cpp (minutes)'))
        .addOption(yesOrNo('--shifts', 'how soon auto recovers from abrupt changes (minutes)'))
        .addOption(valued('--seeds <count>', 'runs of each workload (default: 1, and 8 of --shifts)', wholeNumber('--seeds', { min: 1, max: 100 })))
        .optionsGroup('Result:')
        .addOption(valued('--seed <number>', 'the same seed gives the same texts, arrivals and noise', wholeNumber('--seed', { min: 0, max: 2 ** 32 - 1 }), 1))
        .addOption(valued('--json <file>', 'also write all figures into this file', nonEmpty('--json')));
}
/** @throws ForetokenError `invalid_option` when flags contradict each other. */
export function simulateSetup(flags) {
    const arrivals = arrivalsOf(flags);
    const proposers = proposersOf(flags.proposers ?? USUAL_PROPOSERS);
    const curve = CURVES[flags.curve];
    const parallel = flags.parallel ??
        (arrivals.kind === 'closed' ? arrivals.inFlight : Math.min(USUAL_PARALLEL, flags.requests));
    return {
        workload: {
            requests: flags.requests,
            arrivals,
            tasks: MIXES[flags.mix].map((task) => ({
                ...task,
                acceptance: flags.acceptance ?? task.acceptance,
                confidence: flags.confidence ?? task.confidence,
                copy: flags.copy ?? task.copy,
            })),
            shifts: flags.shift.map(shiftOf),
            seed: flags.seed,
        },
        machine: {
            costs: curve.costs,
            besideMs: curve.besideMs,
            noise: { sigma: flags.noise, outliers: 0, outlierFactor: 1 },
            mishaps: [],
            parallel,
            batchSize: Math.max(512, parallel * (flags.most + 1)),
            unified: flags.kvUnified ?? curve.unified,
            draft: proposers.includes('draft'),
            mostGuesses: flags.most,
            calibrated: true,
            proposers,
        },
        policies: parsePolicies(flags.policies, proposers.includes('draft') ? 'draft' : proposers[0]),
    };
}
function arrivalsOf({ inFlight, rate: perSecond, rateTo }) {
    if (inFlight !== undefined && perSecond !== undefined)
        throw new ForetokenError('invalid_option', '--in-flight and --rate contradict each other.', {
            param: 'rate',
        });
    if (rateTo !== undefined && perSecond === undefined)
        throw new ForetokenError('invalid_option', '--rate-to needs the rate from which it rises: --rate.', {
            param: 'rate-to',
        });
    if (perSecond === undefined)
        return { kind: 'closed', inFlight: inFlight ?? 1 };
    if (rateTo === undefined)
        return { kind: 'poisson', perSecond };
    return { kind: 'ramp', fromPerSecond: perSecond, toPerSecond: rateTo };
}
function proposersOf(names) {
    return names.map((name) => {
        const known = USUAL_PROPOSERS.find((proposer) => proposer === name);
        return known ?? refuse('--proposers', name, `one of ${USUAL_PROPOSERS.join(', ')}`);
    });
}
function shiftOf(text) {
    const [, at, acceptance] = /^(\d*\.?\d+):(\d*\.?\d+)$/.exec(text) ?? [];
    const shift = { at: Number(at), acceptance: Number(acceptance) };
    if (!(shift.at <= 1 && shift.acceptance <= 1))
        refuse('--shift', text, 'two numbers from 0 to 1 with a colon between, such as 0.5:0.2');
    return shift;
}
//# sourceMappingURL=simulate.js.map