/** Folders are made, or it is said at once why not. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { makeFolder } from './make-folder.js';

const root = mkdtempSync(path.join(os.tmpdir(), 'foretoken-folder-'));
after(() => {
  rmSync(root, { recursive: true });
});

describe('a folder', () => {
  it('is made with those above it, and stays where it is there', () => {
    const folder = path.join(root, 'a', 'b', 'c');
    makeFolder(folder, 0o700);
    makeFolder(folder);
    assert.ok(statSync(folder).isDirectory());
    if (process.platform !== 'win32') assert.equal(statSync(path.join(root, 'a')).mode & 0o777, 0o700);
    makeFolder('.');
  });

  it('is not made where a file is in the way', () => {
    const file = path.join(root, 'file');
    writeFileSync(file, '');
    assert.throws(() => {
      makeFolder(file);
    }, /not a folder/);
    assert.throws(
      () => {
        makeFolder(path.join(file, 'below'));
      },
      { code: 'ENOTDIR' },
    );
  });

  it('is not made behind a link that leads nowhere', { skip: process.platform === 'win32' }, () => {
    const link = path.join(root, 'link');
    symlinkSync(path.join(root, 'nowhere', 'else'), link);
    assert.throws(() => {
      makeFolder(path.join(link, 'below'));
    }, /ENOENT|ENOTDIR|EEXIST/);
  });

  it('is refused at once by a file system that takes none', { skip: process.platform !== 'linux' }, () => {
    assert.throws(
      () => {
        makeFolder('/proc/foretoken/journal');
      },
      { code: 'ENOENT' },
    );
  });
});
