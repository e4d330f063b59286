/** The trial process of `probe.ts`: reads its task from stdin, writes what it found to stdout. */
import { readFileSync } from 'node:fs';
import { position, sequenceId, token } from '../base/types.js';
import { applyAdapters, LoraAdapter } from './adapter.js';
import { LlamaDecoder } from './context.js';
import type { ContextOptions } from './make-context.js';
import { type Library, loadUntried, open } from './library.js';
import { LlamaModel } from './model.js';
import type { ModelOutcome, ModelTask, ProbeResult, ProbeTask } from './probe.js';
import { Vocabulary } from './vocabulary.js';

/** Does with a model what a server does. What must not happen ends this process. */
function outcomeOf(
  from: Library,
  { path, vocabOnly, gpu, gpuLayers, device, flashAttention, adapters, threads }: ModelTask,
): ModelOutcome {
  // Weights stay where they are on the disk: rearranging them would take their size in memory.
  const model = LlamaModel.loadUntried(from, path, {
    gpu,
    gpuLayers,
    device,
    vocabOnly,
    repackWeights: false,
  });
  if (model === undefined) return 'not loaded';
  const vocabulary = Vocabulary.of(model);
  tokenizeAll(vocabulary);
  if (vocabOnly) return 'sound';
  let loaded: LoraAdapter[];
  try {
    loaded = (adapters ?? []).map((file) => LoraAdapter.loadUntried(model, file));
  } catch {
    return 'adapter not loaded';
  }
  try {
    return compute(model, loaded, vocabulary.size, { threads, flashAttention: flashAttention ?? 'auto' });
  } catch {
    // A model that makes no text, or too little memory: the real attempt says it better. This process lives.
    return 'sound';
  }
}

/** Every byte that occurs in UTF-8, special tokens, much of one character, and nothing. */
function tokenizeAll(vocabulary: Vocabulary): void {
  if (!vocabulary.hasWords) return;
  let everyByte = '';
  for (let code = 0; code < 0x800; code++) everyByte += String.fromCodePoint(code);
  for (let code = 0x800; code < 0x110000; code += 0x3f1)
    if (code < 0xd800 || code > 0xdfff) everyByte += String.fromCodePoint(code);
  const special = [vocabulary.bos, vocabulary.eos, vocabulary.eot].flatMap((id) =>
    id === undefined ? [] : [vocabulary.text(id)],
  );
  const texts = [
    '',
    ' ',
    'Hello, world! 123',
    everyByte,
    'a'.repeat(500),
    '\n'.repeat(100),
    special.join(' x '),
  ];
  for (const text of texts)
    for (const addSpecial of [false, true])
      for (const parseSpecial of [false, true])
        vocabulary.detokenize(vocabulary.tokenize(text, { addSpecial, parseSpecial }));
  const step = Math.max(1, Math.floor(vocabulary.size / 2000));
  for (let id = 0; id < vocabulary.size; id += step) {
    vocabulary.tokenBytes(id);
    vocabulary.text(id);
    vocabulary.attributes(id);
  }
}

const TOKENS = 8;

/** A few tokens at once, and one, which has kernels of its own. */
function compute(
  model: LlamaModel,
  adapters: readonly LoraAdapter[],
  vocabularySize: number,
  options: Pick<ContextOptions, 'threads' | 'flashAttention'>,
): ModelOutcome {
  const decoder = new LlamaDecoder(model, {
    contextSize: 256,
    batchSize: 32,
    microBatchSize: 32,
    ...options,
  });
  if (adapters.length > 0) applyAdapters(decoder, adapters);
  let finite = true;
  for (const [from, count] of [
    [0, TOKENS],
    [TOKENS, 1],
  ] as const) {
    decoder.batch.clear();
    const rows = Array.from({ length: count }, (_, i) => {
      const id = Math.floor(((from + i + 0.5) * vocabularySize) / (TOKENS + 1));
      return decoder.batch.add(token(id), position(from + i), sequenceId(0), true);
    });
    if (decoder.decode() !== 'done') return 'sound';
    finite &&= rows.every((row) => !decoder.logits(row).some(Number.isNaN));
  }
  return finite ? 'sound' : 'no numbers';
}

const task = JSON.parse(readFileSync(0, 'utf8')) as ProbeTask;
const library =
  task.model === undefined ? open(task.files, 'none') : loadUntried(task.files, task.gpu ?? 'none');
const { llama } = library;
const context = llama.contextDefaults();
const result: ProbeResult = {
  version: llama.version(),
  contextSize: context.n_ctx,
  batchSize: context.n_batch,
  microBatchSize: context.n_ubatch,
  backends: llama.backendCount(),
  ...(task.model === undefined ? {} : { outcome: outcomeOf(library, task.model) }),
};
process.stdout.write(JSON.stringify(result));
