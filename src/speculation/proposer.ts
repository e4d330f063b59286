/**
 * A proposer guesses the tokens that come next. Its guesses never change the text: the target verifies each
 * one with the same noise (see docs/lossless.md), so a bad proposer costs time and nothing else.
 */
import type { SequenceId } from '../base/types.js';
import type { Grammar } from '../decoder/decoder.js';
import type { TokenSampler } from '../sampling/sampler.js';

/** One request's wish for guesses in this step. */
export interface DraftTask {
  /** Unique to the request for as long as it runs. */
  readonly requestId: number;
  /** The target's sequence; a proposer with a KV cache of its own uses the same number. */
  readonly sequence: SequenceId;
  /** Known tokens are `tokens[0, length)`: prompt and output so far, all final. */
  readonly tokens: Int32Array;
  readonly length: number;
  /** Most tokens to guess, >= 1. */
  readonly maxTokens: number;
  /** The request's own sampler: a draft draws with the same noise as the target will. */
  readonly sampler: TokenSampler;
  /** When given, guesses it forbids are pointless; clone before moving it on. */
  readonly grammar: Grammar | undefined;
  /** Filled by the proposer: the guesses for positions `length`, `length + 1` … */
  readonly proposal: number[];
}

export interface Proposer {
  readonly name: 'draft' | 'lookup';
  /** Adds guesses to the proposals of tasks; leaves a proposal empty where it has none worth making. */
  propose(tasks: readonly DraftTask[]): void;
  /** The request has ended or was preempted; its own state can go. */
  forgetRequest(requestId: number): void;
  /** The target's cache of this sequence was cleared. */
  forgetSequence(sequence: SequenceId): void;
}

/** Cuts a proposal before the first token that the grammar forbids. */
export function pruneByGrammar(proposal: number[], grammar: Grammar): void {
  const ahead = grammar.clone();
  try {
    for (let index = 0; index < proposal.length; index++) {
      const guess = proposal[index]! as Parameters<Grammar['allows']>[0];
      if (!ahead.allows(guess)) {
        proposal.length = index;
        return;
      }
      ahead.accept(guess);
    }
  } finally {
    ahead.dispose();
  }
}
