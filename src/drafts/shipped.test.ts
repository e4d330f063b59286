import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { readGguf } from '../gguf/reader.js';
import { assertSameVocabulary } from '../llama/draft.js';
import { Vocabulary } from '../llama/vocabulary.js';
import { createDraft } from './create.js';
import { fingerprint, metadataText } from './network.js';
import { shippedDraft, shippedDrafts } from './shipped.js';
import { temporaryFolder, TINY, writeTinyTarget } from './test-targets.js';

describe('a draft that comes with Foretoken', () => {
  it('is found for its target, whatever the name of the file, and for no other', () => {
    const folder = temporaryFolder();
    const [target, renamed, other] = ['target', 'renamed', 'other'].map((name) =>
      path.join(folder, `${name}.gguf`),
    );
    writeTinyTarget(target!);
    writeTinyTarget(other!, { ...TINY, vocabularySize: 96 });
    copyFileSync(target!, renamed!);
    createDraft({ target: target!, output: path.join(folder, 'draft.gguf'), layers: 1, width: 32, heads: 1 });
    assert.equal(shippedDraft(target!, folder), undefined, 'without a list');
    const own = fingerprint(readGguf(target!));
    writeFileSync(
      path.join(folder, 'drafts.json'),
      JSON.stringify([
        { file: 'missing.gguf', target: own, task: 'general' },
        { file: '../target.gguf', target: own, task: 'general' },
        { file: 'target.gguf', target: own, task: 'sql' },
        { file: 'draft.gguf', target: own, task: 'general' },
      ]),
    );
    assert.equal(shippedDraft(renamed!, folder), path.join(folder, 'draft.gguf'));
    assert.equal(shippedDraft(other!, folder), undefined);
    assert.equal(shippedDraft(path.join(folder, 'nothing.gguf'), folder), undefined);
    writeFileSync(path.join(folder, 'drafts.json'), '{');
    assert.equal(shippedDraft(renamed!, folder), undefined, 'with a damaged list');
  });

  it('was made for what the list says', () => {
    const folder = path.dirname(bundledTarget());
    const target = readGguf(bundledTarget());
    const vocabulary = Vocabulary.open(bundledTarget());
    for (const draft of shippedDrafts()) {
      const file = path.join(folder, draft.file);
      assert.equal(
        metadataText(readGguf(file), 'foretoken.draft.target.fingerprint'),
        draft.target,
        draft.file,
      );
      if (draft.target !== fingerprint(target)) continue;
      const own = Vocabulary.open(file);
      assertSameVocabulary(vocabulary, own, file, bundledTarget());
      own.dispose();
    }
    vocabulary.dispose();
  });
});
