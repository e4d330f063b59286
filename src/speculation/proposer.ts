/**
 * A proposer guesses the tokens that come next. Its guesses never change the text: the target verifies each
 * one with the same noise (see docs/lossless.md), so a bad proposer costs time and nothing else.
 */
import type { Grammar } from '../base/grammar.js';
import { token as asToken, type SequenceId } from '../base/types.js';
import type { TokenSampler } from '../sampling/sampler.js';
import type { Proposal } from './proposal.js';

/** One request's wish for guesses in this step. */
export interface DraftTask {
  /** Unique to the request for as long as it runs. */
  readonly requestId: number;
  /** What kind of work the request is; 0 until tasks are told apart. Outputs are stored and found by label. */
  readonly label: number;
  /** The target's sequence; a proposer with a KV cache of its own uses the same number. */
  readonly sequence: SequenceId;
  /** Known tokens are `tokens[0, length)`: prompt and output so far, all final. */
  readonly tokens: Int32Array;
  readonly length: number;
  /** Most tokens to guess in a row, >= 1. */
  readonly maxTokens: number;
  /** The request's own sampler: a draft draws with the same noise as the target will. */
  readonly sampler: TokenSampler;
  /** When given, guesses it forbids are pointless; clone before moving it on. */
  readonly grammar?: Grammar | undefined;
  /** A draft model may content itself with the last so many tokens of the text; undefined: the whole. */
  readonly window?: number | undefined;
  /** Add the second choices of each position as side branches, too; undefined: no. */
  readonly alternatives?: boolean;
  /**
   * Asked after each guess of a proposer to which the next one costs something: [n] what n + 1 further guesses are
   * worth; nothing above 0 ends it.
   * @param signal of the newest guess
   */
  readonly worth?: (signal: number) => readonly number[];
  /**
   * The same for all that ask: whether guessing goes on, given what it is worth to each that would go on.
   * @param worths [request] as `worth` gave it
   */
  readonly pays?: (worths: readonly (readonly number[])[]) => boolean;
  /** Filled by the proposer: the guesses for positions `length`, `length + 1` … */
  readonly proposal: Proposal;
}

export interface Proposer {
  readonly name: 'grammar' | 'draft' | 'lookup' | 'suffix';
  /** Adds guesses to the proposals of tasks; leaves a proposal empty where it has none worth making. */
  propose(tasks: readonly DraftTask[]): void;
  /** The request has ended or was preempted; what is kept of it can go. */
  forgetRequest?(requestId: number): void;
}

/** Cuts a chain of guesses before the first token that the grammar forbids. */
export function pruneByGrammar(proposal: Proposal, grammar: Grammar): void {
  const ahead = grammar.clone();
  for (let index = 0; index < proposal.length; index++) {
    const guess = asToken(proposal.tokens[index]!);
    if (!ahead.allows(guess)) {
      proposal.cut(index);
      return;
    }
    ahead.accept(guess);
  }
}
