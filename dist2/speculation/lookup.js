import { NgramIndex } from './ngram-index.js';
import { pruneByGrammar } from './proposer.js';
export class LookupProposer {
    name = 'lookup';
    #indices = new Map();
    #options;
    constructor(options) {
        this.#options = options;
    }
    propose(tasks) {
        for (const task of tasks) {
            const { tokens, length, maxTokens, proposal } = task;
            let index = this.#indices.get(task.requestId);
            if (index === undefined) {
                index = new NgramIndex(this.#options.minNgram);
                this.#indices.set(task.requestId, index);
            }
            const place = index.find(tokens, length);
            if (place === undefined)
                continue;
            // Copying may run past the end of the known text into its own guesses: "a b a b" goes on "a b".
            for (let count = 0; count < maxTokens; count++) {
                const source = place.end + count;
                const guess = source < length ? tokens[source] : proposal.tokens[source - length];
                // A guess is asked about only when those before it stood, and then they belong to the match.
                proposal.push(guess, place.length + count, 'lookup');
            }
            if (task.grammar !== undefined)
                pruneByGrammar(proposal, task.grammar);
        }
    }
    forgetRequest(requestId) {
        this.#indices.delete(requestId);
    }
    forgetSequence(_sequence) {
        // The index belongs to the text, not to a cache.
    }
}
//# sourceMappingURL=lookup.js.map