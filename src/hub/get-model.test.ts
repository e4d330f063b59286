/** Models are fetched from a hub on loopback: whole, checked, once; and what goes wrong is said and mended. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { ErrorCode } from '../base/errors.js';
import { randomNumbers } from '../base/random.js';
import { blobPath, cachedRepositories, snapshotPath } from './cache.js';
import { COMMIT, FakeHub, gitSum, sha256 } from './fake-hub.js';
import { getModel, type FoundModel, type GetOptions, type WantedModel } from './get-model.js';
import type { HubSettings } from './settings.js';

const PATIENCE = { answerMs: 5000, stallMs: 1000, attempts: 3, pauseMs: 1 };
const REPO = 'someone/Tiny-GGUF';
const SIZE = 3 * 2 ** 20 + 17;
const next = randomNumbers(7);
const bytesOf = (size: number): Buffer =>
  Buffer.from(Array.from({ length: size }, () => Math.floor(next() * 256)));
const q4 = bytesOf(SIZE);
const q8 = bytesOf(70_000);
const parts = [bytesOf(50_000), bytesOf(60_000), bytesOf(10)];

const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-hub-'));
let hub: FakeHub;
let cache: string;
let count = 0;
before(async () => {
  hub = await FakeHub.start();
});
after(async () => {
  await hub.close();
  rmSync(root, { recursive: true });
});
beforeEach(() => {
  cache = path.join(root, String(++count));
  hub.repositories.clear();
  hub.log.length = hub.faults.length = hub.apiFaults.length = hub.extraEntries.length = 0;
  hub.pageSize = 1000;
  hub.repositories.set(REPO, {
    files: {
      'README.md': Buffer.from('# Tiny\n'),
      'Tiny-Q2_K.gguf': bytesOf(100),
      'Tiny-Q4_K_M.gguf': q4,
      'Tiny-Q8_0.gguf': q8,
      'mmproj-Tiny-F16.gguf': bytesOf(100),
      'split/Tiny-F16-00001-of-00003.gguf': parts[0]!,
      'split/Tiny-F16-00002-of-00003.gguf': parts[1]!,
      'split/Tiny-F16-00003-of-00003.gguf': parts[2]!,
    },
  });
});

const get = (
  wanted: Partial<WantedModel> = {},
  settings: Partial<HubSettings> = {},
  options: GetOptions = {},
): Promise<FoundModel> =>
  getModel(
    hub.settings(cache, settings),
    { repo: REPO, quant: undefined, ...wanted },
    { patience: PATIENCE, ...options },
  );

const fails = async (work: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<void> => {
  await assert.rejects(work, (error: { code?: string; message: string }) => {
    assert.equal(error.code, code, error.message);
    assert.match(error.message, words);
    return true;
  });
};
const leftovers = (): string[] =>
  existsSync(path.join(cache))
    ? readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) => /incomplete|tmp/.test(name))
    : [];

describe('a model from the hub', () => {
  it('lies in the cache as huggingface_hub lays it out, and is fetched once', async () => {
    const notes: string[] = [];
    const progress: [number, number][] = [];
    const found = await get(
      {},
      {},
      {
        onNote: (text) => notes.push(text),
        onProgress: (_file, done, total) => progress.push([done, total]),
      },
    );
    assert.equal(found.file, 'Tiny-Q4_K_M.gguf');
    assert.equal(
      found.path,
      path.join(cache, 'models--someone--Tiny-GGUF', 'snapshots', COMMIT, 'Tiny-Q4_K_M.gguf'),
    );
    assert.deepEqual(readFileSync(found.path), q4);
    assert.equal(readlinkSync(found.path), path.join('..', '..', 'blobs', sha256(q4)));
    assert.equal(
      readFileSync(path.join(cache, 'models--someone--Tiny-GGUF', 'refs', 'main'), 'utf8'),
      COMMIT,
    );
    assert.deepEqual(leftovers(), []);
    assert.match(
      notes.join(),
      /fetching Tiny-Q4_K_M\.gguf \(3\.15 MB\) of someone\/Tiny-GGUF from 127\.0\.0\.1/,
    );
    assert.deepEqual(progress[0], [0, SIZE]);
    assert.deepEqual(progress.at(-1), [SIZE, SIZE]);
    assert.ok(progress.every(([done], index) => index === 0 || done >= progress[index - 1]![0]));

    const fetched = hub.fetches.length;
    assert.equal(fetched, 1);
    notes.length = 0;
    assert.equal((await get({}, {}, { onNote: (text) => notes.push(text) })).path, found.path);
    assert.equal(hub.fetches.length, fetched);
    assert.deepEqual(notes, []);
    assert.deepEqual(
      cachedRepositories(cache).map(({ repo, files }) => [repo, files.length]),
      [[REPO, 1]],
    );
  });

  it('is the quant or file that is named, in any case of letters', async () => {
    assert.equal((await get({ quant: 'q8_0' })).file, 'Tiny-Q8_0.gguf');
    assert.equal((await get({ quant: 'Q2_K', file: 'Tiny-Q8_0.gguf' })).file, 'Tiny-Q8_0.gguf');
  });

  it('in several parts comes whole, with the parts side by side', async () => {
    const found = await get({ quant: 'F16' });
    assert.equal(found.file, 'split/Tiny-F16-00001-of-00003.gguf');
    const folder = path.dirname(found.path);
    assert.deepEqual(
      readdirSync(folder)
        .sort()
        .map((name) => readFileSync(path.join(folder, name))),
      parts,
    );
    assert.ok(lstatSync(found.path).isSymbolicLink());
    assert.equal((await get({ quant: 'F16' }, { offline: true })).path, found.path);
  });

  it('with a part missing on the hub is refused', async () => {
    const files = Object.entries(hub.repositories.get(REPO)!.files);
    const rest = files.filter(([name]) => !name.includes('00002-of-00003'));
    hub.repositories.set(REPO, { files: Object.fromEntries(rest) });
    await fails(
      get({ quant: 'F16' }),
      'hub_not_found',
      /one of 3 parts, of which 2 are in someone\/Tiny-GGUF/,
    );
  });

  it('is found on any page of a long list', async () => {
    hub.pageSize = 2;
    assert.equal((await get({ quant: 'Q8_0' })).file, 'Tiny-Q8_0.gguf');
  });

  it("that git itself holds is checked by git's sum", async () => {
    // Listed without LFS: as text files are.
    hub.extraEntries.push({ type: 'file', path: 'notes.txt', size: 5, oid: gitSum(Buffer.from('hello')) });
    hub.repositories.set(REPO, {
      files: { ...hub.repositories.get(REPO)!.files, 'notes.txt': Buffer.from('hello') },
    });
    const found = await get({ file: 'notes.txt' });
    assert.equal(readFileSync(found.path, 'utf8'), 'hello');
    assert.ok(existsSync(blobPath(cache, REPO, gitSum(Buffer.from('hello')))));
  });
});

describe('the token', () => {
  it('opens a repository, and is shown to the hub alone', async () => {
    hub.repositories.set(REPO, { files: { 'a-Q8_0.gguf': q8 }, token: 'hf_right' });
    await get({}, { token: 'hf_right' });
    assert.ok(hub.log.some(({ store }) => store));
    for (const { line, token, store } of hub.log) assert.equal(token, !store, line);
  });

  it('is asked for where there is none, and doubted where there is one', async () => {
    hub.repositories.set(REPO, { files: {}, token: 'hf_right', gated: true });
    await fails(get(), 'hub_denied', /403: Access to model .* restricted.*set HF_TOKEN/);
    await fails(get({}, { token: 'hf_wrong' }), 'hub_denied', /accept its licence on its page/);
    hub.repositories.set(REPO, { files: {}, token: 'hf_right' });
    await fails(get({}, { token: 'hf_wrong' }), 'hub_denied', /401.*HF_TOKEN\) is not valid/);
  });
});

describe('what is not there is said, with what is', () => {
  it('a repository', async () => {
    await fails(
      get({ repo: 'someone/nothing' }),
      'hub_denied',
      /someone\/nothing is refused .*\(401: Repository not found\)\. Is the name right\?/,
    );
    await fails(
      get({ repo: 'someone/nothing' }, { token: 'hf_right' }),
      'hub_not_found',
      /someone\/nothing is not on 127/,
    );
  });

  it('a quant or a file', async () => {
    await fails(
      get({ quant: 'Q6_K' }),
      'hub_not_found',
      /There is no Q6_K in someone\/Tiny-GGUF\. There are: Q2_K, Q4_K_M, Q8_0, F16\./,
    );
    await fails(get({ file: 'other.gguf' }), 'hub_not_found', /There are: Tiny-Q2_K\.gguf, /);
    hub.repositories.set(REPO, { files: { 'model.safetensors': q8 } });
    await fails(get(), 'hub_not_found', /There is no GGUF file in .* have GGUF in their name/);
  });

  it('offline, what was never fetched', async () => {
    await fails(
      get({}, { offline: true }),
      'hub_unreachable',
      /not in the cache, and nothing is fetched offline/,
    );
    await get({ quant: 'Q8_0' });
    hub.log.length = 0;
    await fails(
      get({ quant: 'Q2_K' }, { offline: true }),
      'hub_not_found',
      /no Q2_K .*offline\. There are: Q8_0/,
    );
    assert.equal((await get({}, { offline: true })).file, 'Tiny-Q8_0.gguf');
    assert.deepEqual(hub.log, []);
  });

  it('the hub itself: what is in the cache does, with a word', async () => {
    const other = await FakeHub.start();
    const gone = { endpoint: other.endpoint };
    await other.close();
    await fails(get({}, gone), 'hub_unreachable', /127\.0\.0\.1:\d+ cannot be reached: .*ECONNREFUSED/);
    const { path: first } = await get();
    const notes: string[] = [];
    assert.equal((await get({}, gone, { onNote: (text) => notes.push(text) })).path, first);
    assert.match(notes.join(), /cannot be reached.*The copy in the cache is used/);
    await fails(get({ quant: 'Q2_K' }, gone), 'hub_unreachable', /ECONNREFUSED/);
  });
});

describe('a download that goes wrong', () => {
  const blob = (): string => blobPath(cache, REPO, sha256(q4));

  it('goes on where the connection broke or stalled', async () => {
    hub.faults.push({ cutAfter: 1_500_000 }, { stallAfter: 1_000_000 });
    const { path: file } = await get();
    assert.deepEqual(readFileSync(file), q4);
    const offsets = hub.fetches.map((line) => Number(/bytes=(\d+)-/.exec(line)![1]));
    assert.equal(offsets.length, 3);
    assert.equal(offsets[0], 0);
    assert.ok(offsets[1]! > 0 && offsets[2]! > offsets[1]!, offsets.join());
  });

  it('goes on in the next run, and keeps nothing of the partial file', async () => {
    hub.faults.push({ cutAfter: 500_000 }, { status: 500 }, { status: 502 });
    await fails(get(), 'hub_unreachable', /Tiny-Q4_K_M\.gguf cannot be fetched: .*status 502/);
    assert.equal(leftovers().length, 1);
    hub.log.length = 0;
    assert.deepEqual(readFileSync((await get()).path), q4);
    const [, offset] = /bytes=(\d+)-$/.exec(hub.fetches[0]!)!;
    assert.ok(Number(offset) > 0);
    assert.deepEqual(leftovers(), []);
  });

  it('begins anew where the server sends the whole', async () => {
    hub.faults.push({ cutAfter: 500_000 }, { ignoreRange: true });
    assert.deepEqual(readFileSync((await get()).path), q4);
  });

  it('and brings wrong bytes leaves no file; what an earlier run left wrong is fetched again', async () => {
    hub.faults.push({ corrupt: true });
    await fails(get(), 'download_failed', /does not have the checksum that the hub lists/);
    assert.equal(existsSync(blob()), false);
    assert.deepEqual(leftovers(), []);

    mkdirSync(path.dirname(blob()), { recursive: true });
    const host = createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8);
    writeFileSync(`${blob()}.${host}.0.00000000.incomplete`, Buffer.alloc(1000, 1));
    assert.deepEqual(readFileSync((await get()).path), q4);
    assert.deepEqual(leftovers(), []);
  });

  it('and brings too much, or ends elsewhere, is ended', async () => {
    hub.faults.push({ append: Buffer.alloc(10) });
    await fails(get(), 'download_failed', /is larger than the \d+ bytes that the hub lists/);
    hub.faults.push({ redirectTo: 'file:///etc/passwd' });
    await fails(get(), 'hub_unreachable', /redirected to what is no web address/);
    hub.faults.push(
      ...Array.from({ length: 20 }, () => ({
        redirectTo: `${hub.endpoint}/${REPO}/resolve/${COMMIT}/Tiny-Q4_K_M.gguf`,
      })),
    );
    await fails(get(), 'hub_unreachable', /redirected more than 5 times/);
  });

  it('waits as a busy server asks, and not for ever', async () => {
    hub.apiFaults.push({ status: 429, headers: { 'retry-after': '0' } }, { status: 503 });
    assert.equal((await get({ quant: 'Q8_0' })).file, 'Tiny-Q8_0.gguf');
    hub.apiFaults.push({ status: 429, headers: { 'retry-after': '3600' } });
    await fails(get({ repo: 'someone/else' }), 'hub_unreachable', /status 429/);
  });

  it('does not end a fault of the disk in a mystery', async () => {
    writeFileSync(cache, 'no folder');
    await fails(get(), 'download_failed', /cannot be written to/);
  });

  it('ends when it is cancelled', async () => {
    hub.faults.push({ stallAfter: 1000 });
    const abort = new AbortController();
    const work = get(
      {},
      {},
      {
        signal: abort.signal,
        onProgress: (_file, done) => {
          if (done > 0) abort.abort();
        },
      },
    );
    await assert.rejects(work, { name: 'AbortError' });
    assert.equal(existsSync(blob()), false);
  });
});

describe('what a list may not do', () => {
  it('leave the folder, or name what is no file', async () => {
    const lfs = { oid: sha256(q8), size: q8.length, pointerSize: 1 };
    for (const name of [
      '../../evil-Q4_K_M.gguf',
      '/etc/evil-Q4_K_M.gguf',
      'a/../../evil-Q4_K_M.gguf',
      'a\\..\\evil-Q4_K_M.gguf',
      'C:evil-Q4_K_M.gguf',
      'evil\n-Q4_K_M.gguf',
    ])
      hub.extraEntries.push({ type: 'file', path: name, size: q8.length, oid: gitSum(q8), lfs });
    hub.extraEntries.push(
      null,
      7,
      { type: 'file' },
      { type: 'file', path: 'x-Q6_K.gguf', size: -1, oid: 'zz' },
    );
    hub.extraEntries.push({
      type: 'file',
      path: 'x-Q6_K.gguf',
      size: 5,
      oid: gitSum(q8),
      lfs: { oid: '../../x', size: 5 },
    });
    hub.repositories.set(REPO, { files: { 'good-Q8_0.gguf': q8 } });
    assert.deepEqual((await get()).models, ['good-Q8_0.gguf']);
    await fails(get({ file: '../../evil-Q4_K_M.gguf' }), 'hub_not_found', /There is no/);
  });

  it('be nonsense', async () => {
    hub.apiFaults.push({ status: 200, body: '<html>A captive portal' });
    await fails(get(), 'hub_unreachable', /answers nonsense about .*Is HF_ENDPOINT a Hugging Face hub\?/);
    hub.apiFaults.push({ status: 200, body: '{"id":"a/b","sha":"../../x"}' });
    await fails(get(), 'hub_unreachable', /nonsense about someone\/Tiny-GGUF: no commit/);
    hub.apiFaults.push({ status: 404, body: '{"error":"\\u001b[31mred"}' });
    await fails(get(), 'hub_not_found', /not on 127/);
  });

  it('be larger than the disk', async () => {
    hub.repositories.set(REPO, { files: {} });
    hub.extraEntries.push({
      type: 'file',
      path: 'vast-Q4_K_M.gguf',
      size: 100,
      oid: gitSum(q8),
      lfs: { oid: sha256(q8), size: 2 ** 42, pointerSize: 1 },
    });
    await fails(get(), 'download_failed', /needs 4\.40 TB and .* left; make room, or set HF_HUB_CACHE/);
  });
});

it('processes that fetch the same model at the same time all have it, and leave nothing behind', async () => {
  const { href } = new URL('./get-model.js', import.meta.url);
  const script =
    `const { getModel } = await import(${JSON.stringify(href)});` +
    `const found = await getModel(${JSON.stringify(hub.settings(cache))}, { repo: ${JSON.stringify(REPO)} });` +
    'process.stdout.write(found.path);';
  hub.faults.push({ cutAfter: 200_000 }, { cutAfter: 900_000 });
  const paths = await Promise.all(
    Array.from({ length: 3 }, () => {
      const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let out = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
      return new Promise<string>((resolve) => {
        child.on('close', () => {
          resolve(out);
        });
      });
    }),
  );
  const expected = snapshotPath(cache, REPO, COMMIT, 'Tiny-Q4_K_M.gguf');
  assert.deepEqual(paths, [expected, expected, expected]);
  assert.deepEqual(readFileSync(expected), q4);
  assert.deepEqual(leftovers(), []);
});
