/** `foretoken tasks` and its commands, as the program lists them. */
import type { Command } from 'commander';
import { addTasksDiscoverFlags, type TasksDiscoverFlags } from './flags/tasks.js';

export function addTasksCommands(program: Command, environmentNote: string): void {
  const tasks = program
    .command('tasks')
    .summary('find the tasks in what a server is asked')
    .description('Finds the tasks in prompts that nobody has labelled, and trains a classifier of them.');
  const discover = tasks
    .command('discover')
    .summary('find tasks in a journal or a file of prompts')
    .description(
      'Finds the tasks in the prompts of a journal or of a file, names them, and writes them with a classifier of new ' +
        'prompts. Tasks that were known before keep their ids.',
    )
    .addHelpText('after', environmentNote)
    .action(async (flags: TasksDiscoverFlags) => {
      await (await import('./tasks.js')).discover(flags);
    });
  addTasksDiscoverFlags(discover);
}
