/** `foretoken draft list`, `verify` and `remove`: the drafts of a target that are kept for its tasks. */
import { modelFile } from '../base/bundled.js';
import { countText } from '../base/count-text.js';
import { ForetokenError } from '../base/errors.js';
import { sizeText } from '../base/size-text.js';
import { targetFingerprint, tasksPlace } from '../drafts/registry/place.js';
import { DraftRegistry } from '../drafts/registry/registry.js';
import { FAILURE, warn } from './failure.js';
import type { DraftRegistryFlags } from './flags/draft-registry.js';
import { table } from './terminal.js';

/** @throws ForetokenError `file_not_found`, `invalid_gguf` */
export function openRegistry(flags: Pick<DraftRegistryFlags, 'model' | 'tasksDir'>): DraftRegistry {
  const target = targetFingerprint(modelFile(flags.model));
  return new DraftRegistry(tasksPlace(target, flags.tasksDir), target);
}

export function list(flags: DraftRegistryFlags): void {
  const registry = openRegistry(flags);
  const { drafts, assignments, decisions, problems } = registry.read();
  if (flags.json === true) {
    process.stdout.write(
      `${JSON.stringify({ folder: registry.place.folder, drafts, assignments, decisions, problems }, null, 2)}\n`,
    );
    return;
  }
  for (const problem of problems) warn(problem);
  if (drafts.length === 0) {
    process.stdout.write(`There are no drafts in ${registry.place.folder}; foretoken adapt makes some.\n`);
    return;
  }
  const percent = (share: number | undefined): string =>
    share === undefined ? '-' : `${(100 * share).toFixed(1)} %`;
  const rows = drafts.map(({ id, task, acceptance, tokenMs, bytes, data, madeAt }) => [
    id,
    task,
    percent(acceptance[task]?.rate),
    `${tokenMs.toFixed(2)} ms`,
    sizeText(bytes),
    String(data.texts),
    new Date(madeAt).toISOString().slice(0, 16).replace('T', ' '),
  ]);
  process.stdout.write(
    `${table([['draft', 'task', 'right', 'a token', 'size', 'texts', 'made'], ...rows], 'left')}\n`,
  );
  const served = Object.entries(assignments).map(([task, { draft, reason }]) => [
    task,
    draft ?? 'no draft',
    reason,
  ]);
  if (served.length > 0)
    process.stdout.write(`\n${table([['task', 'served by', 'why'], ...served], 'left')}\n`);
}

/** @returns the exit code */
export async function verify(flags: DraftRegistryFlags): Promise<number> {
  const registry = openRegistry(flags);
  const { drafts, problems } = registry.read();
  const wrong = await registry.verify(drafts);
  for (const problem of problems) process.stdout.write(`${problem}\n`);
  for (const [id, problem] of wrong) process.stdout.write(`The draft '${id}' is damaged: ${problem}.\n`);
  process.stdout.write(`As they were made: ${countText(drafts.length - wrong.size, 'draft')}.\n`);
  return problems.length + wrong.size === 0 ? 0 : FAILURE;
}

export async function remove(id: string, flags: DraftRegistryFlags): Promise<void> {
  if (id === '') throw new ForetokenError('invalid_option', 'Which draft? foretoken draft list names them.');
  await openRegistry(flags).remove(id);
  process.stdout.write(
    `The draft '${id}' is removed; what it was assigned to has no draft of its own any more.\n`,
  );
}
