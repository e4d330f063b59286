/** Standard output and error that cannot be written: full, closed, or a terminal that is gone. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { serving } from './test-command.js';

const main = fileURLToPath(new URL('./main.js', import.meta.url));
const demo = fileURLToPath(new URL('../../models/foretoken-demo-57m-q8_0.gguf', import.meta.url));

it(
  'says in a line that a result cannot be written',
  { skip: !existsSync('/dev/full') && 'no /dev/full here' },
  () => {
    const { status, stderr } = spawnSync(
      '/bin/sh',
      ['-c', '"$0" "$@" > /dev/full', process.execPath, main, 'inspect', demo],
      { encoding: 'utf8' },
    );
    assert.equal(status, 1);
    assert.match(stderr, /^foretoken: the result cannot be written to standard output: ENOSPC.*\n$/);
  },
);

it('serves on when nobody reads its log any more, and ends in order when its terminal does', async () => {
  const { server, url } = await serving();
  server.child.stderr.destroy();
  server.child.stdout.destroy();
  // A line for the log, which goes nowhere.
  const answer = await fetch(`${url}/v1/completions`, {
    method: 'POST',
    body: '{"prompt":"a","max_tokens":2}',
  });
  assert.equal(answer.status, 200);
  server.kill('SIGHUP');
  assert.equal((await server.finished).code, 0);
});
