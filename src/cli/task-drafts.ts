/** The drafts of a model's tasks, as `serve` and `generate` find them: the user's own, or those that come with Foretoken. */
import { existsSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { targetFingerprint, tasksPlace } from '../drafts/registry/place.js';
import { DraftRegistry } from '../drafts/registry/registry.js';
import { draftSource, shippedRegistry, shippedTasks, type DraftSource } from '../drafts/registry/source.js';
import { TaskClassifier } from '../tasks/classifier/classifier.js';
import { promptText } from '../tasks/prompt-text.js';
import { LEAST_CONFIDENCE } from '../tasks/router/router.js';
import type { EngineSetup } from './flags/engine.js';
import { warn } from './failure.js';

interface TaskDraftFlags {
  readonly tasksDir?: string;
  readonly draft?: string;
}

/** Undefined where nothing of the kind is wanted. A folder or a draft that is named is what is meant, and nothing beside it. */
export function taskDraftsOf(
  { tasksDir, draft }: TaskDraftFlags,
  { model, engine: { speculation } }: EngineSetup,
): DraftSource | undefined {
  const guesses = speculation.mode !== 'off' && speculation.proposers.includes('draft');
  if (tasksDir === 'none' || draft === 'none' || !guesses) return undefined;
  const target = targetFingerprint(model.modelPath);
  const shipped = tasksDir === undefined && draft === undefined ? shippedRegistry(target) : undefined;
  const usualTasks = tasksDir === undefined ? shippedTasks() : undefined;
  return draftSource(new DraftRegistry(tasksPlace(target, tasksDir), target), shipped, usualTasks);
}

/** The file of the draft of a prompt's task; undefined where its task is unsure, or has no draft of its own. */
export function draftForPrompt(source: DraftSource, prompt: string): string | undefined {
  const { tasksFile } = source;
  if (!existsSync(tasksFile)) return undefined;
  try {
    const classifier = TaskClassifier.read(tasksFile);
    const { task, confidence } = classifier.classify(promptText([{ role: 'user', content: prompt }]));
    if (confidence < LEAST_CONFIDENCE) return undefined;
    const { drafts, assignments } = source.read();
    const entry = drafts.find(({ id }) => id === assignments[task]?.draft);
    return entry && source.fileOf(entry);
  } catch (error) {
    warn(`the drafts of tasks are left out: ${ForetokenError.from(error).message}`);
    return undefined;
  }
}
