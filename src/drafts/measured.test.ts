import assert from 'node:assert/strict';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { bundledDraft, bundledTarget } from '../base/bundled.js';
import { readGguf, readTensorBytes } from '../gguf/reader.js';
import { draftVersion, readAcceptance } from '../llama/draft.js';
import { LlamaModel } from '../llama/model.js';
import { temporaryFolder } from '../llama/test-models.js';
import { acceptanceOf, keepAcceptance } from './measured.js';

describe('what was measured of a draft', () => {
  it('is the share accepted of those before which all were', () => {
    // 100 drafts: 40 with none right, 30 with one, 10 with two, 20 with three.
    assert.deepEqual(acceptanceOf([40, 30, 10, 20], 3), [0.6, 0.5, 20 / 30]);
    assert.deepEqual(acceptanceOf([60, 30, 5, 5], 3), [0.4, 0.25], 'what few reached is left out');
    assert.deepEqual(acceptanceOf([], 3), []);
  });

  it('is kept in its file, and the weights stay', () => {
    const original = bundledDraft(bundledTarget())!;
    const file = path.join(temporaryFolder(), 'draft.gguf');
    copyFileSync(original, file);
    keepAcceptance(file, []);
    assert.deepEqual(readFileSync(file), readFileSync(original));
    const before = draftVersion(file);
    keepAcceptance(file, [0.81, 0.5, 1, 0]);
    assert.notEqual(draftVersion(file), before);
    const [old, now] = [readGguf(original), readGguf(file)];
    assert.equal(now.metadata.size, old.metadata.size + 1);
    old.tensors.forEach((tensor, at) => {
      assert.deepEqual(readTensorBytes(now, now.tensors[at]!), readTensorBytes(old, tensor), tensor.name);
    });
    const model = LlamaModel.load(file);
    const text = model.metadata('foretoken.acceptance.by_position');
    model.dispose();
    assert.deepEqual(readAcceptance(text), [0.81, 0.5, 1, 0]);
  });

  it('gives a draft another version also where the file is as long and begins alike', () => {
    const file = path.join(temporaryFolder(), 'draft.gguf');
    copyFileSync(bundledDraft(bundledTarget())!, file);
    const [first, second] = [0.81, 0.82].map((rate) => {
      keepAcceptance(file, [rate]);
      return { bytes: readFileSync(file), version: draftVersion(file) };
    });
    assert.equal(first!.bytes.length, second!.bytes.length);
    const differs = first!.bytes.findIndex((byte, at) => byte !== second!.bytes[at]);
    assert.ok(differs > 64 * 1024, `they differ at byte ${differs}`);
    assert.notEqual(first!.version, second!.version);
  });

  it('is believed only where it is a list of rates', () => {
    assert.deepEqual(readAcceptance('0.5'), [0.5]);
    assert.deepEqual(readAcceptance('1,0,0.25'), [1, 0, 0.25]);
    const many = new Array(17).fill('0.5').join();
    for (const text of [
      '',
      '1.5',
      '-0.1',
      'NaN',
      'Infinity',
      '1e9',
      '0.5;0.5',
      '0.5,',
      ' 0.5',
      many,
      '0,'.repeat(999),
    ])
      assert.equal(readAcceptance(text), undefined, text.slice(0, 20));
    assert.equal(readAcceptance(undefined), undefined);
  });
});
