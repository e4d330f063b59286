import { token as asToken } from '../base/types.js';
import { Choice } from './choice.js';
import { TokenHistory } from './history.js';
import { PositionNoise } from './noise.js';
import { Truncation } from './truncation.js';
/**
 * Forbidden tokens are struck out one by one so often before all forbidden ones are masked: a mask over 49,152 tokens
 * takes a millisecond where its state is new, and some 0.1 ms of each row where it is not.
 */
const MOST_STRUCK = 4;
/**
 * Below this the noise cannot decide between logits that differ at all, and logit / T would leave the range of numbers:
 * the choice is greedy.
 */
const LEAST_TEMPERATURE = 1e-8;
export class TokenSampler {
    history;
    #options;
    #delayed;
    #noise = new PositionNoise();
    #choice = new Choice();
    #truncation;
    /** Logits after penalties and bias; made when first needed. */
    #scratch;
    constructor(prompt, options, delayed) {
        this.#delayed = delayed;
        const temperature = options.temperature < LEAST_TEMPERATURE ? 0 : options.temperature;
        this.#options = { ...options, temperature };
        this.history = new TokenHistory(prompt, options);
        const truncates = options.topK > 0 || options.topP < 1 || options.minP > 0;
        this.#truncation = truncates && temperature > 0 ? new Truncation(options) : undefined;
    }
    /**
     * The token for a position. Changes nothing but the scratch memory.
     * @param logits [vocabularySize], left as they are.
     * @param position index of the token in the whole text, prompt included.
     * @param grammar when given, only tokens it allows are chosen.
     * @returns -1 when bias and grammar leave none
     */
    sample(logits, position, grammar) {
        this.#decide(this.#process(logits, this.#delayedAt(position)), position, 1, grammar);
        return this.#choice.token;
    }
    /** The same as if no token were delayed. */
    sampleFreely(logits, position, grammar) {
        this.#decide(this.#process(logits, undefined), position, 1, grammar);
        return this.#choice.token;
    }
    /**
     * The token that `sample` gives for the same arguments, and the runner-up.
     * @returns valid until the next call.
     */
    draw(logits, position, grammar) {
        this.#decide(this.#process(logits, this.#delayedAt(position)), position, 2, grammar);
        return this.#choice;
    }
    /**
     * Sets the choice. Where a grammar leaves only a few tokens, nothing else is looked at; where it leaves many, the
     * likeliest is mostly one of them. What truncation keeps depends on all tokens, so with it the likeliest are tried
     * first in any case.
     */
    #decide(processed, position, ranks, grammar) {
        const few = this.#truncation === undefined ? grammar?.few() : undefined;
        if (few !== undefined) {
            this.#rank(processed, position, ranks, few);
            return;
        }
        let candidates = this.#choose(processed, position, ranks);
        if (grammar === undefined)
            return;
        const choice = this.#choice;
        let row = processed;
        for (let struck = 0; choice.token >= 0 && !grammar.allows(asToken(choice.token)); struck++) {
            row = this.#own(row);
            if (struck < MOST_STRUCK && this.#truncation === undefined)
                row[choice.token] = -Infinity;
            else
                grammar.mask(row);
            candidates = this.#choose(row, position, ranks);
        }
        if (ranks === 2)
            this.#findAllowedSecond(row, position, grammar, candidates);
    }
    /** The first is allowed; strikes out runners-up until one is, among the same candidates. */
    #findAllowedSecond(row, position, grammar, candidates) {
        const choice = this.#choice;
        let processed = row;
        for (let struck = 0; choice.second >= 0 && !grammar.allows(asToken(choice.second)); struck++) {
            const masked = this.#own(processed);
            if (struck < MOST_STRUCK)
                masked[choice.second] = -Infinity;
            else
                grammar.mask(masked);
            processed = masked;
            this.#rank(masked, position, 2, candidates);
        }
    }
    #delayedAt(position) {
        const delayed = this.#delayed;
        return delayed === undefined || position >= delayed.before ? undefined : delayed.tokens;
    }
    #process(logits, delayed) {
        const { logitBias } = this.#options;
        if (!this.history.active && logitBias.length === 0 && delayed === undefined)
            return logits;
        const processed = this.#own(logits);
        this.#penalise(processed);
        for (const [token, bias] of logitBias) {
            if (token < processed.length)
                processed[token] += bias;
        }
        if (delayed !== undefined)
            for (const token of delayed)
                processed[token] = -Infinity;
        return processed;
    }
    #own(logits) {
        if (logits === this.#scratch)
            return logits;
        this.#scratch ??= new Float32Array(logits.length);
        this.#scratch.set(logits);
        return this.#scratch;
    }
    #penalise(logits) {
        const { presencePenalty, frequencyPenalty, repeatPenalty } = this.#options;
        for (const [token, count] of this.history.outputCounts) {
            logits[token] -= presencePenalty + count * frequencyPenalty;
        }
        for (const token of this.history.recentCounts.keys()) {
            const logit = logits[token];
            logits[token] = logit <= 0 ? logit * repeatPenalty : logit / repeatPenalty;
        }
    }
    /** Sets the choice; the candidates that truncation left, where it is on. */
    #choose(logits, position, ranks) {
        const candidates = this.#truncation?.keep(logits);
        this.#rank(logits, position, ranks, candidates);
        return candidates;
    }
    #rank(logits, position, ranks, candidates) {
        const { temperature, seed } = this.#options;
        if (temperature === 0) {
            if (candidates === undefined)
                this.#choice.greedy(logits);
            else
                this.#choice.greedyOf(candidates, logits);
            return;
        }
        const noise = this.#noise.at(seed, position);
        if (candidates === undefined)
            this.#choice.noisy(logits, temperature, noise, ranks);
        else
            this.#choice.noisyOf(candidates, logits, temperature, noise);
    }
}
//# sourceMappingURL=sampler.js.map