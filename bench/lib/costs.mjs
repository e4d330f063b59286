/**
 * Measures what decodes cost on this machine: n tokens at once by the target, k guesses by the draft, and the
 * target right after the draft has used the caches. Sizes are measured in short runs that repeat one shape, as a
 * server with a fixed length does (the library reuses the graph of an unchanged shape; the first decode of a run is
 * kept apart, as the cost of a size that follows another), and the runs of all sizes alternate, so that a drift of the machine reaches all alike.
 */
import { argMax, decode } from './engine-models.mjs';
import { median, middleMean, quantile, shuffled } from './statistics.mjs';

const RUN_LENGTH = 5;

/**
 * Collects samples over as many calls of `measure` as one likes, so that costs can be taken between the parts of
 * another measurement, on the same machine at the same time.
 */
export class CostMeter {
  /** @type {Map<string, number[]>} */
  #samples = new Map();
  #seed = 1;

  /**
   * @param {import('./engine-models.mjs').Models} models
   * @param {{ contexts: number[], sizes: number[], lengths: number[] }} plan `sizes` of the target's batch, `lengths`
   *   of drafts, tokens in the cache (`contexts`)
   */
  constructor(models, plan) {
    this.models = models;
    this.plan = plan;
  }

  /**
   * Measures every size and length so many runs long, in random order. The samples count only once `add` has taken
   * them, as what was disturbed is measured again.
   * @param {number} runs
   */
  measure(runs) {
    const { decoder, draft } = this.models;
    const { contexts, sizes, lengths } = this.plan;
    /** @type {[string, number][]} */
    const samples = [];
    const keep = (/** @type {string} */ key, /** @type {number} */ ms) => samples.push([key, ms]);
    const text = someText(Math.max(...contexts, ...PREFILLS) + 64, decoder.vocabularySize);
    for (const context of contexts) {
      for (const one of [decoder, draft]) {
        if (one === undefined) continue;
        one.truncate(/** @type {any} */ (0), /** @type {any} */ (0));
        decode(one, text.slice(0, context), 0, 'none');
      }
      const jobs = Array.from({ length: runs }, () => [
        ...sizes.map((size) => () => verifyRun(decoder, text, context, size, keep)),
        ...(draft
          ? lengths.flatMap((length) =>
              [1, 2].map((known) => () => draftRun(decoder, draft, text, context, length, known, keep)),
            )
          : []),
      ]).flat();
      for (const job of shuffled(jobs, this.#seed++)) job();
    }
    if (draft) for (const count of PREFILLS) prefillRun(draft, text, count, keep);
    return samples;
  }

  /** @param {readonly [string, number][][]} parts what `measure` gave */
  add(parts) {
    for (const [key, ms] of parts.flat()) this.#keep(key, ms);
  }

  /** @param {string} key @param {number} ms */
  #keep(key, ms) {
    const list = this.#samples.get(key) ?? [];
    list.push(ms);
    this.#samples.set(key, list);
  }

  /**
   * Costs for the replay. The median says what a size costs; the mean (of the middle nine tenths) what many
   * steps take together, slow ones included, as a server's total does.
   * @param {'median' | 'mean'} statistic
   * @returns {import('./replay.mjs').RawCosts & Record<string, any>}
   */
  costs(statistic) {
    const of = statistic === 'median' ? median : middleMean;
    return collect(this.#samples, this.plan, this.models.draft !== undefined, of);
  }
}

/** Prompt lengths at which the draft's reading of a prompt is measured. */
const PREFILLS = [16, 64, 256];

/** @param {number} length @param {number} vocabularySize */
const someText = (length, vocabularySize) =>
  Array.from({ length }, (_, at) => (at * 7919 + 13) % vocabularySize);

/** n tokens of the target in one decode, and the cache put back. */
function verifyRun(decoder, text, context, size, keep) {
  const tokens = text.slice(context, context + size);
  for (let index = 0; index <= RUN_LENGTH; index += 1) {
    const ms = decode(decoder, tokens, context, 'all');
    decoder.truncate(0, context);
    keep(`${index > 0 ? 'verify' : 'fresh'} ${context} ${size}`, ms);
  }
}

/** Steps as in speculation: draft from `known` new tokens, verify all guesses, put both caches back. */
function draftRun(decoder, draft, text, context, length, known, keep) {
  const from = context - known;
  draft.truncate(0, from);
  const tokens = text.slice(context, context + length + 1);
  for (let index = 0; index <= RUN_LENGTH; index += 1) {
    let ms = decode(draft, text.slice(from, context), from, 'last');
    let guess = argMax(draft.logits(0));
    for (let guesses = 1; guesses < length; guesses += 1) {
      ms += decode(draft, [guess], context + guesses - 1, 'last');
      guess = argMax(draft.logits(0));
    }
    const verifyMs = decode(decoder, tokens, context, 'all');
    decoder.truncate(0, context);
    draft.truncate(0, from);
    if (index === 0) continue;
    keep(`draft ${context} ${length} ${known}`, ms);
    keep(`after ${context} ${length + 1}`, verifyMs);
  }
  decode(draft, text.slice(from, context), from, 'none');
}

/** The draft model's reading of a prompt. */
function prefillRun(draft, text, count, keep) {
  for (let index = 0; index <= RUN_LENGTH; index += 1) {
    draft.truncate(0, 0);
    const ms = decode(draft, text.slice(0, count), 0, 'last');
    if (index > 0) keep(`prefill ${count}`, ms);
  }
}

/**
 * @param {Map<string, number[]>} samples @param {{ contexts: number[], sizes: number[], lengths: number[] }} plan
 * @param {boolean} hasDraft @param {(values: number[]) => number} of
 */
function collect(samples, { contexts, sizes, lengths }, hasDraft, of) {
  const taken = (/** @type {string} */ key) => samples.get(key) ?? [];
  const grid = (
    /** @type {number[]} */ at,
    /** @type {(context: number, size: number) => string} */ key,
    /** @type {(values: number[]) => number} */ statistic = of,
  ) => ({ sizes: at, ms: contexts.map((context) => at.map((size) => statistic(taken(key(context, size))))) });
  const verifyKey = (/** @type {number} */ context, /** @type {number} */ size) =>
    `verify ${context} ${size}`;
  const draftKey =
    (/** @type {number} */ known) => (/** @type {number} */ context, /** @type {number} */ length) =>
      `draft ${context} ${length} ${known}`;
  const low = (/** @type {number[]} */ values) => quantile(values, 0.1);
  const high = (/** @type {number[]} */ values) => quantile(values, 0.9);
  const raw = {
    contexts,
    verify: grid(sizes, verifyKey),
    verifyFresh: grid(sizes, (context, size) => `fresh ${context} ${size}`),
    verifyP10: grid(sizes, verifyKey, low),
    verifyP90: grid(sizes, verifyKey, high),
  };
  if (!hasDraft) return raw;
  const afterSizes = [1, ...lengths.map((length) => length + 1)];
  const after = grid(afterSizes, (context, size) => `after ${context} ${size}`);
  // One token is verified without any drafting.
  after.ms.forEach((row, context) => (row[0] = raw.verify.ms[context][sizes.indexOf(1)]));
  return {
    ...raw,
    verifyAfterDraft: after,
    draft: grid(lengths, draftKey(1)),
    draftP10: grid(lengths, draftKey(1), low),
    draftP90: grid(lengths, draftKey(1), high),
    draftBehind: grid(lengths, draftKey(2)),
    draftPrefill: { tokens: PREFILLS, ms: PREFILLS.map((count) => of(taken(`prefill ${count}`))) },
  };
}
