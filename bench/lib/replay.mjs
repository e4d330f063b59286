/**
 * Replays recorded acceptances with measured costs: what a speculation length must give, and the *ceiling*, the
 * least time that any choice of lengths could have taken, known only in hindsight. Both count nothing but time
 * inside the models' decodes, so a measured speed below the replay is the engine's own overhead.
 *
 * One record is one answer. Position t is the t-th token of the answer, 0 <= t < length; token 0 comes from the
 * prompt's own computation, so decoding begins at t = 1. A step at t computes the tokens before t that are known
 * and k guesses, and yields min(k, accepted[t]) + 1 tokens.
 */

/**
 * @typedef {{ sizes: number[], ms: number[][] }} Grid  cost by [context][size]
 * @typedef {{
 *   contexts: number[],
 *   verify: Grid,
 *   verifyFresh?: Grid,
 *   verifyAfterDraft?: Grid,
 *   draft?: Grid,
 *   draftBehind?: Grid,
 *   draftPrefill?: { tokens: number[], ms: number[] }
 * }} RawCosts
 * `verify`: n tokens in one decode of the target, after another of n; `verifyFresh`: after one of another size, for
 * which the library builds its graph anew. `draft`: k guesses by the draft model, whose cache is complete
 * but for the last known token; `draftBehind`: the same when it lacks two tokens, as after a step in which every
 * guess stood. `verifyAfterDraft`: the target's decode right after drafting n - 1 guesses.
 *
 * @typedef {{ draft: number[], lookup: number[], lookupProposed: number[] }} Acceptance
 * `draft[t]`, `lookup[t]`: how many guesses from t on are right in a row; `lookupProposed[t]`: how many are made.
 * @typedef {{ task: string, index: number, promptTokens: number, length: number, limited: boolean } & Acceptance}
 *   Recording  `limited`: cut off by the limit of tokens, not ended by the model
 */

/** Piecewise linear through (xs, ys), continued along the last piece. @param {number[]} xs @param {number[]} ys */
function interpolate(xs, ys, /** @type {number} */ x) {
  if (xs.length === 1) return ys[0];
  let high = xs.findIndex((at) => at >= x);
  if (high === -1) high = xs.length - 1;
  high = Math.max(1, high);
  const share = (x - xs[high - 1]) / (xs[high] - xs[high - 1]);
  return ys[high - 1] + share * (ys[high] - ys[high - 1]);
}

/** Costs as functions of size and context. @param {RawCosts} raw */
export function costFunctions(raw) {
  /** @param {Grid} grid */
  const onGrid = (grid) => {
    const [low, high] = [0, raw.contexts.length - 1];
    return (/** @type {number} */ size, /** @type {number} */ context) => {
      const near = interpolate(grid.sizes, grid.ms[low], size);
      if (low === high) return near;
      const far = interpolate(grid.sizes, grid.ms[high], size);
      const share = (context - raw.contexts[low]) / (raw.contexts[high] - raw.contexts[low]);
      return near + Math.min(1, Math.max(0, share)) * (far - near);
    };
  };
  const free = () => 0;
  return {
    verify: onGrid(raw.verify),
    verifyFresh: onGrid(raw.verifyFresh ?? raw.verify),
    verifyAfterDraft: onGrid(raw.verifyAfterDraft ?? raw.verify),
    draft: raw.draft ? onGrid(raw.draft) : free,
    draftBehind: raw.draftBehind ? onGrid(raw.draftBehind) : raw.draft ? onGrid(raw.draft) : free,
    draftPrefill: (/** @type {number} */ tokens) =>
      raw.draftPrefill ? interpolate(raw.draftPrefill.tokens, raw.draftPrefill.ms, tokens) : 0,
  };
}

/** @typedef {ReturnType<typeof costFunctions>} Costs */

/** Time of the answer without speculation, ms. @param {Recording} record @param {Costs} costs */
export function timeOff(record, costs) {
  let ms = 0;
  for (let t = 1; t < record.length; t += 1) {
    const context = record.promptTokens + t - 1;
    // The first follows the prompt.
    ms += t === 1 ? costs.verifyFresh(1, context) : costs.verify(1, context);
  }
  return ms;
}

/**
 * Time with a fixed number of guesses a step, and how many steps that takes. A draft model is charged with
 * reading the prompt, which it does between the first and the second token.
 * @param {Recording} record @param {Costs} costs @param {'draft' | 'lookup'} source @param {number} length
 */
