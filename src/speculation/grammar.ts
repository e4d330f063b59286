/**
 * Guesses from a request's grammar: the tokens that it forces, and those that came in the same place before
 * (`constraints/habits.ts`). Needs no model, and most of a JSON text's keys and punctuation is guessed by it.
 */
import type { DraftTask, Proposer } from './proposer.js';

export class GrammarProposer implements Proposer {
  readonly name = 'grammar';

  propose(tasks: readonly DraftTask[]): void {
    for (const { grammar, tokens, length, maxTokens, proposal } of tasks) {
      if (grammar === undefined) continue;
      const ahead = grammar.clone();
      let previous = length > 0 ? tokens[length - 1]! : -1;
      while (proposal.length < maxTokens) {
        const guess = ahead.likely(previous);
        if (guess === undefined || !ahead.allows(guess.token)) break;
        proposal.push(guess.token, guess.signal, 'grammar');
        ahead.accept(guess.token);
        previous = guess.token;
      }
    }
  }
}
