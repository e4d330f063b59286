import { countGuesses, guessTotals } from './guess-counts.js';
export class StepCounter {
    #targetMs = 0;
    #targetDecodes = 0;
    #batchTokens = 0;
    #guesses = {};
    #drafts = 0;
    #committedTokens = 0;
    #preemptions = 0;
    #proposerErrors = [];
    #told = new Set();
    /** A decode of the target has ended. */
    decoded(batch, ms) {
        this.#targetMs += ms;
        this.#targetDecodes += 1;
        this.#batchTokens += batch.length;
    }
    /** @param path the nodes of the proposal that were accepted */
    committed(event, proposal, path) {
        this.#committedTokens += event.tokens.length;
        if (proposal.length > 0)
            countGuesses(this.#guesses, proposal, path);
        if (proposal.guesses > 0)
            this.#drafts += 1;
    }
    preempted() {
        this.#preemptions += 1;
    }
    /** Each kind of failure is told once: it may repeat every step. */
    proposerFailed(name, thrown) {
        const message = `${name}: ${thrown instanceof Error ? thrown.message : String(thrown)}`;
        if (this.#told.has(message))
            return;
        this.#told.add(message);
        this.#proposerErrors.push(message);
    }
    /** The report of the step that ends now; starts the next count. */
    report(step, { running, waiting, pool }) {
        const { draftTokens, acceptedTokens } = guessTotals(this.#guesses);
        const report = {
            ...step,
            targetMs: this.#targetMs,
            guesses: this.#guesses,
            batchTokens: this.#batchTokens,
            draftTokens,
            acceptedTokens,
            committedTokens: this.#committedTokens,
            running,
            waiting,
            cellsInUse: pool.inUse,
            cellsCached: pool.cached,
            cellsFree: pool.free,
            preemptions: this.#preemptions,
            targetDecodes: this.#targetDecodes,
            drafts: this.#drafts,
            proposerErrors: this.#proposerErrors,
        };
        this.#targetMs = 0;
        this.#targetDecodes = 0;
        this.#guesses = {};
        this.#batchTokens = 0;
        this.#drafts = 0;
        this.#committedTokens = 0;
        this.#preemptions = 0;
        if (this.#proposerErrors.length > 0)
            this.#proposerErrors = [];
        return report;
    }
}
//# sourceMappingURL=step-counter.js.map