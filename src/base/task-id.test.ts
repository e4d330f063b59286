import assert from 'node:assert/strict';
import { it } from 'node:test';
import { taskId } from './task-id.js';

it('names of tasks become ids that the files of tasks and of drafts both take', () => {
  assert.equal(taskId('German to English'), 'german-to-english');
  assert.equal(taskId('SQL_queries (v1.2)'), 'sql-queries-v1-2');
  assert.equal(taskId('Übersetze Straße'), 'ubersetze-strasse');
  const names = ['перевод', 'код', '翻訳', 'код sql', 'sql', '', '?', 'none', 'lookup', 'x'.repeat(200)];
  const ids = names.map(taskId);
  assert.equal(new Set(ids).size, names.length);
  for (const id of ids) {
    assert.match(id, /^[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.ok(id.length <= 64);
    assert.equal(taskId(id), id);
    assert.ok(!['none', 'lookup'].includes(id));
  }
});
