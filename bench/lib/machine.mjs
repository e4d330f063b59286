/** What a figure was measured on, what may have disturbed it, and where results are written. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root of the checkout. */
export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..', '..');
export const resultsFolder = path.join(root, 'bench', 'results');

const WANTED_FLAGS = ['avx2', 'avx512f', 'avx512_vnni', 'avx_vnni', 'amx_int8'];

/** Machine, versions and load at this moment. */
export function describeMachine() {
  const flags = existsSync('/proc/cpuinfo') ? readFileSync('/proc/cpuinfo', 'utf8') : '';
  return {
    date: new Date().toISOString(),
    processor: os.cpus()[0]?.model ?? 'unknown',
    cores: os.cpus().length,
    features: WANTED_FLAGS.filter((flag) => new RegExp(`\\b${flag}\\b`).test(flags)),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    system: `${os.type()} ${os.release()}`,
    node: process.version,
    commit: commit(),
    loadAverage: os.loadavg()[0],
  };
}

function commit() {
  try {
    const git = (/** @type {string[]} */ args) =>
      execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return (
      git(['rev-parse', '--short', 'HEAD']) + (git(['status', '--porcelain', 'src']) === '' ? '' : '+changes')
    );
  } catch {
    return 'unknown';
  }
}

/** @param {ReturnType<typeof describeMachine>} machine */
export function machineLine(machine) {
  return (
    `${machine.processor}, ${machine.cores} cores (${machine.features.join(', ') || 'no listed features'}), ` +
    `${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}, commit ${machine.commit}, ` +
    `${machine.date.slice(0, 16).replace('T', ' ')} UTC, load before ${machine.loadAverage.toFixed(2)}`
  );
}

/**
 * Writes `bench/results/NAME.json` and `NAME.md`, and shows the Markdown.
 * @param {string} name
 * @param {unknown} raw
 * @param {string} markdown
 */
export function writeResults(name, raw, markdown) {
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(path.join(resultsFolder, `${name}.json`), JSON.stringify(raw, withoutFolders) + '\n');
  writeFileSync(path.join(resultsFolder, `${name}.md`), markdown.trimEnd() + '\n');
  console.log(`\n${markdown.trimEnd()}\n`);
  console.error(`Written: bench/results/${name}.json and ${name}.md`);
}

/** Results say which files, not where somebody keeps them. @param {string} _key @param {unknown} value */
function withoutFolders(_key, value) {
  if (typeof value !== 'string' || !path.isAbsolute(value) || value.includes('\n')) return value;
  const inside = path.relative(root, value);
  return inside.startsWith('..') ? path.basename(value) : inside;
}

/** @param {string} name @returns {any} the raw results of an earlier tool, or undefined */
export function readResults(name) {
  const file = path.join(resultsFolder, `${name}.json`);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** A progress line on stderr; results alone go to stdout. @param {string} text */
export const progress = (text) => console.error(text);
