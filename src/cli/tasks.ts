/** `foretoken tasks discover`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { makeFolder } from '../base/make-folder.js';
import { modelFile } from '../base/bundled.js';
import { countText } from '../base/count-text.js';
import { ForetokenError } from '../base/errors.js';
import { fileFingerprint } from '../base/file-fingerprint.js';
import { writeFileWhole } from '../base/write-file.js';
import { targetFingerprint, tasksPlace } from '../drafts/registry/place.js';
import { draftSource, shippedRegistry, shippedTasks } from '../drafts/registry/source.js';
import { readTaskModel, type TaskModel, writeTaskModel } from '../tasks/classifier/model.js';
import { discoverInBackground } from '../tasks/discovery/background.js';
import { embedTexts } from '../tasks/discovery/embed.js';
import { readPrompts, type InputPrompt } from '../tasks/discovery/input.js';
import { discoveryReport } from '../tasks/discovery/report.js';
import { openJournal } from '../tasks/journal/store.js';
import { promptText } from '../tasks/prompt-text.js';
import { note } from './failure.js';
import type { TasksDiscoverFlags } from './flags/tasks.js';
import { ProgressBar } from './terminal.js';

/** Entries whose task is written to the journal at a time. */
const BATCH = 500;
/** Embedding that takes longer is announced, also where no progress bar is drawn. */
const WORTH_SAYING_S = 3;

export async function discover(flags: TasksDiscoverFlags): Promise<void> {
  // A file of one's own is for any model, unless one is named.
  const target = flags.output === undefined || flags.model !== undefined ? targetOf(flags.model) : undefined;
  const prompts = promptsOf(flags, target);
  if (prompts.length === 0)
    throw new ForetokenError(
      'invalid_dataset',
      `There are no prompts in ${flags.input ?? flags.journal!} to find tasks in.`,
      { param: flags.input === undefined ? 'journal' : 'input' },
    );
  const output =
    flags.output === undefined
      ? tasksPlace(target!.target, flags.tasksDir).tasks
      : path.resolve(flags.output);
  const known = knownTasks(output, flags.output === undefined ? target : undefined);
  const texts = prompts.map(({ text }) => text);
  const { embeddingModel } = flags;
  const embeddings = embeddingModel === undefined ? undefined : embedded(modelFile(embeddingModel), texts);
  const discovery = await discoverInBackground(texts, { seed: flags.seed, known, embeddings });
  // What is too little to tell tasks apart takes nothing from a server that knows some.
  const isWritten = discovery.isNew || flags.output !== undefined;
  if (flags.output === undefined) makeFolder(path.dirname(output), 0o700);
  if (isWritten) writeTaskModel(output, discovery.model);
  if (flags.assignments !== undefined) {
    const lines = discovery.assignments.map(({ task, confidence }, index) =>
      JSON.stringify({ index, task, confidence: Number(confidence.toFixed(4)) }),
    );
    write(path.resolve(flags.assignments), `${lines.join('\n')}\n`);
  }
  if (flags.journal !== undefined && discovery.model.tasks.length > 0)
    relabel(flags.journal, prompts, discovery.assignments);
  const labels = prompts.map(({ label }) => label);
  const end = isWritten ? `Tasks and their classifier: ${output}` : 'The file of tasks stays as it was.';
  process.stdout.write(`${discoveryReport(discovery, labels)}\n${end}\n`);
}

/** As a journal names it. */
interface Target {
  readonly target: string;
  readonly targetFile: string;
}

function targetOf(model: string | undefined): Target {
  const file = modelFile(model);
  return { target: targetFingerprint(file), targetFile: fileFingerprint(file) };
}

/** @param target whose shipped tasks are known where it has no own: its drafts go on guessing for tasks that keep their ids */
function knownTasks(output: string, target: Target | undefined): TaskModel | undefined {
  if (existsSync(output)) return readTaskModel(output);
  const shipped = target === undefined ? undefined : shippedRegistry(target.target);
  const file = shipped && draftSource(shipped, undefined, shippedTasks()).tasksFile;
  return file !== undefined && existsSync(file) ? readTaskModel(file) : undefined;
}

/** @param of whose answers in a journal count; undefined: anybody's */
function promptsOf({ input, journal, limit }: TasksDiscoverFlags, of: Target | undefined): InputPrompt[] {
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
    const prompts = Array.from(opened.entries({ limit, ...(of !== undefined && { of }) }), (entry) => ({
      text: promptText(entry.prompt),
      entry: entry.id,
    }));
    const others = opened.counts().entries - prompts.length;
    if (of !== undefined && others > 0 && prompts.length < limit)
      note(
        `left out, since other models answered them: ${countText(others, 'request')} of the journal; ` +
          '--model FILE says whose tasks are looked for',
      );
    return prompts;
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
