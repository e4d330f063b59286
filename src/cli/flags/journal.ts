/** The flags of the journal: of `serve --journal`, and of `journal import`, `export`, `stats`, `purge`. */
import type { Command } from 'commander';
import { valued, yesOrNo } from './flag.js';
import { decimalNumber, nonEmpty, oneOf, repeated, wholeNumber } from './values.js';

export interface JournalBoundFlags {
  readonly journalMaxMb: number;
  readonly journalMaxDays: number;
  readonly redact: readonly string[];
}

export interface JournalFlags {
  readonly journal: string;
}

export interface JournalImportFlags extends JournalFlags, JournalBoundFlags {
  readonly format: 'auto' | 'openai' | 'sharegpt';
  readonly task?: string;
}

export interface JournalExportFlags extends JournalFlags {
  readonly output?: string;
  readonly task?: string;
  readonly sinceDays?: number;
  readonly limit?: number;
}

export interface JournalPurgeFlags extends JournalFlags {
  readonly all?: boolean;
  readonly olderThanDays?: number;
  readonly task?: string;
}

const MOST_DAYS = 36_500;

export function addServeJournalFlags(command: Command): Command {
  return addBounds(
    command
      .optionsGroup('Journal:')
      .addOption(
        valued(
          '--journal <folder>',
          'store what users ask and what they are answered there, to learn from it (default: nothing is stored)',
          nonEmpty('--journal'),
        ),
      ),
  );
}

export function addJournalImportFlags(command: Command): Command {
  return addBounds(
    addFolder(command)
      .addOption(
        valued(
          '--format <kind>',
          'openai (messages, or prompt and completion, a line), sharegpt (conversations), or auto',
          oneOf('--format', ['auto', 'openai', 'sharegpt'] as const),
          'auto',
        ),
      )
      .addOption(
        valued(
          '--task <name>',
          'task that all of them belong to (default: as the lines say)',
          nonEmpty('--task'),
        ),
      ),
  );
}

export function addJournalExportFlags(command: Command): Command {
  return addFolder(command)
    .addOption(
      valued('-o, --output <file>', 'file to write (default: standard output)', nonEmpty('--output')),
    )
    .addOption(valued('--task <name>', 'only entries of this task', nonEmpty('--task')))
    .addOption(
      valued(
        '--since-days <number>',
        'only entries of the last days',
        decimalNumber('--since-days', { min: 0, max: MOST_DAYS }),
      ),
    )
    .addOption(
      valued('--limit <count>', 'most entries', wholeNumber('--limit', { min: 1, max: 1_000_000_000 })),
    );
}

export const addJournalStatsFlags = (command: Command): Command => addFolder(command);

export function addJournalPurgeFlags(command: Command): Command {
  return addFolder(command)
    .addOption(yesOrNo('--all', 'delete everything'))
    .addOption(
      valued(
        '--older-than-days <number>',
        'delete entries older than so many days',
        decimalNumber('--older-than-days', { min: 0, max: MOST_DAYS }),
      ),
    )
    .addOption(valued('--task <name>', 'delete entries of this task only', nonEmpty('--task')));
}

const addFolder = (command: Command): Command =>
  command.addOption(
    valued('--journal <folder>', 'folder of the journal', nonEmpty('--journal')).makeOptionMandatory(),
  );

const addBounds = (command: Command): Command =>
  command
    .addOption(
      valued(
        '--journal-max-mb <size>',
        'most MiB of the journal; the oldest entries are deleted',
        wholeNumber('--journal-max-mb', { min: 1, max: 1_048_576 }),
        512,
      ),
    )
    .addOption(
      valued(
        '--journal-max-days <days>',
        'entries older than that are deleted',
        wholeNumber('--journal-max-days', { min: 1, max: MOST_DAYS }),
        90,
      ),
    )
    .addOption(
      valued(
        '--redact <regex>',
        'regular expression of what else is taken out before anything is stored; may be repeated',
        repeated('--redact'),
        [],
        'addresses, keys, numbers',
      ),
    );
