/**
 * `npm run test:clients`: Python clients against a real server, with nothing but its address and a key. Each suite of
 * scripts/clients/ says which version it ran; the packages are those of scripts/clients/requirements.txt, installed by
 * pip into work/clients/ (not in git). Where pip cannot do that, nothing is tested, and a loud line says so.
 *
 * `npm run test:clients -- openai llm` runs only the suites that are named.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { bundledTarget } from '../dist/base/bundled.js';
import { root, startServer } from './lib/serving.mjs';

const suites = path.join(root, 'scripts', 'clients');
const requirements = path.join(suites, 'requirements.txt');
const folder = path.join(root, 'work', 'clients');
const installed = path.join(folder, 'installed.sha256');
const KEY = 'sesame';
const MODEL_ID = 'local';
/** Nothing hangs for ever: pip, and one suite. */
const [PIP_MS, SUITE_MS] = [15 * 60_000, 5 * 60_000];

const words = process.argv.slice(2);
const names = readdirSync(suites)
  .map((file) => /^client_(\w+)\.py$/.exec(file)?.[1])
  .filter((name) => name !== undefined && (words.length === 0 || words.includes(name)));
if (names.length === 0) {
  console.error(`test:clients: no suite is named ${words.join(' or ')}.`);
  process.exit(1);
}

/** @returns the last lines of what went wrong; undefined when nothing did */
function run(program, args) {
  const { status, error, stderr } = spawnSync(program, args, {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: PIP_MS,
  });
  if (error === undefined && status === 0) return undefined;
  return error?.message ?? stderr.trim().split('\n').slice(-3).join(' ');
}

/** @returns how Python is started with the packages, or why it cannot be */
function install() {
  const venv = path.join(folder, 'venv');
  const target = path.join(folder, 'target');
  const sum = createHash('sha256').update(readFileSync(requirements)).digest('hex');
  const inVenv = { program: path.join(venv, 'bin', 'python'), env: {} };
  const inTarget = { program: 'python3', env: { PYTHONPATH: target } };
  const chosen = () => (existsSync(inVenv.program) ? inVenv : inTarget);
  if (existsSync(installed) && readFileSync(installed, 'utf8') === sum) return { python: chosen() };
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  console.log('test:clients: installing the clients, about 650 MB ...');
  // Debian splits the part off that environments need; packages can lie in a folder of their own as well.
  if (run('python3', ['-m', 'venv', venv]) !== undefined) rmSync(venv, { recursive: true, force: true });
  const { program } = chosen();
  const place = program === 'python3' ? ['--target', target] : [];
  // The list names everything: there is nothing to be resolved.
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps'];
  const reason = run(program, [...pip, ...place, '--requirement', requirements]);
  if (reason !== undefined) return { reason };
  writeFileSync(installed, sum);
  return { python: chosen() };
}

/** One suite's own lines go through as they come. @returns whether it went well */
function runSuite({ program, env }, name, url) {
  return new Promise((resolve) => {
    const child = spawn(program, [path.join(suites, `client_${name}.py`)], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: {
        ...process.env,
        ...env,
        FORETOKEN_URL: url,
        FORETOKEN_KEY: KEY,
        FORETOKEN_MODEL_ID: MODEL_ID,
        PYTHONDONTWRITEBYTECODE: '1',
        // The network is not there in tests: the list of prices and the traces stay where they are.
        LITELLM_LOCAL_MODEL_COST_MAP: 'True',
        LANGSMITH_TRACING: 'false',
      },
    });
    const timer = setTimeout(() => {
      console.log(`FAILED  ${name}: not done after ${SUITE_MS / 60_000} minutes`);
      child.kill('SIGKILL');
    }, SUITE_MS);
    child.once('error', (error) => {
      console.log(`FAILED  ${name}: ${error.message}`);
      clearTimeout(timer);
      resolve(false);
    });
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code === 0);
    });
  });
}

const { python, reason } = install();
if (python === undefined) {
  console.error(`\n*** NOT TESTED: the Python clients, which pip could not install: ${reason}`);
  process.exit(0);
}
const real = path.join(root, 'models', 'real', 'smollm2-135m-instruct-q8_0.gguf');
const model = existsSync(real) ? real : bundledTarget();
if (model !== real)
  console.error(
    '\n*** NOT TESTED with SmolLM2, which is absent (npm run models:real); the bundled model serves.',
  );
const server = await startServer([
  ...['--model', model, '--alias', MODEL_ID, '--api-key', KEY, '--parallel', '2', '--threads', '1'],
  // What is asked without a temperature is answered the same each time.
  ...['--temp', '0'],
]);
let failed = 0;
try {
  for (const name of names) if (!(await runSuite(python, name, server.url.origin))) failed += 1;
} finally {
  if (server.alive()) await server.stop();
  else {
    failed += 1;
    console.log(`FAILED  the server has ended: ${server.log()}`);
  }
}
console.log(`${names.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
