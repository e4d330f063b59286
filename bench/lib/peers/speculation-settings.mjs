/**
 * The settings that speculation-peers.mjs tries: every kind of speculation that the peers offer for these models,
 * with what they default to and with shorter guesses, as verifying costs more on a processor than on a GPU. A new
 * release brings new kinds: `llama-server --help` lists them under `--spec-type`.
 */
import { foretoken, llamaServer, nodeLlamaCpp } from './peers.mjs';

/**
 * `group` is what the tuning pass chooses within, `keep` how many of a group it chooses; those without are always
 * measured. `quick` ones are enough to see that everything runs.
 * @typedef {{ name: string, peer: string, group?: string, keep?: number, quick?: boolean,
 *   start: import('./peers.mjs').Peer['start'], threads?: number }} Setting
 */

export const OURS = 'Foretoken auto';
export const OURS_OFF = 'Foretoken off';

/** @param {string} draft path of the draft model, or "none" @param {string[]} extra @returns {Setting[]} */
export function ourSettings(draft, extra) {
  return [
    { name: OURS_OFF, peer: 'Foretoken', start: foretoken(extra).start },
    { name: OURS, peer: 'Foretoken', start: foretoken(['--draft', draft, ...extra], 'auto').start },
  ];
}

/**
 * @param {string} binary
 * @param {string | undefined} draft
 * @param {string[]} extra
 * @returns {Setting[]}
 */
export function llamaServerSettings(binary, draft, extra) {
  const setting = (
    /** @type {string} */ name,
    /** @type {string[]} */ flags,
    /** @type {Partial<Setting>} */ rest = {},
  ) => ({
    name: `llama-server ${name}`,
    peer: 'llama-server',
    start: llamaServer(binary, [...flags, ...extra]).start,
    ...rest,
  });
  // Its threads spin by default while they wait, and where there are few cores those of target and draft then take
  // them from each other: with a small draft most of the time goes there.
  const patient = ['--poll', '0', '--spec-draft-poll', '0'];
  const model = draft === undefined ? [] : ['--spec-draft-model', draft, ...patient];
  /** Longest guess, and the probabilities at which it ends early; 3 and 0 are its defaults. */
  const lengths = /** @type {const} */ ([
    [2, [0, 0.5]],
    [3, [0, 0.5, 0.9]],
    [5, [0, 0.5, 0.9]],
    [8, [0.5, 0.9]],
  ]);
  const drafted = (
    /** @type {number} */ length,
    /** @type {number} */ least,
    /** @type {number} */ threads,
  ) =>
    setting(
      `draft ${length}, p-min ${least}${threads > 0 ? `, draft threads ${threads}` : ''}`,
      [
        ...['--spec-type', 'draft-simple', ...model],
        ...['--spec-draft-n-max', String(length), '--spec-draft-p-min', String(least)],
        ...(threads > 0 ? ['--spec-draft-threads', String(threads)] : []),
      ],
      { group: 'llama-server draft', keep: 2, quick: length === 3 && least < 0.9 && threads === 0 },
    );
  const drafts = [
    ...lengths.flatMap(([length, probabilities]) => probabilities.map((least) => drafted(length, least, 0))),
    // A small draft waits less for one thread than for several.
    ...[drafted(3, 0, 1), drafted(3, 0.5, 1), drafted(5, 0.5, 1)],
  ];
  /** @param {string} kind @param {number} [size] of the words that must match @param {number} [length] of the guess */
  const ngram = (kind, size, length) => {
    const sizes =
      size === undefined
        ? []
        : [`--spec-${kind}-size-n`, String(size), `--spec-${kind}-size-m`, String(length)];
    return setting(
      size === undefined ? `${kind}, default` : `${kind} ${size}/${length}`,
      ['--spec-type', kind, ...sizes],
      { group: 'llama-server n-gram', keep: 1, quick: kind === 'ngram-simple' && size === 3 },
    );
  };
  // It guesses nothing shorter than what must match.
  const ngrams = [
    ...[ngram('ngram-simple'), ngram('ngram-simple', 2, 4), ngram('ngram-simple', 3, 8)],
    ...[ngram('ngram-map-k', 3, 8), ngram('ngram-map-k4v', 3, 8), ngram('ngram-cache'), ngram('ngram-mod')],
    setting(
      'ngram-mod 8/8',
      [
        ...['--spec-type', 'ngram-mod', '--spec-ngram-mod-n-match', '8'],
        ...['--spec-ngram-mod-n-min', '2', '--spec-ngram-mod-n-max', '8'],
      ],
      { group: 'llama-server n-gram', keep: 1 },
    ),
  ];
  // Where the n-gram finds nothing, the draft model guesses.
  const both = setting(
    'ngram-simple 3/8 + draft 5, p-min 0.5',
    [
      ...['--spec-type', 'ngram-simple,draft-simple', ...model],
      ...['--spec-ngram-simple-size-n', '3', '--spec-ngram-simple-size-m', '8'],
      ...['--spec-draft-n-max', '5', '--spec-draft-p-min', '0.5'],
    ],
    { group: 'llama-server n-gram and draft', keep: 1 },
  );
  return [setting('off', []), ...(draft === undefined ? ngrams : [...drafts, ...ngrams, both])];
}

/**
 * It drafts in the background and waits for `minTokens` only: with its default of 0 hardly a guess is ready in time.
 * @param {string | undefined} draft
 * @param {number} threads
 * @returns {Setting[]}
 */
export function nodeLlamaCppSettings(draft, threads) {
  const setting = (
    /** @type {string} */ name,
    /** @type {import('./peers.mjs').Predictor | undefined} */ predictor,
    /** @type {Partial<Setting>} */ rest = {},
  ) => ({
    name: `node-llama-cpp ${name}`,
    peer: 'node-llama-cpp',
    start: nodeLlamaCpp(predictor).start,
    threads,
    ...rest,
  });
  const lookups = [
    // Its defaults.
    { maxTokens: 3, minPattern: 1 },
    { maxTokens: 8, minPattern: 3 },
  ].map(({ maxTokens, minPattern }) =>
    setting(
      `lookup ${minPattern}/${maxTokens}`,
      { kind: 'lookup', maxTokens, minPattern },
      { group: 'node-llama-cpp lookup', keep: 1, quick: minPattern === 1 },
    ),
  );
  const lengths = [
    { minTokens: 0, maxTokens: 16 },
    { minTokens: 1, maxTokens: 3 },
    { minTokens: 2, maxTokens: 5 },
  ];
  const drafts =
    draft === undefined
      ? []
      : lengths.map(({ minTokens, maxTokens }) =>
          setting(
            `draft ${minTokens}-${maxTokens}`,
            { kind: 'draft', model: draft, minTokens, maxTokens, minConfidence: 0.6 },
            { group: 'node-llama-cpp draft', keep: 1, quick: minTokens === 1 },
          ),
        );
  return [setting('off', undefined), ...lookups, ...drafts];
}

/** Candidates by group. @param {readonly Setting[]} settings @returns {Map<string, Setting[]>} */
export function groupsOf(settings) {
  /** @type {Map<string, Setting[]>} */
  const groups = new Map();
  for (const setting of settings) {
    if (setting.group === undefined) continue;
    groups.set(setting.group, [...(groups.get(setting.group) ?? []), setting]);
  }
  return groups;
}
