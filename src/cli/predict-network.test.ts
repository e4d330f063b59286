/** `foretoken predict` and `foretoken devices` as users run them. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { savedModel, savedModelBytes } from '../abacus/graph/tiny-networks.js';
import { run } from './test-command.js';

const resnet = fileURLToPath(new URL('../../data/cost/networks/torchvision/resnet50.onnx', import.meta.url));

describe('foretoken predict', () => {
  it('describes a prediction', async () => {
    const { code, out, err } = await run([
      ...['predict', resnet, '--device', 'rtx2080ti', '--batch', '32', '--image', '224'],
      ...['--phase', 'train', '--optimizer', 'sgd', '--precision', 'fp32'],
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /^network +resnet50, 25\.6 M parameters/m);
    assert.match(out, /^time +[\d.]+ ms a step \(90 %: [\d.]+ ms to [\d.]+ ms\)/m);
    assert.match(out, /^memory +[\d.]+ GB/m);
    assert.match(out, /^fits +yes, .*largest batch that fits: \d+$/m);
    assert.match(out, /^most time goes into\n( +[\d.]+ % +\w+ .*\n){5}/m);
  });

  it('as JSON', async () => {
    const { code, out, err } = await run(['predict', resnet, '--device', 'a100', '--batch', '4', '--json']);
    assert.equal(code, 0, err);
    const answer = JSON.parse(out) as Record<string, unknown>;
    assert.equal(typeof answer['time_ms'], 'number');
    assert.equal(typeof answer['memory_bytes'], 'number');
    assert.equal(answer['fits'], true);
    for (const name of ['time_interval_ms', 'memory_interval_bytes']) {
      const [least, most] = answer[name] as [number, number];
      assert.ok(least < most);
    }
  });

  it('reads the folder of a SavedModel', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'foretoken-predict-'));
    try {
      writeFileSync(path.join(folder, 'saved_model.pb'), savedModelBytes(savedModel()));
      const { code, out, err } = await run(['predict', folder, '--device', 'a100', '--json']);
      assert.equal(code, 0, err);
      const answer = JSON.parse(out) as Record<string, unknown>;
      assert.equal(answer['format'], 'tensorflow');
      assert.equal(answer['parameters'], 8 * 4 + 4);
      const words = await run(['predict', folder, '--device', 'a100', '--batch', '4096']);
      assert.match(words.out, /, \d{4,} examples\/s/, 'thousands have no exponent');
      rmSync(path.join(folder, 'saved_model.pb'));
      assert.match((await run(['predict', folder, '--device', 'a100'])).err, /saved_model\.pb/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('knows the variables of other commands, and warns of those of none', async () => {
    const ask = async (env: Record<string, string>): Promise<string> =>
      (await run(['predict', resnet, '--device', 'a100', '--json'], { env })).err;
    assert.equal(await ask({ FORETOKEN_PORT: '8080' }), '');
    assert.match(await ask({ FORETOKEN_PROT: '8080' }), /FORETOKEN_PROT is no known variable; did you mean/);
  });

  it('mistakes are told in one line', async () => {
    for (const [args, words, status] of [
      [[resnet, '--device', 'v100', '--batch', '0'], /--batch must be a whole number from 1/, 2],
      [[resnet], /--device is needed/, 2],
      [[resnet, '--device', 'x900'], /No device "x900" is known.*mine\.json/, 1],
      [[resnet, '--device', 'v100', '--precision', 'bf16'], /does not compute in bf16/, 2],
      [['absent.onnx', '--device', 'v100'], /absent\.onnx/, 1],
      [[fileURLToPath(import.meta.url), '--device', 'v100'], /is no GGUF file, no network in a file/, 2],
    ] as const) {
      const { code, out, err } = await run(['predict', ...args]);
      assert.equal(code, status, err);
      assert.match(err, words);
      assert.equal(err.trim().split('\n').length, 1, err);
      assert.equal(out, '');
    }
  });
});

describe('foretoken devices', () => {
  it('lists devices, for people and as JSON', async () => {
    const { code, out } = await run(['devices']);
    assert.equal(code, 0);
    assert.match(out, /^rtx2080ti +GeForce RTX 2080 Ti +2018/m);
    const json = JSON.parse((await run(['devices', '--json'])).out) as { id: string }[];
    assert.ok(json.some(({ id }) => id === 'h200'));
  });
});

it('the page shows what the command prints', () => {
  const page = readFileSync(new URL('../../docs/predict.md', import.meta.url), 'utf8');
  for (const word of ['time_ms', 'memory_interval_bytes', 'largest_batch']) assert.ok(page.includes(word));
});
