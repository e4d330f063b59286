import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { compileGbnf } from './compile.js';
import { GrammarCompiler } from './grammar-compiler.js';
function compilerOf(limits = {}) {
    const compiler = new GrammarCompiler(limits);
    after(() => compiler.close());
    return compiler;
}
const gbnf = (text) => ({ kind: 'gbnf', text });
/** Takes long to read: many rules. */
const large = (rules, text = 'a') => `root ::= r0\n${Array.from({ length: rules }, (_, i) => `r${i} ::= "${text}" r${i + 1}?\n`).join('')}r${rules} ::= "z"`;
describe('GrammarCompiler', () => {
    it('gives what compileGbnf gives, and its errors', async () => {
        const compiler = compilerOf();
        const text = 'root ::= [a-zé]{2,5} "!"';
        const compiled = await compiler.compile(gbnf(text));
        assert.deepEqual(compiled, compileGbnf(text));
        assert.ok(compiled.words.buffer instanceof SharedArrayBuffer, 'threads share it');
        await assert.rejects(compiler.compile(gbnf('root ::= (')), { code: 'invalid_grammar', param: 'grammar' });
        const schema = { type: 'object', properties: { a: { type: 'strnig' } } };
        await assert.rejects(compiler.compile({ kind: 'schema', schema, param: 'response_format.schema' }), {
            code: 'invalid_schema',
            param: 'response_format.schema',
        });
        const parameter = { kind: 'schema', schema: { type: 'boolean' }, param: 'x' };
        assert.ok((await compiler.compile(parameter)).words.length > 0);
    });
    it('compiles a source once, however many ask for it', async () => {
        const compiler = compilerOf({ waiting: 1 });
        const first = compiler.compile(gbnf(large(2000)));
        const [one, ...others] = await Promise.all([
            first,
            ...Array.from({ length: 50 }, () => compiler.compile(gbnf(large(2000)))),
        ]);
        for (const other of others)
            assert.equal(other.words, one.words);
        assert.equal((await compiler.compile(gbnf(large(2000)))).words, one.words);
    });
    it('lets others run meanwhile', async () => {
        const compiler = compilerOf({ timeMs: 600_000 });
        await compiler.compile(gbnf('root ::= "a"'));
        let turns = 0;
        let done = false;
        const compiled = compiler.compile(gbnf(large(20_000))).finally(() => {
            done = true;
        });
        while (!done) {
            turns += 1;
            await new Promise(setImmediate);
        }
        await compiled;
        assert.ok(turns > 100, `${turns} turns of the event loop`);
    });
    it('gives up what takes too long, says so, and goes on with the others', async () => {
        const compiler = compilerOf({ timeMs: 1 });
        // Compiled in no time once the thread runs, so that nothing is said about the machine's speed.
        const hopeless = compiler.compile(gbnf(large(40_000)));
        const waiting = Promise.allSettled([
            compiler.compile(gbnf('root ::= "b"')),
            compiler.compile(gbnf('root ::= "b"')),
        ]);
        await assert.rejects(hopeless, {
            code: 'invalid_grammar',
            message: /takes longer than 0.001 s to compile/,
        });
        for (const { status } of await waiting)
            assert.match(status, /fulfilled|rejected/);
        // The answer is kept: the same is not tried again.
        await assert.rejects(compiler.compile(gbnf(large(40_000))), { message: /takes longer/ });
    });
    it('gives up what needs too much memory', async () => {
        const compiler = compilerOf({ heapMegabytes: 16, timeMs: 600_000 });
        await assert.rejects(compiler.compile(gbnf(large(49_000, 'abcdefgh'))), {
            code: 'invalid_grammar',
            message: /needs more than 16 MB/,
        });
        assert.ok((await compiler.compile(gbnf('root ::= "b"'))).words.length > 0);
    });
    it('refuses more than may wait, and answers all when it is closed', async () => {
        const compiler = compilerOf({ waiting: 2 });
        const waiting = [1, 2].map((n) => compiler.compile(gbnf(`root ::= "${n}"`)));
        await assert.rejects(compiler.compile(gbnf('root ::= "3"')), { code: 'queue_full' });
        const settled = Promise.allSettled(waiting);
        await compiler.close();
        for (const result of await settled)
            assert.equal(result.status === 'rejected' && result.reason.code, 'shutting_down');
        await assert.rejects(compiler.compile(gbnf('root ::= "4"')), { code: 'shutting_down' });
    });
    it('keeps a bounded number of bytes', async () => {
        const compiler = compilerOf({ keptBytes: 20_000 });
        const first = await compiler.compile(gbnf('root ::= "first"'));
        for (let n = 0; n < 30; n++)
            await compiler.compile(gbnf(`root ::= "${n}"`));
        const again = await compiler.compile(gbnf('root ::= "first"'));
        assert.notEqual(again.words, first.words);
        assert.deepEqual(again, first);
    });
});
//# sourceMappingURL=grammar-compiler.test.js.map