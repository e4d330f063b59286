/**
 * How long one prediction takes, from file to answer: node bench/predictor-speed.mjs [file] (default: ResNet-152).
 * From the command line (a process each, wall clock) and in a program that runs on (the file is read anew each time). Inference and
 * a training step. Needs a build, and a machine without other work.
 */
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describeMachine, machineLine, root } from './lib/machine.mjs';
import { figure, summarize } from './lib/statistics.mjs';

const file = process.argv[2] ?? `${root}/data/cost/networks/torchvision/resnet152.onnx`;
const DEVICE = 'a100';
const BATCH = 32;
const COLD_RUNS = 11;
const WARM_UP = 40;
const WARM_RUNS = 60;

function report(name, times, goal) {
  const { count, median, p10, p90 } = summarize(times);
  console.log(`| ${name} | ${count} | ${figure(median)} | ${figure(p10)} to ${figure(p90)} | ${goal} |`);
}

console.log(`${machineLine(describeMachine())}; ${path.basename(file)}, batch ${BATCH}, ${DEVICE}\n`);
console.log('| | runs | median ms | 10 to 90 % | goal |\n|---|---|---|---|---|');

const timed = (command) => {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, command);
  if (status !== 0) throw new Error(String(stderr));
  return performance.now() - started;
};
const bare = Array.from({ length: COLD_RUNS }, () => timed(['-e', '0']));
report('Node alone, started and ended', bare, '');
for (const phase of ['inference', 'train']) {
  const args = ['predict', file, '--device', DEVICE, '--batch', String(BATCH), '--phase', phase];
  const command = [`${root}/dist/cli/main.js`, ...args, '--json'];
  timed(command);
  report(
    `command line, ${phase}`,
    Array.from({ length: COLD_RUNS }, () => timed(command)),
    '300',
  );
}

const { CostModel } = await import(`${root}/dist/abacus/index.js`);
const model = CostModel.load();
for (const phase of ['inference', 'train']) {
  const times = Array.from({ length: WARM_UP + WARM_RUNS }, () => {
    const started = performance.now();
    model.predict({ network: file, device: DEVICE, batch: BATCH, phase });
    return performance.now() - started;
  });
  report(`warm, ${phase}`, times.slice(WARM_UP), '50');
}
