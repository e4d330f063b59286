/** What the router reads from disk: again when it has changed, and from the user's own files as soon as there are any. */
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { tasksPlace } from '../../drafts/registry/place.js';
import { DraftRegistry } from '../../drafts/registry/registry.js';
import { draftSource } from '../../drafts/registry/source.js';
import { temporaryFolder } from '../../drafts/test-targets.js';
import { taskSource } from './knowledge.js';

const TARGET = 'sha256:00112233445566778899aabbccddeeff';
const root = temporaryFolder();
const registryIn = (name: string): DraftRegistry => {
  const place = tasksPlace(TARGET, path.join(root, name));
  mkdirSync(place.folder, { mode: 0o700 });
  return new DraftRegistry(place, TARGET);
};

describe('what is known of tasks', () => {
  it('is read once for each state of its file, and the own file before the one that came along', () => {
    const [own, shipped] = [registryIn('own'), registryIn('shipped')];
    const read: string[] = [];
    const source = taskSource(draftSource(own, shipped), (file) => {
      read.push(path.basename(path.dirname(file)));
      return { tasks: [], classify: () => ({ task: 'general', confidence: 0 }) };
    });
    assert.equal(source.read().classifier, undefined);
    writeFileSync(shipped.place.tasks, 'one');
    for (let time = 0; time < 3; time++) assert.notEqual(source.read().classifier, undefined);
    assert.deepEqual(read, ['shipped']);
    writeFileSync(shipped.place.tasks, 'another');
    source.read();
    writeFileSync(own.place.tasks, 'mine');
    source.read();
    assert.deepEqual(read, ['shipped', 'shipped', 'own']);
  });

  it('is what comes with Foretoken for any target as long as there is nothing else', () => {
    const [own, usual] = [registryIn('mine'), registryIn('usual')];
    const source = draftSource(own, undefined, usual.place.tasks);
    assert.equal(source.tasksFile, usual.place.tasks);
    writeFileSync(own.place.tasks, 'mine');
    assert.equal(source.tasksFile, own.place.tasks);
    assert.equal(draftSource(registryIn('none'), registryIn('neither')).tasksFile.includes('neither'), true);
  });

  it('says why a file is left out, and tries it again', () => {
    const own = registryIn('damaged');
    writeFileSync(own.place.tasks, '{');
    let tries = 0;
    const source = taskSource(draftSource(own, undefined), () => {
      tries += 1;
      throw new Error('no tasks');
    });
    for (let time = 0; time < 2; time++)
      assert.match(source.read().problems.join(), /are left out: .*no tasks/);
    assert.equal(tries, 2);
  });
});
