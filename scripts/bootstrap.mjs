/**
 * Brings a checkout to a state in which `dist/` can run: dependencies as locked, sources compiled.
 * Does nothing that is not needed, so that `npm start` is quick the second time.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Foretoken needs Node.js 20.19 or newer; this is ${process.version}. Install one from your package manager.`,
  );
  process.exit(1);
}

function modifiedMs(file) {
  return existsSync(file) ? statSync(file).mtimeMs : 0;
}

/** Newest modification time of any file below a folder. */
function newestMs(folder) {
  let newest = 0;
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile())
      newest = Math.max(newest, modifiedMs(path.join(entry.parentPath ?? entry.path, entry.name)));
  }
  return newest;
}

function run(what, file, args, options = {}) {
  console.error(`foretoken: ${what} ...`);
  execFileSync(file, args, { cwd: root, stdio: ['ignore', 2, 2], ...options });
}

const lock = path.join(root, 'package-lock.json');
const installed = path.join(root, 'node_modules', '.package-lock.json');
if (
  modifiedMs(installed) < modifiedMs(lock) ||
  modifiedMs(installed) < modifiedMs(path.join(root, 'package.json'))
) {
  const npm = process.env.npm_execpath;
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  if (npm) run('installing dependencies', process.execPath, [npm, ...args]);
  else run('installing dependencies', 'npm', args, { shell: process.platform === 'win32' });
}

const stamp = path.join(root, 'dist', '.tsbuildinfo');
const sources = Math.max(newestMs(path.join(root, 'src')), modifiedMs(path.join(root, 'tsconfig.json')));
if (modifiedMs(stamp) < sources) {
  // A source that is gone must not live on as a compiled file (its test would still run).
  if (existsSync(stamp)) removeOrphans(path.join(root, 'dist'));
  const tsc = path.join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  run('building', process.execPath, [tsc, '--project', 'tsconfig.json']);
}

function removeOrphans(dist) {
  for (const entry of readdirSync(dist, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile() || !/\.(d\.ts|js|js\.map)$/.test(entry.name)) continue;
    const compiled = path.join(entry.parentPath ?? entry.path, entry.name);
    const source = path
      .join(root, 'src', path.relative(dist, compiled))
      .replace(/(\.d\.ts|\.js\.map|\.js)$/, '.ts');
    if (!existsSync(source)) rmSync(compiled);
  }
}
