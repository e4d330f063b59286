/** `predict` and `profile gguf` as they are used: files, the hub by ranges, web addresses, devices, and what is wrong. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { writeRandomModel } from '../abacus/gguf/random-model.js';
import { readProfile } from '../abacus/gguf/profile-file.js';
import { FakeHub } from '../hub/fake-hub.js';
import { run } from './test-command.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-predict-'));
const shape = {
  ...{ layers: 2, width: 256, heads: 4, kvHeads: 2, headWidth: 64, feedForward: 512, vocabulary: 512 },
  ...{ tied: true, experts: 0, expertsUsed: 0 },
};
const small = path.join(folder, 'small.gguf');
before(() => {
  writeRandomModel(small, 'Q8_0', shape);
});
after(() => {
  rmSync(folder, { recursive: true });
});

interface Answer {
  time_ms: number;
  time_interval_ms: [number, number];
  memory_bytes: number;
  memory_interval_bytes: [number, number];
  available_bytes: number;
  fits: boolean;
  rating: string;
  largest_context: number;
  steps: { tokens: number; cells: number; ms: number }[];
  speculation: { tokens: number; perfect: number; typical: number }[];
  quantisations: { type: string; memory_bytes: number; recommended: boolean }[];
}

async function predicted(...args: string[]): Promise<Answer> {
  const { code, out, err } = await run(['predict', ...args, '--json']);
  assert.equal(code, 0, err);
  return JSON.parse(out) as Answer;
}

describe('foretoken predict', () => {
  it('says time, memory, context, types and speculation of a file', async () => {
    const answer = await predicted('demo');
    const { time_ms: ms, time_interval_ms: interval, memory_interval_bytes: memory } = answer;
    assert.ok(ms > 0 && interval[0] < ms && ms < interval[1]);
    assert.ok(memory[0] < answer.memory_bytes && answer.memory_bytes < memory[1]);
    assert.equal(answer.fits, answer.memory_bytes <= answer.available_bytes);
    for (const { tokens, perfect, typical } of answer.speculation)
      assert.ok(typical < perfect && perfect <= tokens + 1e-6, `${tokens} tokens`);
    assert.equal(answer.quantisations.filter(({ recommended }) => recommended).length, 1);
    const cells = [...new Set(answer.steps.map((step) => step.cells))];
    for (const at of cells) {
      const times = answer.steps.filter((step) => step.cells === at).map((step) => step.ms);
      assert.deepEqual(
        [...times].sort((a, b) => a - b),
        times,
        'more tokens cost more',
      );
    }
  });

  it('needs more memory for more context, more requests and larger types of cache', async () => {
    const one = await predicted(small, '-c', '1024');
    const longer = await predicted(small, '-c', '8192');
    const wider = await predicted(small, '-c', '1024', '--cache-type-k', 'f32', '--cache-type-v', 'f32');
    assert.equal(longer.memory_bytes - one.memory_bytes > 7168 * 2 * 2 * 64 * 4 * 0.99, true);
    assert.ok(wider.memory_bytes > one.memory_bytes);
  });

  it('says for a device of a data sheet what fits there', async () => {
    const answer = await predicted('demo', '--device', 'rtx2080ti');
    assert.equal(answer.available_bytes, 11 * 2 ** 30);
    assert.ok(answer.fits && answer.time_ms > 0);
  });

  it('says it for a processor that is described, from the profile of one', async () => {
    const file = path.join(folder, 'processor.json');
    const sheet = { kind: 'processor', name: 'test', memory_gb: 8, cores: 2, clock_ghz: 3.2, simd_bits: 256 };
    writeFileSync(file, JSON.stringify({ ...sheet, bandwidth_gb_s: 40 }));
    const [card, two] = await Promise.all(
      ['rtx2080ti', file].map((device) => predicted('demo', '--device', device)),
    );
    assert.equal(two!.available_bytes, Math.round(0.9 * 8 * 2 ** 30));
    assert.ok(two!.time_ms > 2 * card!.time_ms && two!.memory_bytes > card!.memory_bytes);
    writeFileSync(file, JSON.stringify({ ...sheet, clock_ghz: 1.6, bandwidth_gb_s: 40 }));
    assert.ok((await predicted('demo', '--device', file)).time_ms > 1.5 * two!.time_ms);
  });

  it('reads the head alone: a file without its weights, and a repository by ranges', async () => {
    const hub = await FakeHub.start();
    try {
      hub.repositories.set('user/model-GGUF', {
        files: { 'model-Q8_0.gguf': readFileSync(bundledTarget()) },
      });
      const { code, out, err } = await run(['predict', '--hf-repo', 'user/model-GGUF', '--json'], {
        env: { HF_ENDPOINT: hub.endpoint, HF_HUB_CACHE: path.join(folder, 'hub') },
      });
      assert.equal(code, 0, err);
      const ranges = hub.log.filter(({ store }) => store).map(({ range }) => range);
      assert.deepEqual(ranges, ['bytes=0-1048575'], 'one megabyte of the file was fetched');
      const answer = JSON.parse(out) as Answer;
      assert.equal(answer.memory_bytes, (await predicted('demo')).memory_bytes);
    } finally {
      await hub.close();
    }
  });

  it('reads a web address, also of a server without ranges', async () => {
    const bytes = readFileSync(small);
    const server = createServer((request, response) => {
      if (request.url !== '/a.gguf') response.writeHead(404).end();
      else response.writeHead(200, { 'content-length': bytes.length }).end(bytes);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      assert.equal(
        (await predicted(`${address}/a.gguf`)).memory_bytes,
        (await predicted(small)).memory_bytes,
      );
      const { code, err } = await run(['predict', `${address}/b.gguf`]);
      assert.equal(code, 1);
      assert.match(err, /404/);
    } finally {
      server.close();
    }
  });

  it('says what is wrong', async () => {
    const bad = path.join(folder, 'bad.gguf');
    writeFileSync(bad, Buffer.alloc(4096, 0xff));
    const cut = path.join(folder, 'cut.gguf');
    writeFileSync(cut, readFileSync(small));
    truncateSync(cut, 2000);
    for (const [args, words] of [
      [[], /Name one model/],
      [['a.gguf', '--hf-repo', 'x/y'], /Name one model/],
      [['no-such.gguf'], /no-such\.gguf/],
      [['model.bin'], /model\.bin is no GGUF file/],
      [[bad], /does not begin with "GGUF"/],
      [[cut], /is not a usable GGUF file/],
      [['demo', '--device', 'rtx9999'], /No device "rtx9999" is known/],
      [['demo', '--cache-type-k', 'q9'], /--cache-type-k must be one of/],
      [['--hf-repo', 'nonsense'], /--hf-repo must be a repository/],
    ] as const) {
      const { code, out, err } = await run(['predict', ...args]);
      assert.notEqual(code, 0, args.join(' '));
      assert.equal(out, '');
      assert.match(err, words);
    }
  });
});

describe('foretoken profile gguf', { skip: process.platform !== 'linux' }, () => {
  it('times random models and goes on where it ended', async () => {
    const out = path.join(folder, 'profile.csv');
    const args = [
      'profile',
      'gguf',
      '--types',
      'Q8_0',
      '--shapes',
      '1',
      '--thread-counts',
      '1',
      '--out',
      out,
    ];
    const first = await run(args);
    assert.equal(first.code, 0, first.err);
    const rows = readProfile(out);
    assert.ok(rows.some(({ kind, tokens }) => kind === 'decode' && tokens === 1));
    assert.ok(rows.some(({ kind, usedBytes, loadedBytes }) => kind === 'memory' && usedBytes > loadedBytes));
    const again = await run(args);
    assert.match(again.err, /0 models timed, 1 known before/);
    assert.equal(readProfile(out).length, rows.length);
    writeFileSync(out, `${readFileSync(out, 'utf8')}decode,nonsense\n`);
    assert.throws(() => readProfile(out), /is no row of a profile/);
  });
});
