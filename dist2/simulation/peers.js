/**
 * How two other projects choose the number of guesses, over the same step loop: one number for all requests of a step,
 * guessed by the draft model (else by the first proposer that there is). Both learn while requests run; neither is told
 * any cost, knows labels, or ends a draft early. Steps that compute prompts teach them nothing, as theirs would not.
 */
import { randomNumbers } from '../base/random.js';
const PROBE_EVERY = 4;
const PROBE_SELDOM = 512;
const COST_WEIGHT = 0.3;
/** One sample moves a cost by no more than this share of what it differs. */
const COST_CLAMP = 0.25;
const ACCEPTANCE_WEIGHT = 0.1;
const TRUSTED = 10;
/**
 * The controller of Ollama's MLX runner (x/mlxrunner/speculate_depth.go, 2026-08): the length N with the most expected
 * tokens over expected cost. Costs are moving averages by length, straight lines between, taken only of steps as long as
 * the one before. Acceptance is a moving average by position; one that was reached fewer than ten times has that of the
 * position before it, 1 at first, and nothing longer than one beyond the trusted ones is chosen. Each length gets one
 * sample of its cost first. It has no exploration but a probe, one longer than its choice, every 4 steps, and half as
 * often after each that changes nothing, down to every 512. It was made for one request at a time: with several, each
 * request's guesses are samples of acceptance.
 */
export class ExpectedValueController {
    #most;
    /** [length] milliseconds of a step. */
    #costs = [];
    /** [position] P(accepted | all before it were), and how often it was reached. */
    #rates = [];
    #reached = [];
    #previous = -1;
    #probed = false;
    #probeEvery = PROBE_EVERY;
    #sinceProbe = 0;
    #lastChoice = 0;
    /** @param most guesses in a row */
    constructor(most) {
        this.#most = most;
    }
    next() {
        const choice = this.#choice();
        if (choice !== this.#lastChoice) {
            this.#probeEvery = PROBE_EVERY;
            this.#sinceProbe = 0;
            this.#lastChoice = choice;
        }
        else if (this.#probed)
            this.#probeEvery = Math.min(2 * this.#probeEvery, PROBE_SELDOM);
        this.#probed = false;
        this.#sinceProbe += 1;
        if (this.#sinceProbe >= this.#probeEvery) {
            this.#sinceProbe = 0;
            const probe = Math.min(choice + 1, this.#limit);
            this.#probed = probe !== choice;
            if (this.#probed)
                return probe;
        }
        for (let length = 0; length <= this.#limit; length++)
            if (this.#costs[length] === undefined)
                return length;
        return choice;
    }
    learn(length, { accepted, ms }) {
        if (length === this.#previous)
            this.#learnCost(length, ms);
        this.#previous = length;
        for (const count of accepted)
            for (let position = 0; position < Math.min(length, count + 1); position++)
                this.#learnRate(position, count > position ? 1 : 0);
    }
    #learnCost(length, ms) {
        const known = this.#costs[length];
        if (known === undefined)
            this.#costs[length] = ms;
        else {
            const most = COST_CLAMP * known;
            this.#costs[length] = known + COST_WEIGHT * Math.max(-most, Math.min(most, ms - known));
        }
    }
    #learnRate(position, outcome) {
        const rate = this.#rates[position];
        this.#rates[position] = rate === undefined ? outcome : rate + ACCEPTANCE_WEIGHT * (outcome - rate);
        this.#reached[position] = (this.#reached[position] ?? 0) + 1;
    }
    get #limit() {
        let trusted = 0;
        while ((this.#reached[trusted] ?? 0) >= TRUSTED)
            trusted += 1;
        return Math.min(trusted + 1, this.#most);
    }
    #choice() {
        if (this.#costs.filter((cost) => cost !== undefined).length < 2)
            return 0;
        let best = 0;
        let highest = -Infinity;
        let tokens = 1;
        let survival = 1;
        let rate = 1;
        for (let length = 0; length <= this.#limit; length++) {
            if (length > 0) {
                if ((this.#reached[length - 1] ?? 0) >= TRUSTED)
                    rate = this.#rates[length - 1];
                survival *= rate;
                tokens += survival;
            }
            const value = tokens / this.#costOf(length);
            if (value > highest) {
                best = length;
                highest = value;
            }
        }
        return best;
    }
    #costOf(length) {
        let below = length;
        while (below >= 0 && this.#costs[below] === undefined)
            below -= 1;
        const above = this.#costs.findIndex((cost, at) => at >= length && cost !== undefined);
        if (above === -1)
            return this.#costs[below];
        if (below < 0 || above === below)
            return this.#costs[above];
        const share = (length - below) / (above - below);
        return this.#costs[below] + share * (this.#costs[above] - this.#costs[below]);
    }
}
const EPSILON = 0.15;
const SPEED_WEIGHT = 0.05;
/** So many steps in a row slower than this share of the usual mean another task. */
const SLOW_STEPS = 30;
const SLOW_SHARE = 0.7;
/** Steps after such a change in which no other is looked for. */
const SETTLING_STEPS = 50;
/**
 * The tuner behind `--spec-autotune` of ik_llama.cpp (common/spec-tuner.cpp, 2026-08): epsilon-greedy over lengths, whose
 * reward is the tokens a second of the step, averaged over all its steps; everything is forgotten when thirty steps in a
 * row are 30 % slower than a moving average. Its lengths begin with 0, as they do there for DFlash. Not modelled: what it
 * tunes beside, by the same rule (the draft's least probability, the least number of guesses), and that each of the
 * server's slots has a tuner of its own; here all requests teach one.
 */
export class EpsilonGreedyTuner {
    #random;
    /** [length] mean tokens a millisecond, and of how many steps. */
    #means;
    #counts;
    #best = 0;
    #usual = 0;
    #slow = 0;
    #settling = 0;
    constructor(most, seed) {
        this.#random = randomNumbers(seed);
        this.#means = new Float64Array(most + 1);
        this.#counts = new Int32Array(most + 1);
    }
    next() {
        if (this.#random() >= EPSILON)
            return this.#best;
        return Math.floor(this.#random() * this.#means.length);
    }
    learn(length, { tokens, ms }) {
        const speed = tokens / ms;
        this.#counts[length] += 1;
        this.#means[length] += (speed - this.#means[length]) / this.#counts[length];
        for (let arm = 0; arm < this.#means.length; arm++)
            if (this.#counts[arm] > 0 && this.#means[arm] > this.#means[this.#best])
                this.#best = arm;
        if (this.#settling > 0)
            this.#settling -= 1;
        else if (this.#usual > 0) {
            this.#slow = speed < SLOW_SHARE * this.#usual ? this.#slow + 1 : 0;
            if (this.#slow >= SLOW_STEPS) {
                this.#reset();
                return;
            }
        }
        this.#usual = this.#usual > 0 ? this.#usual + SPEED_WEIGHT * (speed - this.#usual) : speed;
    }
    #reset() {
        this.#means.fill(0);
        this.#counts.fill(0);
        this.#best = 0;
        this.#usual = 0;
        this.#slow = 0;
        this.#settling = SETTLING_STEPS;
    }
}
//# sourceMappingURL=peers.js.map