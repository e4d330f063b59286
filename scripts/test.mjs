/**
 * `npm test`: format, lint, then every compiled test with Node's own runner, whose summary closes the run.
 * `npm test -- engine server` runs only test files whose path contains one of the words, without lint.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { groupTests } from './lib/test-groups.mjs';
import { runGroups } from './lib/test-run.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const words = process.argv.slice(2);
process.chdir(root);

// What tests keep is not left in the user's folders.
const cache = mkdtempSync(path.join(os.tmpdir(), 'foretoken-test-cache-'));
process.on('exit', () => {
  rmSync(cache, { recursive: true, force: true });
});
process.env.FORETOKEN_CACHE_DIR = cache;

function check(...args) {
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (status !== 0) process.exit(status ?? 1);
}

if (words.length === 0) {
  check('node_modules/prettier/bin/prettier.cjs', '--check', '--log-level', 'warn', '.');
  check('node_modules/eslint/bin/eslint.js', '.', '--max-warnings', '0');
}

const files = readdirSync('dist', { recursive: true })
  .filter((file) => file.endsWith('.test.js'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .map((file) => path.join('dist', file))
  .sort();
if (files.length === 0) {
  console.error(`No test file matches ${words.join(' ')}.`);
  process.exit(1);
}
const { light, heavy } = groupTests(root, files);
const passed = await runGroups([
  { files: light, concurrency: os.availableParallelism() },
  // One file at a time: the native library's threads wait for each other by spinning, so two models that share
  // the cores are slower by orders of magnitude, not by half.
  { files: heavy, concurrency: 1 },
]);
process.exitCode = passed ? 0 : 1;
