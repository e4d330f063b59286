/**
 * Command lines of the benchmarks: `node:util` parseArgs, strict, so that a typo is an error and never a wrong
 * benchmark. Each tool lists its options once, with the help text beside the default.
 */
import { parseArgs } from 'node:util';

/**
 * @typedef {{ type: 'string' | 'number' | 'numbers' | 'words' | 'flag', default?: unknown, help: string }} OptionSpec
 */

/**
 * @param {string} usage one line that says what the tool does
 * @param {Record<string, OptionSpec>} specs
 * @param {string[]} [args]
 * @returns {Record<string, any>} values by option name, defaults filled in
 */
export function readOptions(usage, specs, args = process.argv.slice(2)) {
  /** @type {Record<string, { type: 'string' | 'boolean' }>} */
  const options = { help: { type: 'boolean' } };
  for (const [name, spec] of Object.entries(specs)) {
    options[name] = { type: spec.type === 'flag' ? 'boolean' : 'string' };
  }
  let values;
  try {
    ({ values } = parseArgs({ args, options, strict: true, allowPositionals: false }));
  } catch (error) {
    fail(
      `${/** @type {Error} */ (error).message}\nKnown options: ${Object.keys(options)
        .map((name) => `--${name}`)
        .join(' ')}`,
    );
  }
  if (values.help) {
    console.log(help(usage, specs));
    process.exit(0);
  }
  /** @type {Record<string, any>} */
  const read = {};
  for (const [name, spec] of Object.entries(specs)) {
    read[name] = values[name] === undefined ? spec.default : convert(name, spec.type, values[name]);
  }
  return read;
}

/** @param {string} name @param {OptionSpec['type']} type @param {any} text */
function convert(name, type, text) {
  if (type === 'number') return toNumber(name, text);
  if (type === 'numbers') return text.split(',').map((/** @type {string} */ part) => toNumber(name, part));
  if (type === 'words') return text.split(',').filter(Boolean);
  return text;
}

/** @param {string} name @param {string} text */
function toNumber(name, text) {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    fail(`--${name} wants a number of 0 or more, not "${text}".`);
  }
  return value;
}

/** @param {string} usage @param {Record<string, OptionSpec>} specs */
function help(usage, specs) {
  const lines = [usage, '', 'Options:'];
  for (const [name, spec] of Object.entries(specs)) {
    const shown =
      spec.default === undefined || spec.type === 'flag' ? '' : ` (default ${String(spec.default)})`;
    lines.push(`  --${name.padEnd(18)} ${spec.help}${shown}`);
  }
  return lines.join('\n');
}

/**
 * Ends the tool with a message, for mistakes of the one who called it.
 * @param {string} message
 * @returns {never}
 */
export function fail(message) {
  console.error(message);
  process.exit(2);
}
