import assert from 'node:assert/strict';
import { it } from 'node:test';
import { asDraftId, draftIdOf } from './draft-id.js';

it('takes short names for drafts and nothing else', () => {
  for (const id of ['a', 'code.v2', 'A_b-3', '0', '.', 'x'.repeat(64)]) assert.equal(asDraftId(id), id);
  for (const id of ['', 'x'.repeat(65), 'a b', 'a/b', '\n', 'ä', 'a\u0000', 7, null, undefined, {}, ['a']])
    assert.throws(() => asDraftId(id), { code: 'invalid_request', message: /1 to 64/ });
});

it('names a draft after its file', () => {
  assert.equal(draftIdOf('/models/my draft-1.5m.gguf'), 'my-draft-1.5m');
  assert.equal(draftIdOf(`${'y'.repeat(90)}.gguf`), 'y'.repeat(64));
  assert.equal(draftIdOf('/.gguf'), '.gguf');
});
