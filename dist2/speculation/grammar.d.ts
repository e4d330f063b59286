/**
 * Guesses from a request's grammar: the tokens that it forces, and those that came in the same place before
 * (`constraints/habits.ts`). Needs no model, and most of a JSON text's keys and punctuation is guessed by it.
 */
import type { SequenceId } from '../base/types.js';
import type { DraftTask, Proposer } from './proposer.js';
export declare class GrammarProposer implements Proposer {
    readonly name = "grammar";
    propose(tasks: readonly DraftTask[]): void;
    forgetRequest(_requestId: number): void;
    forgetSequence(_sequence: SequenceId): void;
}
