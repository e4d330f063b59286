/** `foretoken generate` with the bundled model. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { run, Running } from './test-command.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-cli-'));
after(() => {
    rmSync(folder, { recursive: true });
});
const fileOf = (name, text) => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    return file;
};
const COUNTING = '1 2 3 4 5 6 7 8 9 1 2 3 4 5 6 7 8 9 1 2 3 4';
/** Guesses in any case, whether it pays or not. */
const FIXED = ['--speculation', 'fixed:4', '--proposers', 'lookup'];
describe('foretoken generate', () => {
    it('writes the answer to standard output, the figures to standard error, and no colours into a pipe', async () => {
        const { code, out, err } = await run(['generate', '-n', '12', 'Hello!']);
        assert.equal(code, 0, err);
        assert.ok(out.trim().length > 0);
        assert.match(err, /^\d+ tokens · .*first after \d+ ms · prompt \d+ tokens/m);
        assert.ok(!`${out}${err}`.includes('\x1b'));
    });
    it('writes the same text with speculation off, and says how many guesses were right', async () => {
        const args = ['generate', '--raw', '-n', '40', COUNTING];
        const guessed = await run([...args, ...FIXED]);
        assert.match(guessed.err, /\d+ % of \d+ guesses right · \d+\.\d\d tokens a step/);
        const plain = await run([...args, '--speculation', 'off']);
        assert.doesNotMatch(plain.err, /guesses/);
        assert.equal(guessed.out, plain.out);
    });
    it('shades what was guessed right where colours are wanted, and there alone', async () => {
        const args = ['generate', '--raw', '-n', '20', ...FIXED, COUNTING];
        const plain = await run(args, { env: { FORCE_COLOR: '1', NO_COLOR: '1' } });
        assert.ok(!plain.out.includes('\x1b'));
        const shaded = await run(args, { env: { FORCE_COLOR: '1' } });
        assert.ok(shaded.out.includes('\x1b[38;5;22;48;5;194m'));
        // eslint-disable-next-line no-control-regex -- these are the colours
        assert.equal(shaded.out.replace(/\x1b\[[\d;]*m/g, ''), plain.out);
    });
    it('--compare shows both sides and checks that the texts are the same', async () => {
        const { code, out, err } = await run(['generate', '--raw', '-n', '30', ...FIXED, '--compare', COUNTING]);
        assert.equal(code, 0, err);
        const [, off, on] = /^speculation off\n([\s\S]*)\n\nspeculation fixed:4\n([\s\S]*)\n\n$/.exec(out) ?? [];
        assert.ok(off !== undefined && off.length > 0, out);
        assert.equal(off, on);
        assert.match(err, /^speculation +tokens +tokens\/s +guesses right +tokens a step$/m);
        assert.match(err, /^text: identical$/m);
    });
    it('reads standard input', async () => {
        const args = ['generate', '-n', '8', '--temp', '0.7', '--seed', '5'];
        const piped = await run(args, { input: 'Hello!\n' });
        const given = await run([...args, 'Hello!']);
        assert.equal(piped.code, 0, piped.err);
        assert.equal(piped.out, given.out);
        const empty = await run(args, { input: '' });
        assert.equal(empty.code, 1);
        assert.match(empty.err, /The prompt is empty/);
    });
    it('ends quietly when nobody reads on', async () => {
        const running = new Running(['generate', '--raw', '-n', '900', 'Once upon a time']);
        await running.output(/\S/);
        running.child.stdout.destroy();
        const { err } = await running.finished;
        assert.match(err, /^\d+ tokens · .* cancelled$/m);
        assert.equal(err.trim().split('\n').length, 1, err);
    });
    it('keeps to a JSON schema and ends before a stop text', async () => {
        const schema = {
            type: 'object',
            properties: {
                name: { type: 'string', maxLength: 8 },
                age: { type: 'integer', minimum: 0, maximum: 99 },
            },
            required: ['name', 'age'],
        };
        const file = fileOf('schema.json', JSON.stringify(schema));
        const { code, out, err } = await run(['generate', '--json-schema', file, 'Ann is 7 years old.']);
        assert.equal(code, 0, err);
        const { name, age } = JSON.parse(out);
        assert.ok(name.length <= 8 && Number.isInteger(age) && age >= 0 && age <= 99, out);
        const grammar = fileOf('yes.gbnf', 'root ::= "yes, " ("it is" | "sir")\n');
        const stopped = await run(['generate', '--grammar-file', grammar, '--stop', ', ', 'Is it?']);
        assert.equal(stopped.out, 'yes\n');
    });
    it('uses a chat template from a file', async () => {
        const template = fileOf('t.jinja', '{% for m in messages %}{{ m.content }}{% endfor %}');
        const templated = await run(['generate', '-n', '6', '--chat-template-file', template, COUNTING]);
        const raw = await run(['generate', '-n', '6', '--raw', COUNTING]);
        assert.equal(templated.code, 0, templated.err);
        assert.equal(templated.out, raw.out);
    });
    const failure = async (args, words) => {
        const { code, err } = await run(['generate', ...args, 'x']);
        assert.equal(code, 1, err);
        assert.match(err, words);
        assert.equal(err.trim().split('\n').length, 1, err);
    };
    it('fails with one line that says why', async () => {
        await failure(['--model', path.join(folder, 'none.gguf')], /There is no file .*none\.gguf/);
        await failure(['--model', fileOf('text.gguf', 'no model at all, whatever it is called')], /is not a GGUF file/);
        await failure(['--model', fileOf('empty.gguf', '')], /is not a GGUF file/);
        await failure(['--draft', path.join(folder, 'none.gguf')], /There is no file .*none\.gguf/);
        await failure(['--json-schema', path.join(folder, 'none.json')], /--json-schema cannot be read/);
        await failure(['--json-schema', fileOf('bad.json', '{')], /is not JSON/);
        await failure(['--json-schema', fileOf('odd.json', '{"type":"strng"}')], /"strng" is no type; did you mean "string"\?/);
        await failure(['--lora', path.join(folder, 'none.gguf')], /none\.gguf/);
        const bad = await run(['generate', '--grammar-file', fileOf('bad.gbnf', 'root ::= ('), 'x']);
        assert.equal(bad.code, 1);
        assert.match(bad.err, /^foretoken: The grammar has a group without an end \(line 1, column 10, in the rule "root"\)/m);
        await failure(['--ctx-size', '64', '--system', 'word '.repeat(600)], /The prompt has \d+ tokens, and a request may hold \d+ here/);
    });
});
//# sourceMappingURL=generate.test.js.map