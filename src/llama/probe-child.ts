/** The trial process of `probe.ts`: reads its task from stdin, writes what it found to stdout. */
import { readFileSync } from 'node:fs';
import { LoadMode } from './declarations.js';
import { open } from './library.js';
import type { ProbeResult, ProbeTask } from './probe.js';

const task = JSON.parse(readFileSync(0, 'utf8')) as ProbeTask;
const { llama } = open(task.files, 'none', { silent: task.model === undefined });
const context = llama.contextDefaults();
let modelLoaded = false;
if (task.model !== undefined) {
  const params = llama.modelDefaults();
  params.vocab_only = task.model.vocabOnly;
  params.n_gpu_layers = task.model.gpuLayers;
  params.load_mode = LoadMode.mmap;
  modelLoaded = llama.modelLoad(task.model.path, params) !== null;
}
const result: ProbeResult = {
  version: llama.version(),
  contextSize: context.n_ctx,
  batchSize: context.n_batch,
  microBatchSize: context.n_ubatch,
  backends: llama.backendCount(),
  modelLoaded,
};
process.stdout.write(JSON.stringify(result));
