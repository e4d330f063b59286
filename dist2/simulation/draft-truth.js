/**
 * What a simulated draft model really is: with which probability it agrees with the target, and how much its
 * margin (how far its choice lies before its second choice) gives that away. The engine has to find out; the
 * oracle may look it up here.
 */
import { Dice } from './dice.js';
/** Mean margins in nats, of a draft whose margins tell nothing and of one whose margins tell nearly all. */
const VAGUE_MARGIN = 2;
const SURE_RIGHT_MARGIN = 5;
const SURE_WRONG_MARGIN = 0.25;
/** Streams of luck. */
const AGREES = 21;
const MARGIN = 22;
const SECOND = 23;
export class DraftTruth {
    #workload;
    #dice;
    #shifted;
    constructor(workload) {
        this.#workload = workload;
        this.#dice = new Dice(workload.seed).fork(3);
    }
    /** Applies the shifts that are due. @param done share of the workload's output tokens, 0 to 1 */
    progress(done) {
        for (const { at, acceptance } of this.#workload.shifts)
            if (done >= at)
                this.#shifted = acceptance;
    }
    /** P(the draft's guess stands | all guesses before it stood). @param depth 0 for the first guess of a step */
    probability({ label, oddsOffset }, depth) {
        const task = this.#workload.tasks[label];
        const mean = this.#shifted ?? task.acceptance;
        if (mean <= 0 || mean >= 1)
            return mean;
        const odds = Math.log(mean / (1 - mean)) + oddsOffset;
        return task.decay ** depth / (1 + Math.exp(-odds));
    }
    /** The same, for one who has seen the margin, too (Bayes' rule). */
    posterior(request, depth, margin) {
        const prior = this.probability(request, depth);
        const [right, wrong] = marginMeans(this.#workload.tasks[request.label].confidence);
        const forRight = (prior / right) * Math.exp(-margin / right);
        const forWrong = ((1 - prior) / wrong) * Math.exp(-margin / wrong);
        return forRight + forWrong > 0 ? forRight / (forRight + forWrong) : prior;
    }
    /** P(the draft's second choice stands | its first does not). */
    secondProbability({ label }) {
        return this.#workload.tasks[label].second;
    }
    /** What the draft says for a position: a function of request, position and depth, whoever asks. */
    guess(request, position, depth) {
        const dice = this.#diceOf(request);
        const task = this.#workload.tasks[request.label];
        const agrees = dice.uniform(position, AGREES) < this.probability(request, depth);
        const [right, wrong] = marginMeans(task.confidence);
        return {
            agrees,
            margin: dice.exponential(agrees ? right : wrong, position, MARGIN),
            secondAgrees: !agrees && dice.uniform(position, SECOND) < task.second,
        };
    }
    #own = [];
    #diceOf({ index }) {
        return (this.#own[index] ??= this.#dice.fork(index));
    }
}
/** Means of the exponentially distributed margins of right and of wrong guesses. */
function marginMeans(confidence) {
    const between = (end) => VAGUE_MARGIN * (end / VAGUE_MARGIN) ** confidence;
    return [between(SURE_RIGHT_MARGIN), between(SURE_WRONG_MARGIN)];
}
//# sourceMappingURL=draft-truth.js.map