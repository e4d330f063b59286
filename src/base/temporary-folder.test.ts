/** A folder for files that are deleted soon, and a system that has no place for it. */
import assert from 'node:assert/strict';
import { rmSync, statSync } from 'node:fs';
import { it } from 'node:test';
import { temporaryFolder } from './temporary-folder.js';

it('is made, or says which variable names another place', () => {
  const folder = temporaryFolder('test');
  assert.ok(statSync(folder).isDirectory());
  rmSync(folder, { recursive: true });
  const names = ['TMPDIR', 'TEMP', 'TMP'] as const;
  const before = names.map((name) => process.env[name]);
  for (const name of names) process.env[name] = '/nonexistent/place';
  try {
    assert.throws(() => temporaryFolder('test'), {
      code: 'storage_failed',
      message: /ENOENT.*let TMPDIR name/,
    });
  } finally {
    names.forEach((name, index) => {
      if (before[index] === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before[index];
    });
  }
});
