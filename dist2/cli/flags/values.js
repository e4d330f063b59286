/**
 * Values of flags: text in, checked value out. What is wrong is said with the place it came from (the flag or
 * its environment variable) and what is allowed.
 */
import { isIP } from 'node:net';
import { ForetokenError } from '../../base/errors.js';
/** The environment variable of a flag: `--ctx-size` is `FORETOKEN_CTX_SIZE`. */
export const environmentName = (flag) => `FORETOKEN_${flag
    .replace(/^--(no-)?/, '')
    .replaceAll('-', '_')
    .toUpperCase()}`;
/** How the user wrote a value: by flag, or by environment. */
function sourceOf(flag, value) {
    const name = environmentName(flag);
    return process.env[name] === value && !process.argv.includes(value) ? name : flag;
}
export function refuse(flag, value, allowed) {
    throw new ForetokenError('invalid_option', `${sourceOf(flag, value)} must be ${allowed}; got ${JSON.stringify(value)}.`, { param: flag.replace(/^--/, '') });
}
export const wholeNumber = (flag, { min, max, note }) => (value) => {
    const number = Number(value);
    if (!/^[+-]?\d+$/.test(value.trim()) || number < min || number > max)
        refuse(flag, value, `a whole number from ${min} to ${max}${note === undefined ? '' : ` (${note})`}`);
    return number;
};
export const decimalNumber = (flag, { min, max, note }) => (value) => {
    const number = Number(value);
    if (value.trim() === '' || !(number >= min && number <= max))
        refuse(flag, value, `a number from ${min} to ${max}${note === undefined ? '' : ` (${note})`}`);
    return number;
};
const UNITS = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };
/** Bytes, with `k`, `m` or `g` behind the number for the binary multiples. */
export const byteCount = (flag) => (value) => {
    const [, digits, unit] = /^(\d{1,12})([kmg]?)b?$/i.exec(value.trim()) ?? [];
    const bytes = Number(digits) * (UNITS[unit?.toLowerCase() ?? ''] ?? NaN);
    if (!Number.isSafeInteger(bytes) || bytes < 1)
        refuse(flag, value, 'a number of bytes, such as 65536, 512k or 8m');
    return bytes;
};
export const oneOf = (flag, choices) => (value) => {
    const chosen = choices.find((choice) => choice === value);
    return chosen ?? refuse(flag, value, `one of ${choices.join(', ')}`);
};
export const nonEmpty = (flag) => (value) => value.trim() === '' ? refuse(flag, value, 'not empty') : value;
/** A flag that may be repeated; its values, and that of its environment variable, may be lists with commas. */
export const listOf = (flag) => (value, previous = []) => {
    const items = value.split(',').map((item) => item.trim());
    if (items.includes(''))
        refuse(flag, value, 'one value, or several with commas between them');
    return [...previous, ...items];
};
/** Names of hosts, without scheme, port or path: `llm.example`, `*.example`, an address, or `*`. */
export const hostNames = (flag) => (value, previous = []) => {
    const names = listOf(flag)(value).map((name) => name.replace(/^\[(.*)\]$/, '$1'));
    for (const name of names)
        if (name !== '*' && isIP(name) === 0 && !/^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*\.?$/i.test(name))
            refuse(flag, name, 'a name or address without scheme and port, such as llm.example, *.example or *');
    return [...previous, ...names];
};
/** Origins as browsers send them, `https://app.example`; `*` and `null` are taken, too. */
export const originNames = (flag) => (value, previous = []) => {
    const origins = listOf(flag)(value).map((origin) => origin.replace(/\/$/, '').toLowerCase());
    for (const origin of origins)
        if (origin !== '*' && origin !== 'null' && !/^[a-z][a-z0-9+.-]*:\/\/[^\s/?#]+$/.test(origin))
            refuse(flag, origin, 'an origin, such as https://app.example or http://localhost:3000, or *');
    return [...previous, ...origins];
};
/** A flag that may be repeated and whose value is taken as it is. */
export const repeated = (flag) => (value, previous = []) => [
    ...previous,
    value === '' ? refuse(flag, value, 'not empty') : value,
];
/** The environment's yes or no for a flag without a value. */
export function booleanText(flag, value) {
    const text = value.trim().toLowerCase();
    if (['1', 'true', 'yes', 'on'].includes(text))
        return true;
    if (['0', 'false', 'no', 'off'].includes(text))
        return false;
    return refuse(flag, value, 'true or false');
}
/** Layers of a network: `2,6,8` or `0-3`. */
export const layerList = (flag) => (value) => {
    const layers = value.split(',').flatMap((part) => {
        const [, first, last = first] = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part) ?? [];
        if (first === undefined || Number(last) < Number(first))
            return refuse(flag, value, 'numbers of layers, such as 2,6,8 or 0-3');
        return Array.from({ length: Number(last) - Number(first) + 1 }, (_, index) => Number(first) + index);
    });
    return layers;
};
//# sourceMappingURL=values.js.map