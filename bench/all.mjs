/**
 * Every benchmark of docs/benchmarks-method.md in one go, one after the other, so that nothing disturbs anything; about
 * 25 minutes on two cores. Results lie in bench/results/ as JSON and Markdown.
 *
 *   node bench/all.mjs --llama-server ~/llama-server/build/bin/llama-server
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { progress, root } from './lib/machine.mjs';
import { MODEL_OPTIONS } from './lib/models.mjs';
import { readOptions } from './lib/options.mjs';
import { physicalCores } from './lib/threads.mjs';
import { takeTurn } from './lib/turn.mjs';

const options = readOptions('Runs ceiling, speculation, overhead, peers and speculation-peers.', {
  ...MODEL_OPTIONS,
  'llama-server': { type: 'string', help: 'path of a llama-server binary; without one it is left out' },
  only: {
    type: 'words',
    default: ['ceiling', 'speculation', 'overhead', 'peers', 'speculation-peers'],
    help: 'which to run',
  },
  threads: { type: 'number', default: await physicalCores(), help: 'compute threads' },
  quick: {
    type: 'flag',
    help: 'a tenth of the work, to see that everything runs; the figures are worth nothing',
  },
});

const models = ['--model', options.model, '--draft', options.draft];
const prompts = options.prompts ? ['--prompts', options.prompts] : [];
const hasNodeLlamaCpp = existsSync(path.join(root, 'bench', 'node_modules', 'node-llama-cpp'));
const binary = options['llama-server'] ? ['--llama-server', options['llama-server']] : [];
const peers = [
  'foretoken',
  ...(options['llama-server'] ? ['llama-server'] : []),
  // Without compute threads that last from one decode to the next it is several times as fast with one thread as
  // with two on two cores; where there are more cores, measure which number is best for it.
  ...(hasNodeLlamaCpp ? [options.threads === 2 ? 'node-llama-cpp@1' : 'node-llama-cpp'] : []),
];
/** @type {Record<string, { args: string[], quick: string[] }>} */
const tools = {
  ceiling: { args: [...models, ...prompts], quick: ['--per-task', '1', '--runs', '1'] },
  speculation: { args: [...models, ...prompts], quick: ['--blocks', '1', '--runs', '1'] },
  overhead: { args: [...models, ...prompts], quick: ['--starts', '1', '--requests', '2'] },
  peers: {
    args: [...['--model', options.model, ...prompts, '--peers', peers.join(',')], ...binary],
    quick: ['--sessions', '1', '--rounds', '1', '--requests', '2', '--output-tokens', '8'],
  },
  'speculation-peers': { args: [...models, ...prompts, ...binary], quick: ['--quick'] },
};

await takeTurn();
const load = os.loadavg()[0];
if (load > 0.3)
  progress(`The machine is busy (load ${load.toFixed(2)}): wait until it is quiet, or distrust the figures.`);
const started = performance.now();
let failed = false;
for (const name of options.only) {
  if (name === 'speculation-peers' && peers.length === 1) {
    progress(`${name}: left out, as no peer is there.`);
    continue;
  }
  const tool = tools[name];
  if (tool === undefined) {
    progress(`No benchmark "${name}"; there are ${Object.keys(tools).join(', ')}.`);
    process.exit(2);
  }
  const script = path.join(root, 'bench', `${name}.mjs`);
  const args = [
    script,
    '--threads',
    String(options.threads),
    ...tool.args,
    ...(options.quick ? tool.quick : []),
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  const stop = () => child.kill('SIGTERM');
  process.once('SIGTERM', stop).once('SIGINT', stop);
  const [status, signal] = await once(child, 'exit');
  process.off('SIGTERM', stop).off('SIGINT', stop);
  if (status !== 0) failed = true;
  progress(
    `${name}: ${status === 0 ? 'done' : `failed (${signal ?? status})`}, ${minutes()} minutes since the start`,
  );
}
process.exit(failed ? 1 : 0);

function minutes() {
  return ((performance.now() - started) / 60_000).toFixed(1);
}
