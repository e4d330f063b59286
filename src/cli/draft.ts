/** `foretoken draft create` and `foretoken draft train`: small models that guess for a large one. */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { countText } from '../base/count-text.js';
import { ForetokenError } from '../base/errors.js';
import { createDraft } from '../drafts/create.js';
import { generateCorpus } from '../drafts/generate.js';
import { requireTexts, trainDraft, type TrainDraftOptions } from '../drafts/train.js';
import { defaultThreads } from '../llama/threads.js';
import { modelFile } from '../base/bundled.js';
import { readPromptLines } from '../tasks/prompt-lines.js';
import type { DraftCreateFlags, DraftTrainFlags } from './flags/draft.js';
import { verdict } from './draft-verdict.js';
import { ProgressBar } from './terminal.js';

const INTERRUPTED = 130;

export async function create(flags: DraftCreateFlags): Promise<void> {
  const target = modelFile(flags.model);
  const output = path.resolve(flags.output);
  refuseOverwriting(output, target, 'the model itself');
  const { layers, width, heads, feedForward, fromLayers, fromDraft, vocabulary, inputs, name } = flags;
  const bar = new ProgressBar();
  bar.update('making', 0, 'reading the model');
  const made = createDraft({
    onProgress: (done, note) => {
      bar.update('making', done, note);
    },
    target,
    output,
    seed: flags.seed,
    copyCircuit: flags.copyCircuit,
    ...(name === undefined ? {} : { name }),
    corpus: flags.corpus.map((file) => path.resolve(file)),
    ...(vocabulary === undefined ? {} : { vocabulary }),
    ...(inputs === undefined ? {} : { inputs }),
    ...(fromDraft === undefined ? {} : { fromDraft: path.resolve(fromDraft) }),
    ...(fromLayers === undefined ? {} : { fromLayers }),
    ...(layers === undefined ? {} : { layers }),
    ...(width === undefined ? {} : { width }),
    ...(heads === undefined ? {} : { heads }),
    ...(feedForward === undefined ? {} : { feedForward }),
  });
  bar.clear();
  const { shape } = made;
  const head =
    shape.headSize === undefined
      ? ''
      : `, of which it may guess ${shape.headSize}` +
        (made.coverage === undefined ? '' : ` (${(100 * made.coverage).toFixed(1)} % of held-out answers)`);
  process.stdout.write(
    `${made.path}: ${(made.parameters / 1e6).toFixed(1)}M parameters, ${shape.layers} layers of width ` +
      `${shape.width}, ${shape.vocabularySize} tokens${head}\n` +
      `${fromDraft === undefined ? 'It has learned nothing yet' : 'To teach it more'}: foretoken draft train --draft ${flags.output} --prompts FILE --output FILE\n`,
  );
  if (flags.verdict) await verdict(target, output, { threads: 0 });
}

