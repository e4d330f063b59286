/** The journal's thread: what it is given is redacted and on the disk in time, also when its process is killed. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { exampleRaw } from './examples.js';
import { openJournal } from './store.js';
import { newFolder, until } from './test-support.js';
import { JournalWriter, type WriterOptions } from './writer.js';

async function written(entries: readonly ReturnType<typeof exampleRaw>[], options: WriterOptions = {}) {
  const folder = newFolder();
  const problems: string[] = [];
  const writer = await JournalWriter.open(folder, options, (text) => problems.push(text));
  for (const entry of entries) writer.add(entry);
  await writer.close();
  const journal = openJournal(folder);
  const stored = [...journal.entries()].reverse();
  journal.close();
  return { stored, problems, writer };
}

describe("the journal's thread", () => {
  it('stores everything before it is closed, in order', async () => {
    const raw = Array.from({ length: 200 }, (_, at) => exampleRaw({ promptText: `prompt ${at}` }));
    const { stored, problems, writer } = await written(raw);
    assert.deepEqual(
      stored.map(({ prompt }) => prompt),
      raw.map(({ promptText }) => promptText),
    );
    assert.deepEqual(problems, []);
    assert.deepEqual([writer.written, writer.lost, writer.waiting], [200, 0, 0]);
    const { id, source, prompt, promptTokens, outputTokens, ...rest } = stored[0]!;
    assert.deepEqual([id, source, prompt], [1, 'served', 'prompt 0']);
    const { promptText, messages, promptTokens: given, outputTokens: wrote, ...same } = raw[0]!;
    assert.deepEqual([promptText, messages], ['prompt 0', undefined]);
    assert.deepEqual([promptTokens, outputTokens], [[...given], [...wrote]]);
    assert.deepEqual(rest, same);
  });

  it('keeps no tokens of a text in which something was redacted', async () => {
    const messages = [
      { role: 'system', content: 'Be brief' },
      { role: 'user', content: 'I am a@b.example' },
    ];
    const { stored } = await written([
      exampleRaw({ messages, promptText: '<system>Be brief<user>I am a@b.example' }),
      exampleRaw({ output: 'call +49 30 1234567' }),
      // Only tokens tell what a template writes besides the messages.
      exampleRaw({ messages, promptText: 'tools of a@b.example' }),
    ]);
    const [first, second, third] = stored;
    assert.deepEqual(first!.prompt, [messages[0], { role: 'user', content: 'I am [e-mail]' }]);
    assert.deepEqual([first!.promptTokens.length, first!.outputTokens.length > 0], [0, true]);
    assert.equal(second!.output, 'call [phone]');
    assert.deepEqual(
      [second!.promptTokens.length > 0, second!.outputTokens, second!.refusedAt],
      [true, [], []],
    );
    assert.deepEqual(third!.promptTokens, []);
  });

  it('leaves out what it cannot redact in time, and says so once', async () => {
    const slow = exampleRaw({ output: `${'a'.repeat(60)}!` });
    const { stored, problems, writer } = await written([exampleRaw(), slow, exampleRaw()], {
      redact: ['(a+)+$'],
    });
    assert.deepEqual([stored.length, writer.lost], [2, 1]);
    assert.equal(problems.length, 1);
    assert.match(problems[0]!, /could not be redacted in time/);
  });

  it('says that the disk is full, and loses nothing that it can keep', async () => {
    const folder = newFolder();
    const problems: string[] = [];
    const writer = await JournalWriter.open(folder, { mostPages: 40 }, (text) => problems.push(text));
    writer.add(exampleRaw());
    await until(() => writer.written === 1);
    for (let at = 0; at < 100; at++) writer.add(exampleRaw({ output: 'x'.repeat(5_000) }));
    await until(() => problems.length > 0);
    assert.match(problems[0]!, /^nothing is journalled, and the server goes on without: The disk .* is full/);
    await writer.close();
    assert.equal(problems.length, 1);
    assert.equal(writer.written + writer.lost, 101);
    const journal = openJournal(folder);
    assert.ok(journal.counts().entries >= 1);
    journal.close();
  });

  it('fails at its start with words where it cannot work', async () => {
    await assert.rejects(JournalWriter.open(newFolder(), { redact: ['('] }), /--redact must be/);
    await assert.rejects(JournalWriter.open(fileURLToPath(import.meta.url)), /cannot be read or written/);
  });

  it('has on the disk what it said is written, when its process is killed', async () => {
    const folder = newFolder();
    const script = fileURLToPath(new URL('./test-endless-requests.js', import.meta.url));
    const child = spawn(process.execPath, [script, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
    let told = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (told += text));
    await until(() => told.split('\n').length > 6);
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('close', resolve));
    const said = Number(told.trim().split('\n').at(-1));
    const journal = openJournal(folder);
    const { entries } = journal.counts();
    assert.ok(said > 0 && entries >= said, `${entries} of ${said}`);
    journal.close();
  });
});
