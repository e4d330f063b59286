/**
 * Values of flags: text in, checked value out. What is wrong is said with the place it came from (the flag or
 * its environment variable) and what is allowed.
 */
import { isIP } from 'node:net';
import { ForetokenError } from '../../base/errors.js';
import { engineSeed, MOST_SEED } from '../../base/sampling-options.js';

/** The environment variable of a flag: `--ctx-size` is `FORETOKEN_CTX_SIZE`. */
export const environmentName = (flag: string): string =>
  `FORETOKEN_${flag
    .replace(/^--(no-)?/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;

/** How the user wrote a value: by flag, or by environment. */
function sourceOf(flag: string, value: string): string {
  const name = environmentName(flag);
  return process.env[name] === value && !process.argv.includes(value) ? name : flag;
}

export function refuse(flag: string, value: string, allowed: string): never {
  throw new ForetokenError(
    'invalid_option',
    `${sourceOf(flag, value)} must be ${allowed}; got ${JSON.stringify(value)}.`,
    { param: flag.replace(/^--/, '') },
  );
}

interface Range {
  readonly min: number;
  readonly max: number;
  /** What a special value means, for the message: "0 for all cores". */
  readonly note?: string;
}

export const wholeNumber =
  (flag: string, { min, max, note }: Range) =>
  (value: string): number => {
    const number = Number(value);
    if (!/^[+-]?\d+$/.test(value.trim()) || number < min || number > max)
      refuse(flag, value, `a whole number from ${min} to ${max}${note === undefined ? '' : ` (${note})`}`);
    return number;
  };

/** A seed of as many bits as in requests, as it reaches the engine; -1 for a new one. */
export const seed =
  (flag: string) =>
  (value: string): number => {
    const text = value.trim();
    if (text === '-1') return -1;
    if (!/^\+?\d{1,30}$/.test(text) || BigInt(text.replace('+', '')) > MOST_SEED)
      refuse(flag, value, 'a whole number from -1 to 2^64 - 1 (-1 for a new one)');
    return engineSeed(BigInt(text.replace('+', '')));
  };

export const decimalNumber =
  (flag: string, { min, max, note }: Range) =>
  (value: string): number => {
    const number = Number(value);
    if (value.trim() === '' || !(number >= min && number <= max))
      refuse(flag, value, `a number from ${min} to ${max}${note === undefined ? '' : ` (${note})`}`);
    return number;
  };

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/** Bytes, with `k`, `m` or `g` behind the number for the binary multiples. */
export const byteCount =
  (flag: string) =>
  (value: string): number => {
    const [, digits, unit] = /^(\d{1,12})([kmg]?)b?$/i.exec(value.trim()) ?? [];
    const bytes = Number(digits) * (UNITS[unit?.toLowerCase() ?? ''] ?? NaN);
    if (!Number.isSafeInteger(bytes) || bytes < 1)
      refuse(flag, value, 'a number of bytes, such as 65536, 512k or 8m');
    return bytes;
  };

export const oneOf =
  <T extends string>(flag: string, choices: readonly T[]) =>
  (value: string): T => {
    const chosen = choices.find((choice) => choice === value);
    return chosen ?? refuse(flag, value, `one of ${choices.join(', ')}`);
  };

export const nonEmpty =
  (flag: string) =>
  (value: string): string =>
    value.trim() === '' ? refuse(flag, value, 'not empty') : value;

/** A flag that may be repeated; its values, and that of its environment variable, may be lists with commas. */
export const listOf =
  (flag: string) =>
  (value: string, previous: readonly string[] = []): readonly string[] => {
    const items = value.split(',').map((item) => item.trim());
    if (items.includes('')) refuse(flag, value, 'one value, or several with commas between them');
    return [...previous, ...items];
  };

/** Names of hosts, without scheme, port or path: `llm.example`, `*.example`, an address, or `*`. */
export const hostNames =
  (flag: string) =>
  (value: string, previous: readonly string[] = []): readonly string[] => {
    const names = listOf(flag)(value).map((name) => name.replace(/^\[(.*)\]$/, '$1'));
    for (const name of names)
      if (name !== '*' && isIP(name) === 0 && !/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name))
        refuse(flag, name, 'a name or address without scheme and port, such as llm.example, *.example or *');
    return [...previous, ...names];
  };

/** Origins as browsers send them, `https://app.example`; `*` and `null` are taken, too. */
export const originNames =
  (flag: string) =>
  (value: string, previous: readonly string[] = []): readonly string[] => {
    const origins = listOf(flag)(value).map((origin) => origin.replace(/\/$/, '').toLowerCase());
    for (const origin of origins)
      if (origin !== '*' && origin !== 'null' && !/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+$/.test(origin))
        refuse(flag, origin, 'an origin, such as https://app.example or http://localhost:3000, or *');
    return [...previous, ...origins];
  };

/** A flag that may be repeated and whose value is taken as it is. */
export const repeated =
  (flag: string) =>
  (value: string, previous: readonly string[] = []): readonly string[] => [
    ...previous,
    value === '' ? refuse(flag, value, 'not empty') : value,
  ];

/** The environment's yes or no for a flag without a value. */
export function booleanText(flag: string, value: string): boolean {
  const text = value.trim().toLowerCase();
  if (['1', 'true', 'yes', 'on'].includes(text)) return true;
  if (['0', 'false', 'no', 'off'].includes(text)) return false;
  return refuse(flag, value, 'true or false');
}

/** Layers of a network: `2,6,8` or `0-3`. */
export const layerList =
  (flag: string) =>
  (value: string): readonly number[] => {
    const layers = value.split(',').flatMap((part) => {
      const [, first, last = first] = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part) ?? [];
      if (first === undefined || Number(last) < Number(first))
        return refuse(flag, value, 'numbers of layers, such as 2,6,8 or 0-3');
      return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
    });
    return layers;
  };
