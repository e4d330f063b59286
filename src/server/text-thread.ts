/**
 * The thread behind a `TextLane`: a vocabulary of its own, and one job after another. JavaScript that runs too long
 * (a chat template) is stopped; what the native library has begun it also ends.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { Script } from 'node:vm';
import { assert, ForetokenError } from '../base/errors.js';
import { loadLibrary } from '../llama/library.js';
import { LlamaCodec } from './llama-codec.js';
import { READY, type TextAnswer, type TextJob, type TextSetup } from './text-lane.js';

assert(parentPort !== null, 'server/text-thread.js runs as a worker only');
const port = parentPort;
const { modelPath, chatTemplate, gpu } = workerData as TextSetup;
loadLibrary(gpu);
const codec = LlamaCodec.open(modelPath, chatTemplate);

const NAME = 'foretokenTextJob';
const script = new Script(`${NAME}()`);

function run(job: TextJob): Int32Array | string {
  switch (job.type) {
    case 'tokenize':
      return codec.tokenize(job.text, job.addSpecial, job.parseSpecial);
    case 'detokenize':
      return codec.detokenize(job.tokens);
    case 'encodePair':
      return codec.encodePair(job.query, job.document);
    case 'encodeChat':
      return codec.encodeChat(job.messages, job.extra, undefined, job.ending);
    case 'callSyntax':
      return JSON.stringify(codec.callSyntax());
  }
}

function answer(job: TextJob, limitMs: number): TextAnswer {
  let result: Int32Array | string | undefined;
  (globalThis as Record<string, unknown>)[NAME] = () => {
    result = run(job);
  };
  try {
    // Node stops whatever JavaScript runs within it after the time.
    script.runInThisContext({ timeout: limitMs });
    return { result };
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT')
      return { error: ForetokenError.from(thrown).toPlain() };
    const what =
      job.type === 'encodeChat' || job.type === 'callSyntax'
        ? "The model's chat template"
        : 'Reading this text';
    return {
      error: { code: 'invalid_request', message: `${what} took longer than ${limitMs / 1000} s; send less.` },
    };
  }
}

port.on('message', ({ job, limitMs }: { readonly job: TextJob; readonly limitMs: number }) => {
  const message = answer(job, limitMs);
  const { result } = message;
  port.postMessage(message, result instanceof Int32Array ? [result.buffer as ArrayBuffer] : []);
});
port.postMessage(READY);
