/**
 * llama.cpp's own sampler chains. Foretoken samples by itself (`sampling/`); these are an independent
 * reference for it.
 */
import { ForetokenError } from '../base/errors.js';
import { token } from '../base/types.js';
import { NativeHandle } from './handle.js';
import { TokenCandidates } from './token-candidates.js';
export class SamplerChain {
    #llama;
    #handle;
    #candidates;
    constructor(llama, chain, vocabularySize) {
        this.#llama = llama;
        this.#candidates = new TokenCandidates(vocabularySize);
        this.#handle = new NativeHandle('sampler', chain, (pointer) => {
            llama.samplerFree(pointer);
        });
    }
    /** The steps in order; one that chooses (`greedy`, `dist`) comes last. */
    static create(library, vocabularySize, steps) {
        const { llama } = library;
        const chain = llama.samplerChain({ no_perf: true });
        for (const step of steps)
            llama.samplerAdd(chain, createStep(llama, step, vocabularySize));
        return new SamplerChain(llama, chain, vocabularySize);
    }
    /** The chosen token for a row of logits, which stays as it is. Not yet accepted. */
    sample(logits) {
        const { selected, tokens } = this.apply(logits);
        if (selected < 0)
            throw new ForetokenError('invalid_option', 'The sampler chain has no step that chooses a token.');
        return token(tokens[selected]);
    }
    /** What is left after all steps, with probabilities where a step computes them. */
    apply(logits) {
        if (logits.length !== this.#candidates.capacity)
            throw new ForetokenError('internal_error', `${logits.length} logits for a sampler over ${this.#candidates.capacity} tokens`);
        const pointer = this.#handle.pointer;
        this.#candidates.set(logits);
        this.#llama.samplerApply(pointer, this.#candidates.pointer);
        return this.#candidates.read();
    }
    /** Tells the steps that remember (penalties) which token was chosen. */
    accept(chosen) {
        this.#llama.samplerAccept(this.#handle.pointer, chosen);
    }
    /** Forgets the accepted tokens. */
    reset() {
        this.#llama.samplerReset(this.#handle.pointer);
    }
    clone() {
        return new SamplerChain(this.#llama, this.#llama.samplerClone(this.#handle.pointer), this.#candidates.capacity);
    }
    dispose() {
        this.#handle.dispose();
    }
}
function createStep(llama, step, vocabularySize) {
    switch (step.kind) {
        case 'greedy':
            return llama.samplerGreedy();
        case 'dist':
            return llama.samplerDist(step.seed);
        case 'top-k':
            return llama.samplerTopK(step.k);
        case 'top-p':
            return llama.samplerTopP(step.p, step.minKeep ?? 1);
        case 'min-p':
            return llama.samplerMinP(step.p, step.minKeep ?? 1);
        case 'temperature':
            return llama.samplerTemperature(step.temperature);
        case 'penalties':
            return llama.samplerPenalties(vocabularySize, step.lastN, step.repeat ?? 1, step.frequency ?? 0, step.presence ?? 0);
    }
}
//# sourceMappingURL=sampler.js.map