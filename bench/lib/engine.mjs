/** An engine in this process, and its answers' statistics. */
const { startEngine } = await import('../../dist/engine/engine.js');

/**
 * @param {{ model: string, threads: number, draft?: string, proposers?: string[], length?: number, parallel?: number, contextSize?: number }} options
 * @returns {Promise<any>} a handle of the engine
 */
export function engineOf({
  model,
  threads,
  draft,
  proposers = ['draft'],
  length = 8,
  parallel = 1,
  contextSize = 2048,
}) {
  return startEngine(
    {
      ...{ modelPath: model, draftPath: draft, contextSize, parallel, threads },
      ...{ batchSize: 512, microBatchSize: 512, gpu: 'none', gpuLayers: 0, kvUnified: undefined },
      ...{ loraPaths: [], calibration: 'auto' },
    },
    {
      ...{ parallel, queueLimit: parallel, prefillChunk: 512 },
      speculation: { mode: 'auto', length, proposers, lookupMinNgram: 2, suffixBytes: 0 },
    },
  );
}

/**
 * Answers one prompt. @returns {Promise<any>} the request's statistics, and its `tokens`
 * @param {any} engine
 * @param {{ prompt: Int32Array, tokens: number, speculation: any, temperature?: number, seed?: number }} request
 */
export async function answer(engine, { prompt, tokens, speculation, temperature = 0, seed = 1 }) {
  const stream = engine.submit({
    ...{ prompt, maxTokens: tokens, stop: [], ignoreEndOfGeneration: false, minTokens: 8, label: 0 },
    ...{ grammar: undefined, topLogprobs: -1, speculation },
    sampling: {
      ...{ temperature, topK: 0, topP: 1, minP: 0, seed, presencePenalty: 0 },
      ...{ frequencyPenalty: 0, repeatPenalty: 1, repeatLastN: 64, logitBias: [] },
    },
  });
  const written = [];
  for await (const { tokens: some, finish } of stream) {
    written.push(...some);
    if (finish === undefined) continue;
    if (finish.error !== undefined) throw new Error(finish.error.message);
    return { ...finish.statistics, tokens: written };
  }
  throw new Error('An answer ended without a word.');
}

/** Milliseconds a token. @param {any} statistics */
export const perToken = ({ decodeMs, outputTokens }) => decodeMs / Math.max(1, outputTokens - 1);

/**
 * Each item once, `most` at a time. @template Item
 * @param {readonly Item[]} items @param {number} most @param {(item: Item) => Promise<void>} work
 */
export async function forEachAtOnce(items, most, work) {
  const rest = items.values();
  await Promise.all(
    Array.from({ length: most }, async () => {
      for (const item of rest) await work(item);
    }),
  );
}
