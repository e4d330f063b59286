export class GrammarProposer {
    name = 'grammar';
    propose(tasks) {
        for (const { grammar, tokens, length, maxTokens, proposal } of tasks) {
            if (grammar === undefined)
                continue;
            const ahead = grammar.clone();
            let previous = length > 0 ? tokens[length - 1] : -1;
            while (proposal.length < maxTokens) {
                const guess = ahead.likely(previous);
                if (guess === undefined || !ahead.allows(guess.token))
                    break;
                proposal.push(guess.token, guess.signal, 'grammar');
                ahead.accept(guess.token);
                previous = guess.token;
            }
        }
    }
    forgetRequest(_requestId) {
        // What came before belongs to the grammar, not to a request.
    }
    forgetSequence(_sequence) {
        // Nor to a cache.
    }
}
//# sourceMappingURL=grammar.js.map