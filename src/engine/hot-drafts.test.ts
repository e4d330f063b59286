/** Draft models of the real engine, loaded and unloaded by message: the text stays, what is wrong is said, nothing is lost. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { asDraftId } from '../base/draft-id.js';
import { bundledDraft, bundledTarget } from '../base/bundled.js';
import { GREEDY } from '../base/sampling-options.js';
import { patchedModel, specialWord, temporaryFolder } from '../llama/test-models.js';
import { Vocabulary } from '../llama/vocabulary.js';
import { startEngine } from './engine.js';
import { plainRequest } from './plain-request.js';
import { AS_THE_ENGINE, type EngineHandle, type EngineOptions, type EngineRequest } from './types.js';

const TARGET = bundledTarget();
const DRAFT = bundledDraft(TARGET)!;
const OPTIONS: EngineOptions = {
  parallel: 4,
  queueLimit: 100,
  prefillChunk: 64,
  speculation: {
    mode: 'auto',
    length: 4,
    proposers: ['lookup', 'suffix', 'draft'],
    lookupMinNgram: 2,
    suffixBytes: 1 << 20,
    draftBytes: 2 ** 30,
  },
};

const start = (speculation: Partial<EngineOptions['speculation']> = {}): Promise<EngineHandle> =>
  startEngine(
    {
      ...{ modelPath: TARGET, draftPath: undefined, contextSize: 1024, parallel: 4, batchSize: 128 },
      ...{ microBatchSize: 128, threads: 1, gpu: 'none', gpuLayers: 0, kvUnified: undefined, loraPaths: [] },
    },
    { ...OPTIONS, speculation: { ...OPTIONS.speculation, ...speculation } },
  );

function requestOf(at: number, temperature: number, draft?: string): Omit<EngineRequest, 'id'> {
  const prompt = Int32Array.from({ length: 12 + at }, (_, index) => 300 + index * (3 + at));
  return plainRequest(0, prompt, 48, {
    sampling: { ...GREEDY, seed: at, temperature },
    speculation:
      draft === undefined
        ? AS_THE_ENGINE
        : { mode: 'fixed', length: 3, proposers: ['draft'], draft: asDraftId(draft) },
  });
}

async function textOf(engine: EngineHandle, request: Omit<EngineRequest, 'id'>): Promise<number[]> {
  const tokens: number[] = [];
  for await (const event of engine.submit(request)) {
    tokens.push(...event.tokens);
    if (event.finish) assert.equal(event.finish.reason, 'length', event.finish.error?.message);
  }
  return tokens;
}

describe('drafts of the real engine', () => {
  let engine: EngineHandle;
  before(async () => {
    engine = await start();
  });
  after(() => engine.close({ graceMs: 0 }));

  it('come and go while requests run, and no text changes', async () => {
    const off = { ...AS_THE_ENGINE, mode: 'off' as const };
    const requests = [0, 1, 2, 3, 4, 5].map((at) => requestOf(at, at % 2));
    const expected = await Promise.all(
      requests.map((request) => textOf(engine, { ...request, speculation: off })),
    );
    assert.deepEqual(await engine.drafts(), []);
    assert.ok(!engine.info.proposers.includes('draft'));
    const during = requests.map((request) => textOf(engine, request));
    const status = await engine.loadDraft({ id: 'small', file: DRAFT });
    assert.deepEqual([status.id, status.state, status.isDefault], ['small', 'ready', true]);
    assert.ok(status.bytes > 2e6 && /^[0-9a-f]{16}$/.test(status.version));
    assert.ok(engine.info.hasDraft && engine.info.proposers.includes('draft'));
    await engine.loadDraft({ id: 'whole', file: TARGET });
    assert.deepEqual(await Promise.all(during), expected);
    // In use while they are told to go.
    const drafted = ['small', 'whole'].flatMap((name) =>
      requests.map((_, at) => textOf(engine, requestOf(at, at % 2, name))),
    );
    await Promise.all(['small', 'whole'].map((name) => engine.unloadDraft(name)));
    assert.deepEqual(await Promise.all(drafted), [...expected, ...expected]);
    assert.deepEqual(await engine.drafts(), []);
    assert.ok(!engine.info.hasDraft);
    assert.deepEqual(await Promise.all(requests.map((request) => textOf(engine, request))), expected);
  });

  it('are refused in words where the file is no good, and what runs goes on', async () => {
    const folder = temporaryFolder();
    const running = [0, 1, 2].map((at) => textOf(engine, requestOf(at, 0)));
    const file = (name: string): string => path.join(folder, name);
    const refused = async (code: string, name: string, message: RegExp): Promise<void> => {
      await assert.rejects(engine.loadDraft({ id: 'bad', file: file(name) }), { code, message });
    };
    await refused('file_not_found', 'none.gguf', /There is no file/);
    copyFileSync(DRAFT, file('short.gguf'));
    truncateSync(file('short.gguf'), 100_000);
    await refused('invalid_gguf', 'short.gguf', /short\.gguf/);
    writeFileSync(file('text.gguf'), 'not a model at all, but long enough to have a head');
    await refused('invalid_gguf', 'text.gguf', /not a GGUF file/);
    const vocabulary = Vocabulary.open(TARGET);
    const word = specialWord(vocabulary);
    vocabulary.dispose();
    patchedModel(file('other.gguf'), word, `${word.slice(0, -1)}~`);
    await refused('vocabulary_mismatch', 'other.gguf', /in the target and .* in the draft/);
    await assert.rejects(engine.loadDraft({ id: 'no good', file: DRAFT }), { code: 'invalid_request' });
    await assert.rejects(engine.unloadDraft('nobody'), { code: 'draft_not_found' });
    // Gone while it is being looked at, or found good and gone before it was loaded: one of both errors, and no crash.
    copyFileSync(DRAFT, file('gone.gguf'));
    const loading = engine.loadDraft({ id: 'gone', file: file('gone.gguf') });
    rmSync(file('gone.gguf'));
    await assert.rejects(loading, (error: { code: string }) =>
      ['file_not_found', 'invalid_gguf'].includes(error.code),
    );
    for (const text of await Promise.all(running)) assert.equal(text.length, 48);
    assert.deepEqual(await engine.drafts(), []);
  });

  it('have new versions, which take the place of the old', async () => {
    const folder = temporaryFolder();
    const file = path.join(folder, 'draft.gguf');
    copyFileSync(DRAFT, file);
    const first = await engine.loadDraft({ id: 'a', file });
    assert.deepEqual(await engine.loadDraft({ id: 'a', file }), first, 'the same again changes nothing');
    const bytes = readFileSync(file);
    bytes[bytes.length - 1]! ^= 1;
    rmSync(file);
    writeFileSync(file, bytes);
    const second = await engine.loadDraft({ id: 'a', file });
    assert.notEqual(second.version, first.version);
    assert.deepEqual(
      (await engine.drafts()).map(({ version }) => version),
      [second.version],
    );
    await engine.unloadDraft('a');
  });

  it('may be fifty', async () => {
    for (let at = 0; at < 50; at++) await engine.loadDraft({ id: `d${at}`, file: DRAFT });
    assert.equal((await engine.drafts()).length, 50);
    const expected = await textOf(engine, requestOf(1, 0));
    const texts = await Promise.all([0, 17, 49].map((at) => textOf(engine, requestOf(1, 0, `d${at}`))));
    for (const text of texts) assert.deepEqual(text, expected);
    await Promise.all(Array.from({ length: 50 }, (_, at) => engine.unloadDraft(`d${at}`)));
    assert.deepEqual(await engine.drafts(), []);
  });
});

it('holds drafts to their memory: the one unused for longest goes, and what cannot fit is refused', async () => {
  const engine = await start({ draftBytes: 2 ** 24 });
  try {
    const { bytes } = await engine.loadDraft({ id: 'first', file: DRAFT });
    const fitting = Math.floor(2 ** 24 / bytes);
    for (let at = 1; at <= fitting; at++) await engine.loadDraft({ id: `more-${at}`, file: DRAFT });
    const ids = (await engine.drafts()).map(({ id }) => id);
    assert.equal(ids.length, fitting);
    assert.ok(!ids.includes(asDraftId('first')));
    await assert.rejects(engine.loadDraft({ id: 'whole', file: TARGET }), {
      code: 'out_of_memory',
      message: /Drafts may take 16\.8 MB together/,
    });
    assert.equal((await engine.drafts()).length, fitting);
    assert.equal((await textOf(engine, requestOf(2, 0, ids[0]))).length, 48);
  } finally {
    await engine.close({ graceMs: 0 });
  }
});
