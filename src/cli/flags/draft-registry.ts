/** The flags of `draft list`, `verify` and `remove`, and where the drafts of a target are. */
import type { Command } from 'commander';
import { valued, yesOrNo } from './flag.js';
import { nonEmpty } from './values.js';

export interface DraftRegistryFlags {
  readonly model?: string;
  readonly tasksDir?: string;
  readonly json?: boolean;
}

export const tasksDirFlag = (): ReturnType<typeof valued> =>
  valued(
    '--tasks-dir <folder>',
    "folder of the model's tasks and their drafts (default: the model's own in the cache)",
    nonEmpty('--tasks-dir'),
  );

export function addDraftRegistryFlags(command: Command): Command {
  return command
    .addOption(
      valued(
        '-m, --model <file>',
        'GGUF file of the model that they guess for (default: the bundled one)',
        nonEmpty('--model'),
      ),
    )
    .addOption(tasksDirFlag());
}

export const addJsonFlag = (command: Command): Command =>
  command.addOption(yesOrNo('--json', 'print as JSON'));
