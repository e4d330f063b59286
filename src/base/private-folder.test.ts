import assert from 'node:assert/strict';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { cacheDirectory, distrust, preparePrivateFolder } from './private-folder.js';
import { writeFileWhole } from './write-file.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-private-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});
const modeOf = (file: string): number => statSync(file).mode & 0o777;
const posix = process.platform !== 'win32';

it('finds the place for caches', () => {
  const home = path.resolve('/home/somebody');
  const of = (environment: Record<string, string>, platform: NodeJS.Platform = 'linux'): string =>
    cacheDirectory(environment, platform, home);
  assert.equal(of({}), path.join(home, '.cache', 'foretoken'));
  assert.equal(
    of({ XDG_CACHE_HOME: path.resolve('/caches') }),
    path.join(path.resolve('/caches'), 'foretoken'),
  );
  assert.equal(of({ XDG_CACHE_HOME: 'caches' }), path.join(home, '.cache', 'foretoken'));
  assert.equal(of({ FORETOKEN_CACHE_DIR: path.resolve('/own'), XDG_CACHE_HOME: '/x' }), path.resolve('/own'));
  assert.equal(
    of({ LOCALAPPDATA: path.resolve('/local') }, 'win32'),
    path.join(path.resolve('/local'), 'foretoken', 'cache'),
  );
  assert.ok(!existsSync(home), 'asking makes no folder');
});

describe('a private folder', () => {
  it('is made for the user alone, with the folders above it', { skip: !posix }, () => {
    const inner = path.join(folder, 'above', 'cache');
    preparePrivateFolder(inner);
    assert.equal(modeOf(inner), 0o700);
    assert.equal(modeOf(path.dirname(inner)), 0o700);
    assert.equal(distrust(inner), undefined);
  });

  it('is closed to others where it stood open', { skip: !posix }, () => {
    const open = path.join(folder, 'open');
    mkdirSync(open);
    writeFileSync(path.join(open, 'kept'), '');
    preparePrivateFolder(open);
    assert.equal(modeOf(open), 0o700);
    assert.deepEqual(readdirSync(open), ['kept']);
  });

  it("is no link, no file, and no other user's", { skip: !posix }, () => {
    const link = path.join(folder, 'link');
    mkdirSync(path.join(folder, 'elsewhere'));
    symlinkSync(path.join(folder, 'elsewhere'), link);
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    for (const [place, words] of [
      [link, /symbolic link/],
      [file, /not a folder|EEXIST/],
    ] as const) {
      assert.ok(distrust(place) !== undefined);
      assert.throws(() => {
        preparePrivateFolder(place);
      }, words);
    }
    // Root owns the root; for root itself any folder of another user does.
    const foreign = process.getuid?.() === 0 ? foreignFolder() : '/';
    assert.match(distrust(foreign)!, /belongs to another user/);
  });

  it('that is not there is not distrusted', () => {
    assert.equal(distrust(path.join(folder, 'none')), undefined);
  });
});

function foreignFolder(): string {
  const foreign = path.join(folder, 'foreign');
  mkdirSync(foreign);
  chownSync(foreign, 12345, 12345);
  return foreign;
}

describe('a file written whole', () => {
  it('is readable for its owner only and replaces what was there', () => {
    const file = path.join(folder, 'whole.json');
    writeFileWhole(file, 'one');
    writeFileWhole(file, 'two');
    assert.equal(readFileSync(file, 'utf8'), 'two');
    if (posix) assert.equal(modeOf(file), 0o600);
  });

  it('leaves nothing behind when it cannot be written', () => {
    const place = path.join(folder, 'place');
    mkdirSync(path.join(place, 'name'), { recursive: true });
    assert.throws(
      () => {
        writeFileWhole(path.join(place, 'name'), 'x');
      },
      { syscall: 'rename' },
    );
    assert.deepEqual(readdirSync(place), ['name']);
  });
});

it('is not to be had below a file', () => {
  const file = path.join(folder, 'a-file');
  writeFileSync(file, '');
  for (const below of [path.join(file, 'cache'), path.join(file, 'deeper', 'cache')]) {
    assert.match(distrust(below)!, /cannot be had \(ENOTDIR/);
    assert.throws(() => {
      preparePrivateFolder(below);
    }, /ENOTDIR/);
  }
});
