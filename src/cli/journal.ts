/** `foretoken journal import|export|stats|purge`. */
import { closeSync, existsSync, openSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { countText } from '../base/count-text.js';
import { ForetokenError } from '../base/errors.js';
import { sizeText } from '../base/size-text.js';
import { exportLine } from '../tasks/journal/exporting.js';
import { importInto } from '../tasks/journal/importing.js';
import { Redactor } from '../tasks/journal/redaction.js';
import { openJournal, type Journal } from '../tasks/journal/store.js';
import { DAMAGED_FILE, deleteFiles, FILE, isDamaged } from '../tasks/journal/trouble.js';
import { warn } from './failure.js';
import type {
  JournalExportFlags,
  JournalFlags,
  JournalImportFlags,
  JournalPurgeFlags,
} from './flags/journal.js';

const DAY_MS = 86_400_000;
const entriesText = (count: number): string => countText(count, 'entry', 'entries');

export function importFile(file: string, flags: JournalImportFlags): void {
  const redactor = new Redactor(flags.redact);
  const bounds = { maxBytes: flags.journalMaxMb * 2 ** 20, maxDays: flags.journalMaxDays };
  withJournal(openJournal(flags.journal, bounds), (journal) => {
    const { entries, faults, faulty, unredacted } = importInto(journal, file, {
      format: flags.format,
      task: flags.task,
      redactor,
    });
    for (const fault of faults) warn(fault);
    if (faulty > faults.length) warn(`left out as well: ${faulty - faults.length} more of ${file}.`);
    if (unredacted > 0)
      warn(`left out, since a pattern of --redact is too slow on them: ${entriesText(unredacted)}.`);
    if (entries === 0)
      throw new ForetokenError('invalid_dataset', `${file} holds nothing that could be imported.`, {
        param: 'file',
      });
    process.stdout.write(`imported ${entriesText(entries)} into ${flags.journal}\n`);
  });
}

export async function exportEntries(flags: JournalExportFlags): Promise<void> {
  const { output, task, limit, sinceDays } = flags;
  const journal = openJournal(flags.journal, { mustExist: true });
  const write = output === undefined ? undefined : openOutput(output);
  try {
    const since = sinceDays === undefined ? {} : { sinceMs: Date.now() - sinceDays * DAY_MS };
    const filter = { ...(task !== undefined && { task }), ...(limit !== undefined && { limit }), ...since };
    for (const entry of journal.entries(filter)) {
      const line = `${exportLine(entry)}\n`;
      if (write !== undefined) writeSync(write, line);
      // Whoever reads a pipe slowly is waited for.
      else if (!process.stdout.write(line))
        await new Promise((resolve) => process.stdout.once('drain', resolve));
    }
    if (journal.unreadable > 0)
      warn(`left out, since the journal is damaged there: ${entriesText(journal.unreadable)}.`);
  } finally {
    if (write !== undefined) closeSync(write);
    journal.close();
  }
}

export function stats(flags: JournalFlags): void {
  withJournal(openJournal(flags.journal, { mustExist: true }), (journal) => {
    const { entries, imported, bytes, fileBytes, oldestMs, newestMs, outputTokens, tasks } = journal.counts();
    const day = (ms: number | undefined): string =>
      ms === undefined || Number.isNaN(new Date(ms).getTime())
        ? '-'
        : new Date(ms).toISOString().slice(0, 10);
    const damaged = statSync(path.join(flags.journal, DAMAGED_FILE), { throwIfNoEntry: false });
    const lines = [
      `entries        ${entries} (${imported} imported), ${day(oldestMs)} to ${day(newestMs)}`,
      `size           ${sizeText(bytes)} of entries, ${sizeText(fileBytes)} on disk`,
      `output tokens  ${outputTokens}`,
      ...(damaged === undefined
        ? []
        : [
            `put aside      ${DAMAGED_FILE}, ${sizeText(damaged.size)}, found damaged (purge --all deletes it)`,
          ]),
      ...tasks.map(
        (one) =>
          `task           ${one.task ?? '(none yet)'}: ${entriesText(one.entries)}, ${countText(one.outputTokens, 'output token')}`,
      ),
    ];
    process.stdout.write(`${lines.join('\n')}\n`);
  });
}

export function purge({ journal: folder, all, olderThanDays, task }: JournalPurgeFlags): void {
  if (all !== true && olderThanDays === undefined && task === undefined)
    throw new ForetokenError('invalid_option', 'Say what to delete: --all, --older-than-days or --task.', {
      param: 'all',
    });
  if (all === true && (olderThanDays !== undefined || task !== undefined))
    throw new ForetokenError('invalid_option', '--all deletes everything; leave the others out.', {
      param: 'all',
    });
  const hadDamaged = all === true && deleteFiles(folder, DAMAGED_FILE);
  if (hadDamaged) process.stdout.write(`deleted ${path.join(folder, DAMAGED_FILE)}\n`);
  // Nothing else may be there.
  if (hadDamaged && !existsSync(path.join(folder, FILE))) return;
  try {
    withJournal(openJournal(folder, { mustExist: true }), (journal) => {
      const beforeMs = olderThanDays === undefined ? undefined : Date.now() - olderThanDays * DAY_MS;
      const deleted = journal.purge({
        ...(beforeMs !== undefined && { beforeMs }),
        ...(task !== undefined && { task }),
      });
      process.stdout.write(`deleted ${entriesText(deleted)} of ${folder}\n`);
    });
  } catch (error) {
    if (all !== true || !isDamaged(error)) throw error;
    deleteFiles(folder, FILE);
    process.stdout.write(`deleted the damaged journal of ${folder}\n`);
  }
}

function withJournal(journal: Journal, work: (journal: Journal) => void): void {
  try {
    work(journal);
  } finally {
    journal.close();
  }
}

function openOutput(file: string): number {
  try {
    return openSync(file, 'w', 0o600);
  } catch (cause) {
    throw new ForetokenError('invalid_option', `Cannot write --output ${file}: ${(cause as Error).message}`, {
      param: 'output',
      cause,
    });
  }
}