export function replayFixed(record, costs, source, length) {
  if (length === 0) return { ms: timeOff(record, costs), steps: Math.max(0, record.length - 1) };
  const isDraft = source === 'draft';
  let ms = 0;
  let steps = 0;
  let behind = false;
  /** Tokens of the target's last decode, 0 for the prompt's. */
  let size = 0;
  const verifyMs = (/** @type {number} */ tokens, /** @type {number} */ context) => {
    const same = isDraft ? costs.verifyAfterDraft(tokens, context) : costs.verify(tokens, context);
    const change =
      tokens === size ? 0 : Math.max(0, costs.verifyFresh(tokens, context) - costs.verify(tokens, context));
    size = tokens;
    return same + change;
  };
  let t = 1;
  while (t < record.length) {
    const context = record.promptTokens + t - 1;
    const right = record[source][t];
    // A draft that guesses the end of the text stops there; the engine guesses nothing beyond a known limit.
    const ends = !record.limited && t + right >= record.length;
    const most = isDraft ? (ends ? right : length) : record.lookupProposed[t];
    const guesses = Math.min(length, most, record.limited ? record.length - t - 1 : Infinity);
    if (guesses === 0) {
      ms += verifyMs(1, context);
      behind = false;
      steps += 1;
      t += 1;
      continue;
    }
    const accepted = Math.min(guesses, right);
    if (isDraft) {
      if (steps === 0) ms += costs.draftPrefill(record.promptTokens);
      ms += behind ? costs.draftBehind(guesses, context) : costs.draft(guesses, context);
    }
    ms += verifyMs(guesses + 1, context);
    behind = accepted === guesses;
    steps += 1;
    t += accepted + 1;
  }
  return { ms, steps };
}

/**
 * @typedef {{ accepted: (t: number) => number, draftMs: (guesses: number, context: number) => number,
 *   verifyMs: (tokens: number, context: number) => number, onceMs: number }} Source
 */

/**
 * The ceiling: least time to the end of the answer, over all ways to choose source and length at each step, by
 * dynamic programming from the end. Only guesses that stand are worth making in hindsight. A draft model's
 * catching up is not charged, which errs on the ceiling's side.
 * @param {Recording} record @param {Costs} costs @param {Source[]} sources @param {number} mostGuesses
 */
export function ceiling(record, costs, sources, mostGuesses) {
  const least = (/** @type {Source[]} */ allowed) => {
    const ms = new Float64Array(record.length + 1);
    for (let t = record.length - 1; t >= 1; t -= 1) {
      const context = record.promptTokens + t - 1;
      let best = costs.verify(1, context) + ms[t + 1];
      for (const source of allowed) {
        const most = Math.min(mostGuesses, source.accepted(t), record.length - t - 1);
        for (let guesses = 1; guesses <= most; guesses += 1) {
          const step = source.draftMs(guesses, context) + source.verifyMs(guesses + 1, context);
          best = Math.min(best, step + ms[t + guesses + 1]);
        }
      }
      ms[t] = best;
    }
    return ms[1];
  };
  // A source with a cost of its own once (reading the prompt) is used only where that pays.
  const free = sources.filter((source) => source.onceMs === 0);
  const once = sources.reduce((total, source) => total + source.onceMs, 0);
  return Math.min(least(free), once + least(sources));
}

/** The draft model, as measured or with guesses that cost nothing. @param {Recording} record @param {Costs} costs */
export function draftSource(record, costs, isFree = false) {
  return {
    accepted: (/** @type {number} */ t) => record.draft[t],
    draftMs: isFree ? () => 0 : costs.draft,
    verifyMs: isFree ? costs.verify : costs.verifyAfterDraft,
    onceMs: isFree ? 0 : costs.draftPrefill(record.promptTokens),
  };
}

/** Prompt lookup, whose guesses cost nothing. @param {Recording} record @param {Costs} costs */
export function lookupSource(record, costs) {
  return {
    accepted: (/** @type {number} */ t) => Math.min(record.lookup[t], record.lookupProposed[t]),
    draftMs: () => 0,
    verifyMs: costs.verify,
    onceMs: 0,
  };
}

/** Guesses that are always right and cost nothing: the machine's own limit. @param {Recording} record @param {Costs} costs */
export function perfectSource(record, costs) {
  return {
    accepted: (/** @type {number} */ t) => record.length - t - 1,
    draftMs: () => 0,
    verifyMs: costs.verify,
    onceMs: 0,
  };
}
