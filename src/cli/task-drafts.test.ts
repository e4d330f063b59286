/** The drafts of tasks that come with Foretoken: used where their target is served, until the user has own ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { bundledDraft, bundledPrompts, bundledTarget } from '../base/bundled.js';
import { targetFingerprint, tasksPlace } from '../drafts/registry/place.js';
import { DraftRegistry } from '../drafts/registry/registry.js';
import { draftSource, shippedRegistry } from '../drafts/registry/source.js';
import { apartFromRounding, run, serving } from './test-command.js';
import { draftForPrompt } from './task-drafts.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-task-drafts-'));
after(() => {
  rmSync(folder, { recursive: true });
});

const target = targetFingerprint(bundledTarget());
const shipped = shippedRegistry(target);
const lines = readFileSync(bundledPrompts(), 'utf8').split('\n').slice(0, 60);
const prompts = lines.map((line) => {
  const { task, messages } = JSON.parse(line) as { task: string; messages: { content: string }[] };
  return { task, text: messages[0]!.content };
});

interface Stats {
  readonly models: readonly { readonly latest_requests: readonly { task?: string; draft?: string }[] }[];
}

describe(
  'drafts of tasks that come with Foretoken',
  { skip: shipped === undefined && 'none are here' },
  () => {
    const own = new DraftRegistry(tasksPlace(target, path.join(folder, 'none')), target);
    const source = draftSource(own, shipped);
    /** One whose task has a draft. */
    const { text, task } = prompts.find((one) => draftForPrompt(source, one.text) !== undefined)!;

    it('are whole, for this target, and found for the prompts of their tasks', async () => {
      const { drafts, problems, assignments, usable } = shipped!.read();
      assert.deepEqual([problems, usable], [[], true]);
      assert.deepEqual(await shipped!.verify(drafts), new Map());
      assert.ok(drafts.length > 0 && source.onDemand);
      let right = 0;
      for (const prompt of prompts) {
        const file = draftForPrompt(source, prompt.text);
        if (file === shipped!.fileOf(drafts.find(({ id }) => id === assignments[prompt.task]?.draft)!))
          right += 1;
      }
      assert.ok(right > 0.9 * prompts.length, `${right} of ${prompts.length}`);
      assert.equal(draftForPrompt(draftSource(own, undefined), text), undefined);
    });

    const ask = async (url: string): Promise<Stats['models'][0]['latest_requests'][0]> => {
      const response = await fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ messages: [{ role: 'user', content: text }], max_tokens: 8, temperature: 0 }),
      });
      assert.equal(response.status, 200, await response.text());
      const { models } = (await (await fetch(`${url}/v1/stats`)).json()) as Stats;
      return models[0]!.latest_requests.at(-1)!;
    };
    const idsOf = async (url: string): Promise<string[]> =>
      ((await (await fetch(`${url}/v1/drafts`)).json()) as { data: { id: string }[] }).data.map(
        ({ id }) => id,
      );

    it('guess for their tasks as soon as they are loaded, which is when the first request comes', async () => {
      const env = { FORETOKEN_CACHE_DIR: path.join(folder, 'cache') };
      const { server, url } = await serving(['-np', '1'], { env });
      try {
        assert.equal((await idsOf(url)).length, 1);
        // Loading takes a moment; and where the first draft's tokens take far less time here than the other's took where it
        // was made, the other is only tried now and then.
        const guessed: (string | undefined)[] = [];
        while (!guessed.includes(task) && guessed.length < 200) {
          const { task: found, draft } = await ask(url);
          assert.equal(found, task);
          guessed.push(draft);
        }
        assert.ok(guessed.includes(task) && guessed[0] !== task, guessed.join());
        assert.ok((await idsOf(url)).includes(task));
      } finally {
        server.kill('SIGINT');
        const { err } = await server.finished;
        assert.equal(apartFromRounding(err), 'foretoken: shutting down\n');
      }
    });

    it('tell prompts apart for other drafts, too, which guess differently well at each kind of work', async () => {
      const env = { FORETOKEN_CACHE_DIR: path.join(folder, 'cache') };
      const { server, url } = await serving(['-np', '1', '--draft', bundledDraft(bundledTarget())!], { env });
      try {
        const { task: found, draft } = await ask(url);
        assert.equal(found, task);
        assert.equal((await idsOf(url)).length, 1);
        assert.notEqual(draft, task);
      } finally {
        server.kill();
      }
    });

    it('are left alone where the flags say so', async () => {
      const { server, url } = await serving(['-np', '1', '--tasks-dir', 'none']);
      try {
        assert.equal((await ask(url)).task, undefined);
        assert.equal((await idsOf(url)).length, 1);
      } finally {
        server.kill();
      }
    });

    it('change no text of generate', async () => {
      const env = { FORETOKEN_CACHE_DIR: path.join(folder, 'cache') };
      const [one, other] = await Promise.all(
        [[], ['--draft', 'none']].map((flags) => run(['generate', text, '-n', '12', ...flags], { env })),
      );
      assert.deepEqual([one!.code, one!.out], [0, other!.out]);
    });
  },
);
