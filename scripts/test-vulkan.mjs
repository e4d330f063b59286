/**
 * Tests on Vulkan without a GPU: llama.cpp's Vulkan build from npm, in a folder of its own that git ignores, and
 * Mesa's software driver from apt where the machine allows that. Fails where it cannot test, so that CI cannot pass
 * without; a machine with a GPU and its driver uses those.
 *
 *   node scripts/test-vulkan.mjs
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const PACKAGE = '@node-llama-cpp/linux-x64-vulkan';
const VERSION = '3.22.1';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const folder = path.join(root, 'work', 'vulkan');

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error('*** SKIPPED: test-vulkan.mjs prepares Linux on x64 only. ***');
  process.exit(0);
}

/** Runs a command with its output shown; ends this process when it fails and must not. */
function run(command, args, { mayFail = false, ...options } = {}) {
  console.error(`test-vulkan: ${command} ${args.join(' ')}`);
  const { status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...options });
  if (status !== 0 && !mayFail) process.exit(status ?? 1);
  return status === 0;
}

/** Of the Vulkan driver that would be used; undefined where there is none. */
function devices() {
  const { stdout, status } = spawnSync('vulkaninfo', ['--summary'], { encoding: 'utf8' });
  return status === 0 ? [...stdout.matchAll(/deviceType\s*=\s*(\S+)/g)].map((match) => match[1]) : undefined;
}

if (!existsSync(path.join(folder, 'node_modules', PACKAGE, 'package.json'))) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{ "private": true }\n');
  run(
    'npm',
    ['install', '--no-audit', '--no-fund', '--loglevel=error', '--no-save', `${PACKAGE}@${VERSION}`],
    {
      cwd: folder,
    },
  );
}
if ((devices() ?? []).length === 0) {
  const sudo = process.getuid() === 0 ? [] : ['sudo', '-n'];
  const apt = (...args) => {
    const [command, ...rest] = [...sudo, 'apt-get', '-q', ...args];
    return run(command, rest, { mayFail: true, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } });
  };
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'mesa-vulkan-drivers', 'libvulkan1', 'vulkan-tools');
}
const found = devices();
if (found === undefined || found.length === 0) {
  console.error(
    "test-vulkan: there is no Vulkan driver, and apt-get could not install Mesa's (mesa-vulkan-drivers).",
  );
  process.exit(1);
}
// The library passes over software devices unless one is named by number.
const softwareOnly = found.every((type) => type === 'PHYSICAL_DEVICE_TYPE_CPU');
run(process.execPath, ['scripts/bootstrap.mjs'], { cwd: root });
run(process.execPath, ['--test', '--test-reporter=spec', 'dist/cli/vulkan.test.js'], {
  cwd: root,
  env: {
    ...process.env,
    NODE_PATH: path.join(folder, 'node_modules'),
    FORETOKEN_REQUIRE_VULKAN: '1',
    ...(softwareOnly && { GGML_VK_VISIBLE_DEVICES: '0' }),
  },
});
