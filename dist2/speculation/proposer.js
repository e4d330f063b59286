import { token as asToken } from '../base/types.js';
/** Cuts a chain of guesses before the first token that the grammar forbids. */
export function pruneByGrammar(proposal, grammar) {
    const ahead = grammar.clone();
    for (let index = 0; index < proposal.length; index++) {
        const guess = asToken(proposal.tokens[index]);
        if (!ahead.allows(guess)) {
            proposal.cut(index);
            return;
        }
        ahead.accept(guess);
    }
}
//# sourceMappingURL=proposer.js.map