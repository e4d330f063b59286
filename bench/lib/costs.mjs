/**
 * Measures what decodes cost on this machine: n tokens at once by the target, k guesses by the draft, and the
 * target right after the draft has used the caches. Sizes are measured in short runs that repeat one shape, as a
 * server with a fixed length does (the library reuses the graph of an unchanged shape; the first decode of a run is
 * not counted), and the runs of all sizes alternate, so that a drift of the machine reaches all alike.
 */
import { argMax, decode } from './engine-models.mjs';
import { median, quantile, shuffled } from './statistics.mjs';

const RUN_LENGTH = 5;

/**
 * @param {import('./engine-models.mjs').Models} models
 * @param {{ contexts: number[], sizes: number[], lengths: number[], runs: number, seed?: number }} plan
 * `sizes` of the target's batch, `lengths` of drafts, `runs` of each at each context
 */
export function measureCosts(models, { contexts, sizes, lengths, runs, seed = 1 }) {
  const { decoder, draft } = models;
  /** @type {Map<string, number[]>} */
  const samples = new Map();
  const keep = (/** @type {string} */ key, /** @type {number} */ ms) => {
    const list = samples.get(key) ?? [];
    list.push(ms);
    samples.set(key, list);
  };
  const text = Array.from(
    { length: Math.max(...contexts) + 64 },
    (_, at) => (at * 7919 + 13) % decoder.vocabularySize,
  );
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
    for (const job of shuffled(jobs, seed + context)) job();
  }
  const prefill = draft ? measurePrefill(draft, text, runs) : undefined;
  return collect(samples, { contexts, sizes, lengths, hasDraft: draft !== undefined, prefill });
}

/** n tokens of the target in one decode, and the cache put back. */
function verifyRun(decoder, text, context, size, keep) {
  const tokens = text.slice(context, context + size);
  for (let index = 0; index <= RUN_LENGTH; index += 1) {
    const ms = decode(decoder, tokens, context, 'all');
    decoder.truncate(0, context);
    if (index > 0) keep(`verify ${context} ${size}`, ms);
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
function measurePrefill(draft, text, runs) {
  const tokens = [16, 64, 256].filter((count) => count < text.length);
  const ms = tokens.map((count) => {
    const all = [];
    for (let run = 0; run < runs; run += 1) {
      draft.truncate(0, 0);
      all.push(decode(draft, text.slice(0, count), 0, 'last'));
    }
    return median(all);
  });
  return { tokens, ms };
}

/** @param {Map<string, number[]>} samples @returns {import('./replay.mjs').RawCosts & Record<string, any>} */
function collect(samples, { contexts, sizes, lengths, hasDraft, prefill }) {
  const grid = (
    /** @type {number[]} */ at,
    /** @type {(context: number, size: number) => string} */ key,
    /** @type {(values: number[]) => number} */ of = median,
  ) => ({
    sizes: at,
    ms: contexts.map((/** @type {number} */ context) =>
      at.map((size) => of(samples.get(key(context, size)) ?? [])),
    ),
  });
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
    verifyP10: grid(sizes, verifyKey, low),
    verifyP90: grid(sizes, verifyKey, high),
  };
  if (!hasDraft) return raw;
  const afterSizes = [1, ...lengths.map((/** @type {number} */ length) => length + 1)];
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
    draftPrefill: prefill,
  };
}

/**
 * The mean of two measurements of the same plan, taken before and after what is judged by them.
 * @template T
 * @param {T} before @param {T} after @returns {T}
 */
export function meanOf(before, after) {
  if (typeof before === 'number') return /** @type {any} */ ((before + /** @type {any} */ (after)) / 2);
  if (Array.isArray(before))
    return /** @type {any} */ (before.map((one, index) => meanOf(one, /** @type {any} */ (after)[index])));
  if (before === null || typeof before !== 'object') return before;
  return /** @type {any} */ (
    Object.fromEntries(
      Object.entries(before).map(([key, one]) => [key, meanOf(one, /** @type {any} */ (after)[key])]),
    )
  );
}
