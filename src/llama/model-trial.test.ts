import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Worker } from 'node:worker_threads';
import { ForetokenError } from '../base/errors.js';
import { tinyModel, writeTinyModel } from '../gguf/tiny-model.js';
import type { MetadataValue } from '../gguf/types.js';
import { writeGguf } from '../gguf/writer.js';
import { loadLibrary } from './library.js';
import { type LoadTask, tryModel } from './model-trial.js';
import { reasonIn, runChild } from './probe.js';
import { temporaryFolder, writeAdapter } from './test-models.js';

const folder = temporaryFolder();
const library = loadLibrary();
const SMALL = { width: 32, heads: 2, kvHeads: 1, feedForward: 32 };

const taskOf = (file: string): LoadTask => ({ path: file, vocabOnly: false, gpu: 'none', gpuLayers: 0 });

/** A small model with one entry changed. */
function changed(name: string, key: string, value: MetadataValue): string {
  const file = path.join(folder, name);
  const model = tinyModel(SMALL);
  model.metadata.set(key, value);
  writeGguf(file, model);
  return file;
}

/** What a child process says about a file that nobody has looked at before. */
const childOf = (file: string) =>
  runChild({ files: library.files, gpu: 'none', model: { ...taskOf(file), threads: 1 } }, 60_000);

const f32 = (value: number): MetadataValue => ({ type: 'f32', value });
const u32 = (value: number): MetadataValue => ({ type: 'u32', value });

describe('a trial', () => {
  it('is once for each file, and again when the file is another', () => {
    const cache = path.join(folder, 'cache');
    const file = path.join(folder, 'once.gguf');
    writeTinyModel(file, SMALL);
    const stamps = (): string[] => readdirSync(cache);
    tryModel(library, taskOf(file), cache);
    assert.equal(stamps().length, 1);
    const [kept] = stamps();
    tryModel(library, taskOf(file), cache);
    // What computes has a vocabulary, too.
    tryModel(library, { ...taskOf(file), vocabOnly: true }, cache);
    assert.deepEqual(stamps(), [kept]);
    // Of the same size, and as old as before.
    writeTinyModel(file, { ...SMALL, seed: 2 });
    utimesSync(file, new Date(0), new Date(0));
    tryModel(library, taskOf(file), cache);
    assert.equal(stamps().length, 2);
  });

  it('that somebody ended says nothing of the file', { skip: process.platform === 'win32' }, () => {
    const cache = path.join(folder, 'ended');
    const file = path.join(folder, 'ended.gguf');
    writeTinyModel(file, SMALL);
    const { execPath } = process;
    const standIn = path.join(folder, 'ends-itself');
    try {
      for (const signal of ['INT', 'TERM', 'HUP']) {
        writeFileSync(standIn, `#!/bin/sh\nkill -${signal} $$\n`, { mode: 0o700 });
        process.execPath = standIn;
        assert.throws(
          () => {
            tryModel(library, taskOf(file), cache);
          },
          (error) =>
            error instanceof ForetokenError &&
            error.code === 'shutting_down' &&
            error.message.includes(`ended by SIG${signal}`),
        );
      }
    } finally {
      process.execPath = execPath;
    }
    tryModel(library, taskOf(file), cache);
  });

  it(
    'is not remembered in a folder that somebody else may have written',
    { skip: process.platform === 'win32' },
    () => {
      const real = path.join(folder, 'real');
      const link = path.join(folder, 'link');
      mkdirSync(real);
      symlinkSync(real, link);
      const file = path.join(folder, 'linked.gguf');
      writeTinyModel(file, SMALL);
      tryModel(library, taskOf(file), link);
      assert.deepEqual(readdirSync(real), []);
    },
  );

  it('is remembered by the threads of a process, where no folder can be written', async () => {
    const nowhere = path.join(folder, 'a-file');
    writeFileSync(nowhere, '');
    const file = path.join(folder, 'threads.gguf');
    writeTinyModel(file, SMALL);
    tryModel(library, taskOf(file), nowhere);
    const source = `
      import { parentPort, getEnvironmentData } from 'node:worker_threads';
      parentPort.postMessage(getEnvironmentData('foretoken:known-models').length);
    `;
    const known = await new Promise((resolve, reject) => {
      const thread = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
      thread.once('message', resolve);
      thread.once('error', reject);
    });
    assert.ok(typeof known === 'number' && known >= 1);
  });

  it('of a file that ends the library ends the child only, which says why on one line', () => {
    // These are found before a child is started; here the child gets them all the same.
    const cases = [
      changed('layers.gguf', 'llama.block_count', u32(8191)),
      changed('epsilon.gguf', 'llama.attention.layer_norm_rms_epsilon', f32(NaN)),
      changed('scaling.gguf', 'llama.rope.scaling.type', { type: 'string', value: 'yarm' }),
    ];
    for (const file of cases) {
      const { result, problem, killed } = childOf(file);
      assert.equal(result, undefined, file);
      assert.match(
        problem,
        process.platform === 'win32' ? /./ : /ended the trial process with SIG[A-Z]+ \(.*GGML_ASSERT/,
      );
      assert.ok(!problem.includes('\n') && !killed);
      assert.throws(
        () => {
          tryModel(library, taskOf(file), path.join(folder, 'cache'));
        },
        { code: 'invalid_gguf' },
      );
    }
  });

  it('says why the library does not load a file', () => {
    const file = changed('pre.gguf', 'tokenizer.ggml.pre', { type: 'string', value: 'nobody-s' });
    assert.equal(childOf(file).result?.outcome, 'not loaded');
    assert.match(reasonIn(childOf(file)), /unknown pre-tokenizer type: 'nobody-s'/);
    assert.throws(
      () => {
        tryModel(library, taskOf(file), path.join(folder, 'cache'));
      },
      { code: 'unsupported_architecture', message: /pre\.gguf: .*unknown pre-tokenizer type/ },
    );
  });

  it('finds weights that give no numbers', () => {
    const file = path.join(folder, 'nan.gguf');
    const model = tinyModel(SMALL);
    const at = model.tensors.findIndex(({ name }) => name === 'output_norm.weight');
    const nothing = {
      ...model.tensors[at]!,
      data: () => new Uint8Array(new Float32Array(32).fill(NaN).buffer),
    };
    model.tensors[at] = nothing;
    writeGguf(file, model);
    assert.throws(
      () => {
        tryModel(library, taskOf(file), path.join(folder, 'cache'));
      },
      { code: 'invalid_gguf', message: /computes no numbers/ },
    );
  });

  it('ends when its time is over', () => {
    const file = path.join(folder, 'late.gguf');
    writeTinyModel(file, SMALL);
    const child = runChild({ files: library.files, gpu: 'none', model: { ...taskOf(file), threads: 1 } }, 1);
    assert.match(child.problem, /was not done after/);
  });

  it('takes adapters with their model', () => {
    const file = path.join(folder, 'base.gguf');
    writeTinyModel(file, SMALL);
    const cache = path.join(folder, 'adapters');
    const good = writeAdapter(path.join(folder, 'good.gguf'), 32, 1);
    tryModel(library, { ...taskOf(file), adapters: [good] }, cache);
    assert.equal(readdirSync(cache).length, 1);
    const bad = path.join(folder, 'bad.gguf');
    copyFileSync(file, bad);
    // Left to the real attempt, which says it with the option's name.
    tryModel(library, { ...taskOf(file), adapters: [bad] }, cache);
    assert.equal(readdirSync(cache).length, 1, 'only what is sound is remembered');
  });
});
