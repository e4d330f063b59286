/**
 * Builds `llama-server` 0.5.0 outside the repository, from the source bundle inside the `node-llama-cpp` package
 * of this folder, linked over the prebuilt shared libraries in the product's node_modules. Needs git, cmake, make
 * and a C++17 compiler; Linux only (elsewhere give `peers.mjs` any binary with --llama-server).
 *
 *   npm --prefix bench install
 *   node bench/build-llama-server.mjs --out ~/llama-server
 */
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/machine.mjs';
import { fail, readOptions } from './lib/options.mjs';

const options = readOptions('Builds llama-server 0.5.0 from the bundled release source.', {
  out: { type: 'string', help: 'folder for source, build and the executable (outside the repository)' },
  jobs: { type: 'number', default: 1, help: 'compilers at a time' },
});
if (!options.out) fail('--out FOLDER is needed.');
const out = path.resolve(options.out);
if (!path.relative(root, out).startsWith('..')) fail(`--out must lie outside the repository, not at ${out}.`);
if (process.platform !== 'linux') fail('This recipe is for Linux; give --llama-server a binary of your own.');

const platform = `linux-${process.arch}`;
const prebuilt = path.join(root, 'node_modules', '@node-llama-cpp', platform, 'bins', platform);
const bundle = path.join(root, 'bench/node_modules/node-llama-cpp/llama/gitRelease.bundle');
if (!existsSync(prebuilt)) fail(`No prebuilt libraries at ${prebuilt}: run npm ci in the repository.`);
if (!existsSync(bundle)) fail('No source bundle: run npm --prefix bench install first.');

/** @param {string} command @param {string[]} args */
const run = (command, args) => execFileSync(command, args, { stdio: ['ignore', 2, 2] });

mkdirSync(out, { recursive: true });
const source = path.join(out, 'source');
const build = path.join(out, 'build');
const bin = path.join(build, 'bin');
if (!existsSync(source)) run('git', ['clone', '--quiet', bundle, source]);
copyFileSync(path.join(root, 'bench/llama-server/CMakeLists.txt'), path.join(source, 'CMakeLists.txt'));
run('cmake', ['-S', source, '-B', build, `-DPREBUILT=${prebuilt}`]);
run('cmake', ['--build', build, '--target', 'llama-server', '--parallel', String(options.jobs)]);
// The library looks for its processor variants beside the executable.
for (const file of readdirSync(prebuilt).filter((name) => name.endsWith('.so'))) {
  rmSync(path.join(bin, file), { force: true });
  symlinkSync(path.join(prebuilt, file), path.join(bin, file));
}
run(path.join(bin, 'llama-server'), ['--version']);
console.log(path.join(bin, 'llama-server'));
