/** Ids of tasks, by which their drafts are named, too: lower-case words of a to z and digits with hyphens between them. */
import { createHash } from 'node:crypto';

const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;
const MOST_LETTERS = 64;
/** Of a name; what is added to tell ids apart has room behind it. */
const KEPT_LETTERS = 48;
/** What assignments call guessing without a draft. */
const TAKEN = ['none', 'lookup'];

/**
 * A task's name as an id; what is one already stays as it is. Accents go; where letters of other scripts are lost, a digest
 * of the name keeps ids apart.
 */
export function taskId(name: string): string {
  if (ID.test(name) && name.length <= MOST_LETTERS && !TAKEN.includes(name)) return name;
  // Upper case makes two letters of "ß".
  const letters = name.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase().toLowerCase();
  const words = (letters.match(/[a-z0-9]+/g) ?? []).join('-').slice(0, KEPT_LETTERS).replace(/-$/, '');
  const isLossy = /[^a-z0-9]/.test(letters.replace(/[^\p{L}\p{N}]/gu, ''));
  if (!isLossy && words !== '' && !TAKEN.includes(words)) return words;
  const digest = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${words || 'task'}-${digest}`;
}
