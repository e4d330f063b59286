/** The flags of `adapt` and `draft align`. */
import type { Command } from 'commander';
import { addSeedFlag, addTargetFlag, addVerdictFlag, answerTokensFlag } from './draft.js';
import { tasksDirFlag } from './draft-registry.js';
import { valued, yesOrNo } from './flag.js';
import { decimalNumber, listOf, nonEmpty, wholeNumber } from './values.js';

export interface AdaptFlags {
  readonly model?: string;
  readonly tasksDir?: string;
  readonly journal?: string;
  readonly prompts?: string;
  readonly corpus: readonly string[];
  readonly requestsPerDay?: number;
  readonly minutes: number;
  readonly all?: boolean;
  readonly draft?: string;
  readonly textsPerTask: number;
  readonly answerTokens: number;
  readonly threads: number;
  readonly servingThreads: number;
  readonly seed: number;
  /** Of `draft align`. */
  readonly task?: string;
  readonly verdict?: boolean;
}

function addCommonFlags(command: Command, minutes: number): Command {
  addTargetFlag(command)
    .addOption(tasksDirFlag())
    .addOption(
      valued(
        '--journal <folder>',
        'learn from what a server has kept there (serve --journal)',
        nonEmpty('--journal'),
      ),
    )
    .addOption(
      valued(
        '--prompts <file>',
        'learn from these prompts: lines of text, or of JSON with "prompt" or "messages" and perhaps "task"',
        nonEmpty('--prompts'),
      ),
    )
    .addOption(
      valued(
        '--corpus <file>',
        "the model's answers of an earlier run, with their labels; may be repeated",
        listOf('--corpus'),
        [],
        'none',
      ),
    )
    .addOption(
      valued(
        '--minutes <number>',
        'time that all of it may take',
        decimalNumber('--minutes', { min: 0.1, max: 100_000 }),
        minutes,
      ),
    )
    .addOption(
      valued(
        '-d, --draft <file>',
        'draft to start from where there is no general one yet; none for a new one (default: the one that comes ' +
          'with Foretoken for the model, else a new one)',
        nonEmpty('--draft'),
      ),
    )
    .addOption(
      valued(
        '--texts-per-task <count>',
        'most texts of each task to make',
        wholeNumber('--texts-per-task', { min: 10, max: 100_000 }),
        400,
      ),
    )
    .addOption(answerTokensFlag())
    .addOption(
      valued(
        '-t, --threads <count>',
        'threads that write and train; one leaves the others to a server',
        wholeNumber('--threads', { min: 0, max: 1024, note: '0 for the physical cores' }),
        1,
      ),
    )
    .addOption(
      valued(
        '--serving-threads <count>',
        'threads of the server for which costs are measured',
        wholeNumber('--serving-threads', { min: 0, max: 1024, note: '0 for the physical cores' }),
        0,
        '0: physical cores',
      ),
    );
  return addSeedFlag(command, 'the same seed gives the same order of training');
}

export function addAdaptFlags(command: Command): Command {
  return addCommonFlags(command, 20)
    .addOption(
      valued(
        '--requests-per-day <number>',
        'traffic, by which it is decided what pays, where no journal says it (default: not known)',
        decimalNumber('--requests-per-day', { min: 0.001, max: 1e12 }),
      ),
    )
    .addOption(
      yesOrNo('--all', 'train a draft also for tasks whose traffic would not repay it within a day'),
    );
}

export function addAlignFlags(command: Command): Command {
  addCommonFlags(command, 5).addOption(
    valued('--task <name>', 'the task to align a draft with', nonEmpty('--task')).makeOptionMandatory(),
  );
  return addVerdictFlag(command);
}
