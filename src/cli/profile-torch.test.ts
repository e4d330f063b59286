/** `foretoken profile torch`: what it says without Python or PyTorch, and real rows where there is a PyTorch. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { run } from './test-command.js';

const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-profile-torch-'));
after(() => {
  rmSync(folder, { recursive: true });
});
/** Set it to the Python whose PyTorch the tests shall use. */
const python = process.env['FORETOKEN_PYTHON'] ?? 'python3';
const answersTo = (code: string): boolean => spawnSync(python, ['-c', code]).status === 0;
const hasTorch = answersTo('import torch, torchvision');
if (!hasTorch)
  console.error(`SKIPPED: ${python} has no torch and torchvision, so nothing is measured with them.`);

describe('foretoken profile torch', () => {
  it('names the option where Python is missing', async () => {
    const { code, err } = await run(['profile', 'torch', '--python', path.join(folder, 'nothing')]);
    assert.notEqual(code, 0);
    assert.match(err, /Cannot start .*nothing.*--python/s);
  });

  it(
    'says how to install PyTorch where it is missing',
    { skip: hasTorch || !answersTo('pass') },
    async () => {
      const { code, err } = await run([
        'profile',
        'torch',
        '--python',
        python,
        '--out',
        path.join(folder, 'none.csv'),
      ]);
      assert.notEqual(code, 0);
      assert.match(err, /pip install torch torchvision/);
      assert.ok(!existsSync(path.join(folder, 'none.csv')));
    },
  );

  it(
    'writes a row for each configuration, and goes on where the file ends',
    { skip: !hasTorch },
    async () => {
      const out = path.join(folder, 'profile.csv');
      const measure = async (batches: string): Promise<string[][]> => {
        const settings = {
          networks: 'squeezenet1_1',
          images: '64',
          optimizers: 'adam',
          steps: '2',
          threads: '1',
        };
        const flags = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]);
        const args = [
          'profile',
          'torch',
          '--python',
          python,
          '--out',
          out,
          '--device',
          'cpu',
          '--batches',
          batches,
        ];
        const { code, err } = await run([...args, ...flags]);
        assert.equal(code, 0, err);
        return readFileSync(out, 'utf8')
          .trim()
          .split(/\r?\n/)
          .map((line) => line.split(','));
      };
      const [header = [], ...rows] = await measure('1');
      const cell = (row: readonly string[], name: string): string => row[header.indexOf(name)]!;
      assert.deepEqual(rows.map((row) => cell(row, 'phase')).sort(), ['inference', 'train']);
      for (const row of rows) {
        assert.ok(Number(cell(row, 'time_ms_median')) > 0);
        assert.equal(cell(row, 'outcome'), 'ok');
      }
      const more = await measure('1,2');
      assert.deepEqual(more.slice(0, 3), [header, ...rows]);
      assert.equal(more.length, 5);
    },
  );

  it('measures the rows of a plan in their order, and says on what', { skip: !hasTorch }, async () => {
    const [plan, out, about] = ['plan.csv', 'planned.csv', 'about.json'].map((name) =>
      path.join(folder, name),
    );
    const rows = ['inference,none,2,64,0', 'train,momentum,1,64,0', 'inference,none,2,64,1'];
    writeFileSync(
      plan!,
      `network,precision,phase,optimizer,batch,image_size,repeat\n${rows.map((row) => `squeezenet1_1,float32,${row}\n`).join('')}`,
    );
    const { code, err } = await run(
      ['profile', 'torch', '--python', python, '--device', 'cpu', '--measure', 'time', '--steps', '2'].concat(
        ['--plan', plan!, '--out', out!, '--describe', about!],
      ),
    );
    assert.equal(code, 0, err);
    const lines = readFileSync(out!, 'utf8').trim().split(/\r?\n/).slice(1);
    assert.deepEqual(
      lines.map((line) => line.split(',').slice(3, 8).join(',')),
      rows,
    );
    const { software } = JSON.parse(readFileSync(about!, 'utf8')) as { software: Record<string, string> };
    assert.match(software['torch']!, /^\d/);
  });

  it('says what a file lacks that is no plan', { skip: !hasTorch }, async () => {
    const plan = path.join(folder, 'no-plan.csv');
    writeFileSync(plan, 'network,batch\nsqueezenet1_1,1\n');
    const { code } = await run([
      'profile',
      'torch',
      '--python',
      python,
      '--plan',
      plan,
      '--out',
      `${plan}.out`,
    ]);
    assert.notEqual(code, 0);
    assert.ok(!existsSync(`${plan}.out`));
  });
});
