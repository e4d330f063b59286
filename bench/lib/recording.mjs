/**
 * Records, along the target's own greedy text, how many guesses in a row would stand at every position. With greedy
 * decoding a chain of guesses that has been right so far equals the text, so one pass of the draft over the text
 * tells all: the run of positions from t on where the draft's choice is the text's token.
 */
import { argMax, decode } from './engine-models.mjs';

/**
 * The target's greedy answer, one token at a time; the end-of-generation token is part of it.
 * @param {import('./engine-models.mjs').Models} models @param {Int32Array} prompt @param {number} maxTokens
 */
export function greedyText({ decoder, vocabulary }, prompt, maxTokens) {
  decoder.truncate(/** @type {any} */ (0), /** @type {any} */ (0));
  decode(decoder, prompt, 0, 'last');
  const output = [];
  while (output.length < maxTokens) {
    const token = argMax(decoder.logits(0));
    output.push(token);
    if (vocabulary.isEndOfGeneration(token) || output.length === maxTokens) break;
    decode(decoder, [token], prompt.length + output.length - 1, 'last');
  }
  return output;
}

/** Tokens in the cache from which a single token is computed by another kernel: see `batchedDifferences`. */
export const LONG_CONTEXT = 256;

/**
 * How many of the answer's tokens the target itself would choose differently when it verifies `width` at a time:
 * floating-point sums depend on the shape of the batch. Counted apart for short and long contexts, because ggml's
 * processor backend splits the attention of a single token among threads once it spans 512 cells (they come in
 * steps of 256), and adds up in another order then than for several tokens.
 * @param {import('./engine-models.mjs').Models} models @param {Int32Array} prompt @param {number[]} output
 */
export function batchedDifferences({ decoder }, prompt, output, width = 6) {
  const count = { short: 0, shortTokens: 0, long: 0, longTokens: 0 };
  // The prompt stays as it was computed, as it does in the engine: the first token of the answer is its own.
  decoder.truncate(/** @type {any} */ (0), /** @type {any} */ (prompt.length));
  for (let at = 0; at < output.length - 1; at += width) {
    const part = output.slice(at, Math.min(at + width, output.length - 1));
    const from = prompt.length + at;
    decode(decoder, part, from, 'all');
    part.forEach((_, row) => {
      const differs = argMax(decoder.logits(row)) === output[at + row + 1] ? 0 : 1;
      if (from + part.length > LONG_CONTEXT) {
        count.longTokens += 1;
        count.long += differs;
      } else {
        count.shortTokens += 1;
        count.short += differs;
      }
    });
  }
  return count;
}

/** Runs of right choices: [t] = how many of `right` are true in a row from t on. @param {boolean[]} right */
export function runsOf(right) {
  const runs = new Array(right.length).fill(0);
  for (let t = right.length - 1; t >= 0; t -= 1) runs[t] = right[t] ? 1 + (runs[t + 1] ?? 0) : 0;
  return runs;
}

/** @param {any} draft the draft's decoder @param {Int32Array} prompt @param {number[]} output */
export function draftRuns(draft, prompt, output) {
  draft.truncate(0, 0);
  if (prompt.length > 1) decode(draft, prompt.slice(0, -1), 0, 'none');
  decode(draft, [prompt[prompt.length - 1], ...output.slice(0, -1)], prompt.length - 1, 'all');
  return runsOf(output.map((token, t) => argMax(draft.logits(t)) === token));
}

/**
 * The engine's own prompt lookup, asked at every position.
 * @param {{ propose: (tasks: any[]) => void, forgetRequest: (id: number) => void }} proposer
 * @param {() => import('../../dist/speculation/proposal.js').Proposal} newProposal
 * @param {Int32Array} prompt @param {number[]} output @param {number} most
 */
export function lookupRuns(proposer, newProposal, prompt, output, most) {
  const tokens = Int32Array.from([...prompt, ...output]);
  const lookup = [];
  const lookupProposed = [];
  for (let t = 0; t < output.length; t += 1) {
    const proposal = newProposal();
    proposer.propose([
      {
        requestId: 0,
        label: 0,
        sequence: 0,
        tokens,
        length: prompt.length + t,
        promptLength: prompt.length,
        maxTokens: most,
        sampler: undefined,
        grammar: undefined,
        alternatives: false,
        goOn: undefined,
        proposal,
      },
    ]);
    let right = 0;
    while (right < proposal.length && proposal.tokens[right] === output[t + right]) right += 1;
    lookup.push(right);
    lookupProposed.push(proposal.length);
  }
  proposer.forgetRequest(0);
  return { lookup, lookupProposed };
}
