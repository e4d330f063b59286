/**
 * Where a server takes the drafts of a target's tasks from: the registry that `foretoken adapt` has written, or, until
 * there is one, the one that comes with Foretoken for this target (`models/tasks/`, read only).
 */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DraftEntry } from './entry.js';
import { tasksPlace } from './place.js';
import { DraftRegistry, type ReadRegistry } from './registry.js';

/** As a registry is read; what is found may come from another place each time. */
export interface DraftSource {
  /** Files to be looked at for changes. */
  readonly watched: { readonly registry: string; readonly tasks: string };
  /** Drafts are loaded when their task first comes, not all at once. */
  readonly onDemand: boolean;
  /** Of the tasks and their classifier, which may not be there. */
  readonly tasksFile: string;
  read(): ReadRegistry;
  ids(): ReadonlySet<string>;
  verify(drafts: readonly DraftEntry[]): Promise<ReadonlyMap<string, string>>;
  fileOf(entry: Pick<DraftEntry, 'sha256'>): string;
}

const SHIPPED = fileURLToPath(new URL('../../../models/tasks/', import.meta.url));

/** The registry that comes with Foretoken for a target; undefined where there is none. */
export function shippedRegistry(target: string, folder = SHIPPED): DraftRegistry | undefined {
  const place = tasksPlace(target, path.join(folder, target.replace(/^sha256:/, '').slice(0, 16)));
  return existsSync(place.registry) ? new DraftRegistry(place, target, { shipped: true }) : undefined;
}

/** The tasks that come with Foretoken, whatever the target: prompts are told apart by their words; undefined where there are none. */
export function shippedTasks(folder = SHIPPED): string | undefined {
  const folders = existsSync(folder) ? readdirSync(folder).sort() : [];
  return folders.map((name) => path.join(folder, name, 'tasks.json')).find((file) => existsSync(file));
}

/**
 * @param own may not be there yet
 * @param usualTasks by which prompts are told apart as long as no others are known: what is guessed right differs by the kind
 *   of work, also where no draft is made for it
 */
export function draftSource(
  own: DraftRegistry,
  shipped: DraftRegistry | undefined,
  usualTasks?: string,
): DraftSource {
  const hasOwn = (): boolean => existsSync(own.place.registry);
  const current = (): DraftRegistry => (shipped === undefined || hasOwn() ? own : shipped);
  return {
    watched: own.place,
    get onDemand() {
      return current() !== own;
    },
    get tasksFile() {
      // Tasks found in the user's own traffic are better than those of somebody else's, whoever guesses for them.
      if (existsSync(own.place.tasks)) return own.place.tasks;
      const { tasks } = current().place;
      return existsSync(tasks) ? tasks : (usualTasks ?? tasks);
    },
    read: () => current().read(),
    ids: () => current().ids(),
    verify: (drafts) => current().verify(drafts),
    fileOf: (entry) => current().fileOf(entry),
  };
}
