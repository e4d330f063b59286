/**
 * The promise put to the test: the same requests under every setting of speculation, alone and side by side, and how
 * many texts differ from those of one request at a time without speculation. For tests and `bench/exactness.mjs`.
 */
import { assert } from '../base/errors.js';
import { randomNumbers } from '../base/random.js';
import { GREEDY } from '../base/sampling-options.js';
import type { LlamaEngineModel } from '../llama/engine-model.js';
import { EngineCore } from './core.js';
import { plainRequest } from './plain-request.js';
import type { EngineRequest, SpeculationMode } from './types.js';

export interface TrialSetting {
  readonly mode: SpeculationMode;
  /** Guesses of `fixed`, and the most of `auto`. */
  readonly length: number;
  /** Requests that run at the same time. */
  readonly parallel: number;
}

/** The last one of the last kind has run beside others, so its texts find cached beginnings. */
export const TRIAL_SETTINGS: readonly TrialSetting[] = [
  ...[1, 4].flatMap((parallel) => [
    { mode: 'fixed' as const, length: 2, parallel },
    { mode: 'fixed' as const, length: 4, parallel },
    { mode: 'fixed' as const, length: 8, parallel },
    { mode: 'auto' as const, length: 8, parallel },
  ]),
  { mode: 'off', length: 0, parallel: 4 },
];

export interface TrialResult {
  /** Those compared, without the ones they are compared with. */
  readonly answers: number;
  readonly tokens: number;
  readonly accepted: number;
  /** What differed, in words. */
  readonly differing: readonly string[];
}

export const nameOfSetting = ({ mode, length, parallel }: TrialSetting): string =>
  `${mode === 'fixed' ? `fixed:${length}` : mode}, ${parallel} at once`;

/** Half of the answers are greedy, the others are drawn at temperature 0.8. */
export function tryExactness(
  model: LlamaEngineModel,
  prompts: readonly Int32Array[],
  maxTokens: number,
  settings: readonly TrialSetting[] = TRIAL_SETTINGS,
  temperatures: readonly number[] = [0, 0.8],
): TrialResult {
  const requests = prompts.map((prompt, id) => {
    // Not all end at once, so that there are gaps between the streams of those that go on.
    const tokens = Math.max(1, maxTokens - 3 * (id % 4));
    const sampling = { ...GREEDY, temperature: temperatures[id % temperatures.length]!, seed: id };
    return plainRequest(id, prompt, tokens, { sampling });
  });
  const expected = answer(model, requests, { mode: 'off', length: 0, parallel: 1 });
  const differing: string[] = [];
  let accepted = 0;
  let tokens = 0;
  for (const setting of settings) {
    const found = answer(model, requests, setting);
    accepted += found.accepted;
    for (const { id } of requests) {
      const [text, right] = [found.texts[id]!, expected.texts[id]!];
      tokens += text.length;
      const at = text.findIndex((token, index) => token !== right[index]);
      if (at >= 0 || text.length !== right.length)
        differing.push(`${nameOfSetting(setting)}: answer ${id} from token ${at} on`);
    }
  }
  return { answers: settings.length * requests.length, tokens, accepted, differing };
}

/**
 * Prompts that nobody wrote, two of three of 1 to 40 tokens, the others of up to 200, which are computed in tiles. Later
 * parts repeat earlier ones, so that there is something to look up, and every other long one begins like one before it, so
 * that there is something in the cache.
 */
export function randomPrompts(count: number, vocabularySize: number, seed: number): Int32Array[] {
  const next = randomNumbers(seed);
  let long = new Int32Array(0);
  return Array.from({ length: count }, (_, prompt) => {
    const isLong = prompt % 3 === 2;
    const length = 1 + Math.floor(next() * (isLong ? 200 : 40));
    const period = 1 + Math.floor(next() * 12);
    const tokens = new Int32Array(length);
    for (let index = 0; index < length; index += 1)
      tokens[index] =
        index >= period && next() < 0.9 ? tokens[index - period]! : Math.floor(next() * vocabularySize);
    if (!isLong) return tokens;
    if (prompt % 2 === 0) tokens.set(long.subarray(0, Math.floor(next() * Math.min(length, long.length))));
    long = tokens;
    return tokens;
  });
}

function answer(
  model: LlamaEngineModel,
  requests: readonly EngineRequest[],
  { mode, length, parallel }: TrialSetting,
): { texts: number[][]; accepted: number } {
  model.decoder.clear();
  for (const { decoder } of model.drafts) decoder.clear();
  const core = new EngineCore(model, {
    parallel,
    queueLimit: requests.length,
    prefillChunk: 128,
    speculation: {
      mode,
      length,
      proposers: ['lookup', 'suffix', 'draft'],
      lookupMinNgram: 2,
      suffixBytes: 1 << 20,
    },
  });
  for (const request of requests) core.submit(request);
  const texts = requests.map((): number[] => []);
  let accepted = 0;
  for (;;) {
    for (const event of core.takeEvents()) {
      texts[event.id]!.push(...event.tokens);
      if (event.finish === undefined) continue;
      assert(event.finish.reason === 'length', `answer ${event.id} ended by ${event.finish.reason}`);
      accepted += event.finish.statistics.acceptedTokens;
    }
    if (core.idle) return { texts, accepted };
    core.step();
  }
}
