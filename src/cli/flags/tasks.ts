/** The flags of `tasks discover`. */
import type { Command } from 'commander';
import { valued } from './flag.js';
import { nonEmpty, wholeNumber } from './values.js';

export interface TasksDiscoverFlags {
  readonly input?: string;
  readonly journal?: string;
  readonly model?: string;
  readonly tasksDir?: string;
  readonly output?: string;
  readonly assignments?: string;
  readonly embeddingModel?: string;
  readonly limit: number;
  readonly seed: number;
}

const DEFAULT_LIMIT = 10_000;

export function addTasksDiscoverFlags(command: Command): Command {
  return command
    .addOption(
      valued(
        '-i, --input <file>',
        'prompts as JSON lines, with prompt or messages in each, and perhaps task',
        nonEmpty('--input'),
      ).conflicts('journal'),
    )
    .addOption(
      valued('--journal <folder>', 'journal of a server to take the prompts from', nonEmpty('--journal')),
    )
    .addOption(
      valued(
        '-m, --model <file>',
        'GGUF file of the model whose tasks they are (default: the bundled one)',
        nonEmpty('--model'),
      ),
    )
    .addOption(
      valued(
        '--tasks-dir <folder>',
        "folder of the model's tasks and their drafts (default: its own in the cache)",
        nonEmpty('--tasks-dir'),
      ),
    )
    .addOption(
      valued(
        '-o, --output <file>',
        'file of tasks to write; tasks in it keep their ids (default: tasks.json in the folder of tasks)',
        nonEmpty('--output'),
      ),
    )
    .addOption(
      valued(
        '--assignments <file>',
        'also write the task and confidence of each prompt, as JSON lines',
        nonEmpty('--assignments'),
      ),
    )
    .addOption(
      valued(
        '--embedding-model <file>',
        'GGUF file whose vectors are clustered, instead of the words of the prompts',
        nonEmpty('--embedding-model'),
      ),
    )
    .addOption(
      valued(
        '--limit <count>',
        'most prompts; of a journal the newest',
        wholeNumber('--limit', { min: 1, max: 1_000_000 }),
        DEFAULT_LIMIT,
      ),
    )
    .addOption(
      valued(
        '--seed <number>',
        'of the random starts of clustering',
        wholeNumber('--seed', { min: 0, max: 2 ** 32 - 1 }),
        1,
      ),
    );
}
