/** The profiles that predictions are made from: this machine's own where it has been measured, or else the shipped one. */
import { isObject } from '../../base/shape.js';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from '../../base/errors.js';
import { distrust } from '../../base/private-folder.js';
import { type CostProfile, PROFILE_FORMAT } from './cost-profile.js';

const SHIPPED = fileURLToPath(new URL('../../../data/cost/gguf-epyc-milan.json', import.meta.url));
const MOST_BYTES = 2 ** 22;
const MOST_PRICES = 10_000;

/** Where the prices learned from this machine's own profile lie. */
export const ownProfilePath = (cache: string): string => path.join(cache, 'profile-gguf.json');

/** @param cache the user's folder; a profile in it is believed only where nobody else can have written it */
export function knownProfile(cache: string): { readonly profile: CostProfile; readonly own: boolean } {
  const file = ownProfilePath(cache);
  if (distrust(cache) === undefined)
    try {
      return { profile: readCostProfile(file), own: true };
    } catch {
      // Absent, or of another version: the shipped one is right for all but its pace.
    }
  return { profile: shippedProfile(), own: false };
}

let shipped: CostProfile | undefined;

export const shippedProfile = (): CostProfile => (shipped ??= readCostProfile(SHIPPED));

/** @throws ForetokenError `file_not_found`, `invalid_option` */
export function readCostProfile(file: string): CostProfile {
  let value: unknown;
  try {
    if (statSync(file).size > MOST_BYTES) throw new Error('it is too large');
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new ForetokenError('file_not_found', `The profile ${file} cannot be read.`, { cause });
  }
  if (!isProfile(value))
    throw new ForetokenError(
      'invalid_option',
      `${file} is no profile; run \`foretoken profile gguf\` again.`,
    );
  return value;
}

function isProfile(value: unknown): value is CostProfile {
  const amount = (one: unknown): boolean => typeof one === 'number' && one >= 0 && one < 1e9;
  if (!isObject(value) || value['format'] !== PROFILE_FORMAT) return false;
  const { threads, reference } = value;
  return (
    ['machine', 'library', 'measured'].every((name) => typeof value[name] === 'string') &&
    ['models', 'rows', 'intervalLog', 'medianError'].every((name) => amount(value[name])) &&
    isObject(reference) &&
    ['one', 'many'].every((name) => amount(reference[name]) && reference[name] !== 0) &&
    Array.isArray(threads) &&
    threads.length > 0 &&
    threads.length < 64 &&
    threads.every(
      (one: unknown) =>
        isObject(one) &&
        amount(one['threads']) &&
        isObject(one['prices']) &&
        Object.keys(one['prices']).length < MOST_PRICES &&
        Object.values(one['prices']).every(amount),
    )
  );
}
