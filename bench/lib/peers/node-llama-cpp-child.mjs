/**
 * node-llama-cpp as a peer, in a process of its own: one context, a sequence per stream, its own batching, and one
 * of its token predictors where the settings name one; no HTTP in between, which is in its favour. Reads jobs as
 * JSON lines from stdin, answers each with one line.
 *
 * Its chat sessions end at the end of a turn and cannot be told to go on, so the level below is used
 * (`sequence.evaluate`), with the text of every token made as it comes.
 */
import { createInterface } from 'node:readline';
import {
  DraftSequenceTokenPredictor,
  getLlama,
  InputLookupTokenPredictor,
  LlamaLogLevel,
} from 'node-llama-cpp';

/** @type {import('./peers.mjs').Settings & { predictor?: import('./peers.mjs').Predictor }} */
const settings = JSON.parse(process.argv[2] ?? '{}');
const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  logLevel: LlamaLogLevel.error,
  maxThreads: settings.threads,
});
const model = await llama.loadModel({ modelPath: settings.model });
const context = await createContext(model, settings.streams);
const { predictor } = settings;
const draftModel =
  predictor?.kind === 'draft' ? await llama.loadModel({ modelPath: predictor.model }) : undefined;
const sequences = [];
for (let stream = 0; stream < settings.streams; stream += 1) {
  sequences.push(context.getSequence({ tokenPredictor: await makePredictor() }));
}

/** @param {import('node-llama-cpp').LlamaModel} loaded @param {number} streams */
function createContext(loaded, streams) {
  return loaded.createContext({
    sequences: streams,
    contextSize: settings.contextPerStream,
    threads: { ideal: settings.threads, min: settings.threads },
  });
}

/** One for each sequence: they must not share. */
async function makePredictor() {
  if (predictor?.kind === 'lookup') {
    const { minPattern, maxTokens } = predictor;
    return new InputLookupTokenPredictor({
      patternLength: { min: minPattern },
      predictionLength: { max: maxTokens },
    });
  }
  if (draftModel === undefined) return undefined;
  const { minTokens, maxTokens, minConfidence } = predictor;
  // A context each: drafting in several sequences of one context makes it wait for itself for ever.
  const draft = await createContext(draftModel, 1);
  return new DraftSequenceTokenPredictor(draft.getSequence(), { minTokens, maxTokens, minConfidence });
}

/**
 * @param {(typeof sequences)[number]} sequence
 * @param {{ prompt: string, max_tokens: number, ignore_eos?: boolean }} body
 */
async function complete(sequence, body) {
  const started = performance.now();
  await sequence.clearHistory();
  const prompt = model.tokenize(body.prompt, true);
  // Its chat sessions do so; on the level below it is left to the caller.
  sequence.tokenPredictor?.updateInputTokens(prompt);
  const before = sequence.tokenPredictions;
  /** @type {import('node-llama-cpp').Token[]} */
  const output = [];
  let text = '';
  let first = 0;
  for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    const ended = !body.ignore_eos && model.isEogToken(token);
    // The end has no text, but the servers count it.
    if (!ended) text += model.detokenize([token], false, output.slice(-1));
    output.push(token);
    if (first === 0) first = performance.now();
    if (ended || output.length >= body.max_tokens) break;
  }
  const e2eMs = performance.now() - started;
  const ttftMs = first - started;
  const after = sequence.tokenPredictions;
  const accepted = after.validated - before.validated;
  return {
    text,
    outputTokens: output.length,
    promptTokens: prompt.length,
    cachedTokens: 0,
    ttftMs,
    e2eMs,
    tpotMs: (e2eMs - ttftMs) / (output.length - 1),
    timings: { draft_n: accepted + after.refuted - before.refuted, draft_n_accepted: accepted },
  };
}

/** @param {Parameters<typeof complete>[1][]} bodies */
async function runAll(bodies) {
  const answers = new Array(bodies.length);
  let next = 0;
  const started = performance.now();
  await Promise.all(
    sequences.map(async (sequence) => {
      while (next < bodies.length) {
        const index = next;
        next += 1;
        answers[index] = await complete(sequence, bodies[index]);
      }
    }),
  );
  return { answers, wallMs: performance.now() - started };
}

console.log(JSON.stringify({ ready: true, threads: context.currentThreads }));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await runAll(JSON.parse(line))));
}
await llama.dispose();
process.exit(0);
