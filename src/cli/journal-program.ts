/** `foretoken journal` and its commands, as the program lists them. */
import type { Command } from 'commander';
import {
  addJournalExportFlags,
  addJournalImportFlags,
  addJournalPurgeFlags,
  addJournalStatsFlags,
  type JournalExportFlags,
  type JournalFlags,
  type JournalImportFlags,
  type JournalPurgeFlags,
} from './flags/journal.js';

export function addJournalCommands(program: Command, environmentNote: string): void {
  const journal = program
    .command('journal')
    .summary('bring in, take out, count or delete what a server has stored')
    .description('Works on a journal of prompts and answers, which serve --journal keeps.');
  const bringIn = journal
    .command('import')
    .summary('bring in prompts and answers that you have')
    .description(
      "Brings prompts and answers into a journal: JSON lines as OpenAI's fine-tuning and batch files have them, or " +
        'conversations of ShareGPT, as JSON or JSON lines.',
    )
    .argument('<file>', 'file to read')
    .addHelpText('after', environmentNote)
    .action(async (file: string, flags: JournalImportFlags) => {
      (await import('./journal.js')).importFile(file, flags);
    });
  addJournalImportFlags(bringIn);
  const takeOut = journal
    .command('export')
    .summary('write the entries as JSON lines')
    .description('Writes the entries of a journal as JSON lines, the newest first.')
    .addHelpText('after', environmentNote)
    .action(async (flags: JournalExportFlags) => {
      await (await import('./journal.js')).exportEntries(flags);
    });
  addJournalExportFlags(takeOut);
  const stats = journal
    .command('stats')
    .summary('count what is in it')
    .description('Counts the entries of a journal, by task.')
    .addHelpText('after', environmentNote)
    .action(async (flags: JournalFlags) => {
      (await import('./journal.js')).stats(flags);
    });
  addJournalStatsFlags(stats);
  const purge = journal
    .command('purge')
    .summary('delete entries for good')
    .description(
      'Deletes entries of a journal for good: all, those older than some days, or those of a task.',
    )
    .addHelpText('after', environmentNote)
    .action(async (flags: JournalPurgeFlags) => {
      (await import('./journal.js')).purge(flags);
    });
  addJournalPurgeFlags(purge);
}
