/** `foretoken profile tfjs`: what it says without TensorFlow.js, and real rows in a real one. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readNetwork } from '../abacus/graph/read.js';
import { run } from './test-command.js';

const TFJS = '@tensorflow/tfjs@4.22.0';
const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-profile-tfjs-'));
const network = fileURLToPath(new URL('../../data/cost/networks/keras/LeNet5-32.json', import.meta.url));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** Installs TensorFlow.js where npm reaches its registry. */
function installed(): string | undefined {
  const project = path.join(folder, 'project');
  mkdirSync(project);
  writeFileSync(path.join(project, 'package.json'), '{ "private": true }');
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--fetch-retries=0', '--fetch-timeout=20000'];
  const { status } = spawnSync('npm', ['install', ...flags, TFJS], { cwd: project, timeout: 120_000 });
  if (status === 0) return project;
  process.stderr.write(
    `\n*** NOT TESTED: npm cannot install ${TFJS} here, so nothing is measured with it.\n`,
  );
  return undefined;
}

describe('foretoken profile tfjs', () => {
  it('says how to install TensorFlow.js where it is missing', async () => {
    const out = path.join(folder, 'none.csv');
    const { code, err } = await run(['profile', 'tfjs', network, '--from', folder, '--out', out]);
    assert.equal(code, 1);
    assert.match(err, /npm install @tensorflow\/tfjs.*--from/);
    assert.ok(!existsSync(out));
  });

  const project = installed();
  it(
    'writes a row for each configuration, and goes on where the file ends',
    { skip: project === undefined },
    async () => {
      const out = path.join(folder, 'profile.csv');
      const measure = async (batches: string): Promise<string[][]> => {
        const { code, err } = await run([
          ...['profile', 'tfjs', network, '--from', project!, '--out', out],
          ...['--batches', batches, '--steps', '3', '--optimizers', 'adam'],
        ]);
        assert.equal(code, 0, err);
        const lines = readFileSync(out, 'utf8').trim().split('\n');
        return lines.map((line) => line.split(','));
      };
      const [header = [], ...rows] = await measure('2');
      const cell = (row: readonly string[], name: string): string => row[header.indexOf(name)]!;
      assert.deepEqual(rows.map((row) => cell(row, 'phase')).sort(), ['inference', 'train']);
      const { parameters } = readNetwork(network);
      for (const row of rows) {
        assert.equal(row.length, header.length);
        assert.equal(cell(row, 'outcome'), 'ok');
        assert.equal(cell(row, 'runs'), '3');
        assert.equal(cell(row, 'image_size'), '32');
        assert.ok(Number(cell(row, 'time_ms_median')) > 0);
        // Adam keeps two numbers for each trained one.
        const kept = cell(row, 'phase') === 'train' ? 3 : 1;
        const allocated = Number(cell(row, 'allocated_bytes'));
        assert.ok(allocated >= 4 * kept * parameters, `${allocated} bytes`);
        assert.ok(allocated < 4 * kept * parameters + 200_000, `${allocated} bytes`);
        assert.ok(Number(cell(row, 'peak_bytes')) >= allocated);
      }
      const more = await measure('2,3');
      assert.deepEqual(more.slice(0, 3), [header, ...rows]);
      assert.equal(more.length, 5);
    },
  );

  it(
    'refuses what is no layers model, and settings that do not exist',
    { skip: project === undefined },
    async () => {
      const onnx = fileURLToPath(
        new URL('../../data/cost/networks/torchvision/alexnet.onnx', import.meta.url),
      );
      for (const [args, words] of [
        [[onnx], /no layers model/],
        [[network, '--optimizers', 'adamw'], /must be of sgd, .*got adamw/],
        [[network, '--batches', '0'], /--batches must be whole numbers from 1/],
      ] as const) {
        const out = path.join(folder, 'wrong.csv');
        const { code, err } = await run(['profile', 'tfjs', ...args, '--from', project!, '--out', out]);
        assert.notEqual(code, 0);
        assert.match(err, words);
      }
    },
  );
});
