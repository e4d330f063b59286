/** Proposers that have failed are left out for a while, twice as long each time. */
const FIRST_STEPS = 64;
const MOST_STEPS = 8192;
export class ProposerBackoff {
    /** [name] the step from which it may try again, and how long it waits after the next failure. */
    #backoff = new Map();
    /** Whether a proposer is left out in this step. */
    has(name, step) {
        return step < (this.#backoff.get(name)?.until ?? 0);
    }
    /** A proposer has failed in this step. */
    begin(name, step) {
        const steps = this.#backoff.get(name)?.next ?? FIRST_STEPS;
        this.#backoff.set(name, { until: step + steps, next: Math.min(2 * steps, MOST_STEPS) });
    }
}
//# sourceMappingURL=proposer-backoff.js.map