/** @returns the exit code */
export async function train(flags: DraftTrainFlags): Promise<number> {
  const output = path.resolve(flags.output);
  if (flags.corpus.length === 0 && flags.prompts === undefined)
    throw new ForetokenError(
      'invalid_option',
      'What to learn from? Give --prompts for the model to answer, or --corpus with earlier answers.',
      { param: 'prompts' },
    );
  const threads = flags.threads === 0 ? defaultThreads() : flags.threads;
  const interrupt = new AbortController();
  process.on('SIGINT', () => {
    if (interrupt.signal.aborted) process.exit(INTERRUPTED);
    interrupt.abort();
    process.stderr.write('\nforetoken: stopping; what is done is kept (again: at once)\n');
  });

  const corpus = flags.corpus.map((file) => path.resolve(file));
  // Before the model answers for minutes.
  const asked = flags.prompts === undefined ? undefined : promptsOf(flags.prompts);
  if (corpus.length === 0) requireTexts(asked!.length, 'prompts');
  if (asked !== undefined)
    corpus.push(
      await answers(
        flags,
        asked,
        `${output.replace(/\.gguf$/i, '')}.corpus.jsonl`,
        threads,
        interrupt.signal,
      ),
    );
  if (isAborted(interrupt.signal)) return INTERRUPTED;
  const options: TrainDraftOptions = {
    draft: path.resolve(flags.draft),
    corpus,
    output,
    type: flags.type,
    epochs: flags.epochs,
    learningRate: flags.learningRate,
    acceptanceShare: flags.acceptanceShare,
    ...(flags.rows !== undefined && { rows: flags.rows }),
    ...(flags.tokensPerRow !== undefined && { tokensPerRow: flags.tokensPerRow }),
    threads,
    seed: flags.seed,
    signal: interrupt.signal,
    ...(flags.minutes === undefined ? {} : { minutes: flags.minutes }),
  };
  const bar = new ProgressBar();
  const result = await trainDraft({
    ...options,
    onProgress: ({ done, loss, tokensPerSecond, epoch }) => {
      const note = `pass ${epoch + 1} · loss ${loss.toFixed(3)} · ${tokensPerSecond.toFixed(0)} tokens/s`;
      bar.update('training', done, note);
    },
  }).finally(() => {
    bar.clear();
  });
  process.stdout.write(
    `${flags.output}: ${result.steps} steps, ${result.tokens} tokens in ${(result.seconds / 60).toFixed(1)} min, ` +
      `loss ${result.loss.toFixed(3)}, on texts not trained on ${result.validationLoss.toFixed(3)}, where ` +
      `${(100 * result.agreement).toFixed(1)} % of its first choices are the model's\n`,
  );
  if (isAborted(interrupt.signal)) return INTERRUPTED;
  if (flags.verdict) {
    const target = modelFile(flags.model);
    const prompts = result.heldOut.map(({ tokens, promptLength }) =>
      Int32Array.from(tokens.slice(0, promptLength)),
    );
    await verdict(target, output, { prompts, threads, signal: interrupt.signal });
  }
  return isAborted(interrupt.signal) ? INTERRUPTED : 0;
}

/** Asked anew each time: it changes while other things run. */
const isAborted = (signal: AbortSignal): boolean => signal.aborted;

/** Lets the model answer the prompts of a file. @returns the file of the answers */
async function answers(
  flags: DraftTrainFlags,
  prompts: readonly { prompt: string; task?: string }[],
  output: string,
  threads: number,
  signal: AbortSignal,
): Promise<string> {
  const bar = new ProgressBar();
  const done = await generateCorpus({
    target: modelFile(flags.model),
    prompts,
    output,
    maxTokens: flags.answerTokens,
    threads,
    signal,
    onProgress: ({ texts, prompts: all, tokensPerSecond }) => {
      bar.update(
        'answering',
        texts / all,
        `${texts} of ${all} prompts · ${tokensPerSecond.toFixed(0)} tokens/s`,
      );
    },
  }).finally(() => {
    bar.clear();
  });
  process.stdout.write(
    `${path.relative('', output)}: ${countText(done.texts, 'answer')}, ${countText(done.answerTokens, 'token')}\n`,
  );
  return output;
}

/** Single prompts of a file: a draft learns from answers to one message each. */
function promptsOf(file: string): { prompt: string; task?: string }[] {
  return readPromptLines(file, { param: 'prompts', plainText: true }).map(({ messages, task }) => {
    const prompt = messages[0]!.content;
    if (messages.length > 1 || prompt === '')
      throw new ForetokenError(
        'invalid_dataset',
        `${file} has a conversation or an empty prompt; draft train takes one message a line. For conversations: foretoken adapt.`,
        { param: 'prompts' },
      );
    return task === undefined ? { prompt } : { prompt, task };
  });
}

function refuseOverwriting(output: string, file: string, what: string): void {
  if (existsSync(output) && existsSync(file) && realpathSync(output) === realpathSync(file))
    throw new ForetokenError('invalid_option', `--output ${output} is ${what}; name another file.`, {
      param: 'output',
    });
}
