/** Datasets: what is read from good files, and what is said of broken ones. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from '../base/errors.js';
import { loadDataset } from './datasets.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-bench-'));
after(() => {
    rmSync(folder, { recursive: true });
});
const fileOf = (content) => {
    const file = path.join(folder, 'dataset');
    writeFileSync(file, content);
    return file;
};
const load = (options) => loadDataset({
    name: 'custom',
    path: undefined,
    tasks: [],
    count: undefined,
    outputTokens: undefined,
    inputTokens: 20,
    prefixTokens: 0,
    seed: 1,
    ...options,
});
const user = (content) => [{ role: 'user', content }];
describe('custom prompts', () => {
    const lines = [
        { prompt: 'p1', output_tokens: 7 },
        { messages: user('a1'), task: 'a' },
        { messages: [...user('a2'), { role: 'assistant', content: 'said' }], task: 'a', extra: true },
        { prompt: 'b1', task: 'b' },
    ];
    const text = `\uFEFF${lines.map((line) => JSON.stringify(line)).join('\r\n\n')}\n`;
    it('take their tasks in turn; the answer at the end of a conversation is left off', () => {
        const { prompts, distinct } = load({ path: fileOf(text) });
        assert.equal(distinct, 4);
        assert.deepEqual(prompts, [
            { task: 'custom', prompt: 'p1', messages: undefined, maxTokens: 7 },
            { task: 'a', prompt: undefined, messages: user('a1'), maxTokens: 256 },
            { task: 'b', prompt: 'b1', messages: undefined, maxTokens: 256 },
            { task: 'a', prompt: undefined, messages: user('a2'), maxTokens: 256 },
        ]);
    });
    it('are cut or repeated to the count, of the tasks asked for, with the length asked for', () => {
        assert.equal(load({ path: fileOf(text), count: 2 }).prompts.length, 2);
        const { prompts, distinct } = load({
            path: fileOf(text),
            count: 3,
            tasks: ['a'],
            outputTokens: 5,
        });
        assert.equal(distinct, 2);
        assert.deepEqual(prompts.map(({ messages, maxTokens }) => [messages[0].content, maxTokens]), [
            ['a1', 5],
            ['a2', 5],
            ['a1', 5],
        ]);
    });
    it('name a task that is not there, with the nearest', () => {
        const file = fileOf(`{"prompt":"x","task":"summarize"}\n{"prompt":"y","task":"math"}`);
        assert.throws(() => load({ path: file, tasks: ['summarise'] }), /has no task "summarise"; did you mean summarize\? \(summarize, math\)/);
    });
});
it('the bundled held-out prompts are a mix of tasks', () => {
    const file = fileURLToPath(new URL('../../models/heldout.jsonl', import.meta.url));
    const { prompts } = load({ name: 'heldout', path: file });
    assert.equal(prompts.length, 100);
    const tasks = new Set(prompts.slice(0, 7).map(({ task }) => task));
    assert.equal(tasks.size, 7, [...tasks].join(' '));
    assert.ok(prompts.every(({ messages }) => messages?.at(-1)?.role === 'user'));
});
it('Spec-Bench: the category is the task, the first turn the prompt', () => {
    const file = fileOf('{"question_id": 81, "category": "writing", "turns": ["first", "second"]}\n' +
        '{"question_id": 82, "category": "rag", "turns": ["only"]}\n');
    assert.deepEqual(load({ name: 'spec-bench', path: file }).prompts, [
        { task: 'writing', prompt: undefined, messages: user('first'), maxTokens: 256 },
        { task: 'rag', prompt: undefined, messages: user('only'), maxTokens: 256 },
    ]);
});
describe('ShareGPT', () => {
    const turn = (from, value) => ({ from, value });
    const talk = (question, ...answers) => ({
        conversations: [turn('human', question), ...answers.map((answer) => turn('gpt', answer))],
    });
    const question = (name) => `Question ${name}, which is long enough`;
    const text = JSON.stringify([
        talk(question('one'), 'x'.repeat(400)),
        talk(question('two'), 'x'.repeat(80)),
        talk('short', 'x'.repeat(400)),
        talk(question('without answer')),
        talk(question('with a short answer'), 'yes'),
        talk('long '.repeat(2000), 'x'.repeat(400)),
        talk(question('with an answer too long'), 'x'.repeat(9000)),
    ]);
    it("takes a conversation's first question, its answer's length, and leaves out what vLLM leaves out", () => {
        const { prompts } = load({ name: 'sharegpt', path: fileOf(text) });
        const found = prompts.map(({ messages, maxTokens }) => [messages[0].content, maxTokens]);
        assert.deepEqual(found.sort((a, b) => Number(b[1]) - Number(a[1])), [
            [question('one'), 100],
            [question('two'), 20],
        ]);
    });
    it('has another order for another seed, and lengths as asked for', () => {
        const many = fileOf(JSON.stringify(Array.from({ length: 40 }, (_, i) => talk(question(String(i)), 'x'.repeat(100)))));
        const orderOf = (seed) => load({ name: 'sharegpt', path: many, seed }).prompts.map(({ messages }) => messages[0].content);
        assert.deepEqual(orderOf(1), orderOf(1));
        assert.notDeepEqual(orderOf(1), orderOf(2));
        const { prompts } = load({ name: 'sharegpt', path: fileOf(text), outputTokens: 3 });
        assert.ok(prompts.length === 4 && prompts.every(({ maxTokens }) => maxTokens === 3));
    });
});
it('random prompts: words by seed, a beginning in common, all different behind it', () => {
    const options = { name: 'random', inputTokens: 30, prefixTokens: 10, count: 5 };
    const { prompts } = load(options);
    const words = prompts.map(({ prompt }) => prompt.split(' '));
    assert.ok(words.every((list) => list.length === 40));
    assert.equal(new Set(words.map((list) => list.slice(0, 10).join(' '))).size, 1);
    assert.equal(new Set(words.map((list) => list.slice(10).join(' '))).size, 5);
    assert.deepEqual(load(options).prompts, prompts);
    assert.notDeepEqual(load({ ...options, seed: 2 }).prompts, prompts);
});
describe('broken files', () => {
    const refused = (name, content, words) => {
        assert.throws(() => load({ name, path: fileOf(content) }), (error) => {
            assert.ok(error instanceof ForetokenError);
            assert.equal(error.code, 'invalid_dataset');
            assert.match(error.message, words);
            assert.ok(error.message.includes(path.join(folder, 'dataset')), error.message);
            return true;
        });
    };
    it('are refused with file, line and what is wrong', () => {
        const good = '{"prompt":"fine"}\n';
        for (const [line, words] of [
            ['{"prompt":', /^Line 2 of .* is not JSON/],
            ['[1]', /^Line 2 of .* is no JSON object/],
            ['{"text":"x"}', /needs either "prompt" or "messages"/],
            ['{"prompt":"x","messages":[]}', /needs either "prompt" or "messages"/],
            ['{"prompt":" "}', /no text under "prompt"/],
            ['{"prompt":"x","task":3}', /"task" that is no text/],
            ['{"prompt":"x","output_tokens":0}', /"output_tokens" that are no whole number above 0/],
            ['{"messages":"x"}', /"messages" that are no list/],
            ['{"messages":[]}', /no message to answer/],
            ['{"messages":[{"role":"assistant","content":"x"}]}', /no message to answer/],
            ['{"messages":[{"role":"user","content":"x"},{"role":"user"}]}', /"content" in message 2/],
            ['{"messages":[{"role":"user","content":[{"type":"text"}]}]}', /"content" in message 1/],
        ])
            refused('custom', good + line, words);
        refused('spec-bench', '{"turns":["x"]}', /^Line 1 of .* no text under "category"/);
        refused('spec-bench', '{"category":"x","turns":[]}', /no text as the first of its "turns"/);
        refused('spec-bench', '{"category":"x","turns":"abc"}', /no text as the first of its "turns"/);
        refused('sharegpt', '{"a":1}', /is no list of conversations/);
        refused('sharegpt', '[', /is not JSON/);
        refused('sharegpt', '[{"conversations":[]},{"id":1}]', /^Entry 2 of .* no list under "conversations"/);
        refused('sharegpt', '[{"conversations":[{"from":"human"}]}]', /^Entry 1 of .* a turn without a text/);
    });
    it('without any prompt are refused', () => {
        refused('custom', '\n\n', /holds no prompt that can be used/);
        refused('sharegpt', '[]', /holds no prompt that can be used/);
    });
    it('that are not there, or were not named', () => {
        const none = path.join(folder, 'none');
        assert.throws(() => load({ path: none }), { code: 'file_not_found' });
        assert.throws(() => load({ path: folder }), { code: 'file_not_found' });
        assert.throws(() => load({}), { code: 'invalid_option' });
    });
});
//# sourceMappingURL=datasets.test.js.map