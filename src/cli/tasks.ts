/** `foretoken tasks discover`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../base/make-folder.js';
import { modelFile } from '../base/bundled.js';
import { ForetokenError } from '../base/errors.js';
import { writeFileWhole } from '../base/write-file.js';
import { targetFingerprint, tasksPlace } from '../drafts/registry/place.js';
import { readTaskModel, writeTaskModel } from '../tasks/classifier/model.js';
import { discoverInBackground } from '../tasks/discovery/background.js';
import { embedTexts } from '../tasks/discovery/embed.js';
import { readPrompts, type InputPrompt } from '../tasks/discovery/input.js';
import { discoveryReport } from '../tasks/discovery/report.js';
import { openJournal } from '../tasks/journal/store.js';
import { promptText } from '../tasks/prompt-text.js';
import type { TasksDiscoverFlags } from './flags/tasks.js';
import { ProgressBar } from './terminal.js';

/** Entries whose task is written to the journal at a time. */
const BATCH = 500;
/** Embedding that takes longer is announced, also where no progress bar is drawn. */
const WORTH_SAYING_S = 3;

export async function discover(flags: TasksDiscoverFlags): Promise<void> {
  const prompts = promptsOf(flags);
  if (prompts.length === 0)
    throw new ForetokenError(
      'invalid_dataset',
      `There are no prompts in ${flags.input ?? flags.journal!} to find tasks in.`,
      { param: flags.input === undefined ? 'journal' : 'input' },
    );
  const output =
    flags.output === undefined
      ? tasksPlace(targetFingerprint(modelFile(flags.model)), flags.tasksDir).tasks
      : path.resolve(flags.output);
  const known = existsSync(output) ? readTaskModel(output) : undefined;
  const texts = prompts.map(({ text }) => text);
  const { embeddingModel } = flags;
  const embeddings = embeddingModel === undefined ? undefined : embedded(modelFile(embeddingModel), texts);
  const discovery = await discoverInBackground(texts, { seed: flags.seed, known, embeddings });
  if (flags.output === undefined) makeFolder(path.dirname(output), 0o700);
  writeTaskModel(output, discovery.model);
  if (flags.assignments !== undefined) {
    const lines = discovery.assignments.map(({ task, confidence }, index) =>
      JSON.stringify({ index, task, confidence: Number(confidence.toFixed(4)) }),
    );
    write(path.resolve(flags.assignments), `${lines.join('\n')}\n`);
  }
  if (flags.journal !== undefined) relabel(flags.journal, prompts, discovery.assignments);
  const labels = prompts.map(({ label }) => label);
  process.stdout.write(`${discoveryReport(discovery, labels)}\nTasks and their classifier: ${output}\n`);
}

function promptsOf({ input, journal, limit }: TasksDiscoverFlags): InputPrompt[] {
  if (input !== undefined) return readPrompts(input, limit);
  if (journal === undefined)
    throw new ForetokenError(
      'invalid_option',
      'Where to find tasks? Give --input with a file, or --journal.',
      {
        param: 'input',
      },
    );
  const opened = openJournal(journal, { mustExist: true });
  try {
    return Array.from(opened.entries({ limit }), ({ id, prompt }) => ({
      text: promptText(prompt),
      entry: id,
    }));
  } finally {
    opened.close();
  }
}

/** Gives the journal's entries the tasks that were found. */
function relabel(
  folder: string,
  prompts: readonly InputPrompt[],
  assignments: readonly { readonly task: string }[],
): void {
  const ids = new Map<string, number[]>();
  prompts.forEach(({ entry }, i) => {
    if (entry === undefined) return;
    const { task } = assignments[i]!;
    const own = ids.get(task);
    if (own === undefined) ids.set(task, [entry]);
    else own.push(entry);
  });
  const journal = openJournal(folder, { mustExist: true });
  try {
    for (const [task, own] of ids)
      for (let from = 0; from < own.length; from += BATCH)
        journal.relabel(own.slice(from, from + BATCH), task);
  } finally {
    journal.close();
  }
}

function embedded(model: string, texts: readonly string[]): Float32Array[] {
  const bar = new ProgressBar();
  let isSaid = false;
  try {
    return embedTexts(model, texts, {
      onProgress: ({ done, prompts, tokens, secondsLeft }) => {
        if (secondsLeft === undefined) return;
        if (!isSaid && secondsLeft >= WORTH_SAYING_S)
          process.stderr.write(
            `foretoken: vectors of ${prompts} prompts (${tokens} tokens) by ${path.basename(model)} take about ` +
              `${secondsLeft.toFixed(0)} s more\n`,
          );
        isSaid = true;
        bar.update('embedding', done / prompts, `${done} of ${prompts} · ${secondsLeft.toFixed(0)} s left`);
      },
    });
  } finally {
    bar.clear();
  }
}

function write(file: string, content: string): void {
  try {
    writeFileWhole(file, content);
  } catch (error) {
    throw new ForetokenError('invalid_option', `Cannot write ${file}: ${(error as Error).message}`, {
      param: 'assignments',
      cause: error,
    });
  }
}
