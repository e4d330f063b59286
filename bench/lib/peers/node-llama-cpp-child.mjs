/**
 * node-llama-cpp as a peer, in a process of its own: one context, a sequence per stream, its own batching; no
 * HTTP in between, which is in its favour. Reads jobs as JSON lines from stdin, answers each with one line.
 *
 * Its chat sessions end at the end of a turn and cannot be told to go on, so the level below is used
 * (`sequence.evaluate`), with the text of every token made as it comes.
 */
import { createInterface } from 'node:readline';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

/** @type {{ model: string, streams: number, contextPerStream: number, threads: number }} */
const settings = JSON.parse(process.argv[2] ?? '{}');
const llama = await getLlama({
  gpu: false,
  build: 'never',
  skipDownload: true,
  logLevel: LlamaLogLevel.error,
  maxThreads: settings.threads,
});
const model = await llama.loadModel({ modelPath: settings.model });
const context = await model.createContext({
  sequences: settings.streams,
  contextSize: settings.contextPerStream,
  threads: { ideal: settings.threads, min: settings.threads },
});
const sequences = Array.from({ length: settings.streams }, () => context.getSequence());

/** @param {(typeof sequences)[number]} sequence @param {{ prompt: string, max_tokens: number }} body */
async function complete(sequence, body) {
  const started = performance.now();
  await sequence.clearHistory();
  const prompt = model.tokenize(body.prompt, true);
  /** @type {import('node-llama-cpp').Token[]} */
  const output = [];
  let text = '';
  let first = 0;
  for await (const token of sequence.evaluate(prompt, { temperature: 0, yieldEogToken: true })) {
    text += model.detokenize([token], false, output.slice(-1));
    output.push(token);
    if (first === 0) first = performance.now();
    if (output.length >= body.max_tokens) break;
  }
  const e2eMs = performance.now() - started;
  const ttftMs = first - started;
  return {
    text,
    outputTokens: output.length,
    promptTokens: prompt.length,
    cachedTokens: 0,
    ttftMs,
    e2eMs,
    tpotMs: (e2eMs - ttftMs) / (output.length - 1),
  };
}

/** @param {{ prompt: string, max_tokens: number }[]} bodies */
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
