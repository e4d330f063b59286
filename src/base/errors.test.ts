/** Whatever was thrown, as an error that a user can do something about. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { it } from 'node:test';
import { ForetokenError } from './errors.js';

it('tells what the system says of files from mistakes of ours and from the network', async () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-errors-'));
  try {
    writeFileSync(folder, 'x');
    assert.fail('a folder was written');
  } catch (thrown) {
    const error = ForetokenError.from(thrown);
    assert.equal(error.code, 'storage_failed');
    assert.match(error.message, /EISDIR.*disk has room/);
    assert.equal(error.cause, thrown);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const refused = await new Promise<Error>((resolve) => connect(1, '127.0.0.1').once('error', resolve));
  for (const thrown of [refused, new TypeError('x is undefined'), 'a text', undefined])
    assert.equal(ForetokenError.from(thrown).code, 'internal_error');
});
