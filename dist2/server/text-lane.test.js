/** A lane whose thread takes too long, hangs or dies: every job is answered. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { bundledTarget } from '../base/bundled.js';
import { LlamaCodec } from './llama-codec.js';
import { TextLane } from './text-lane.js';
import { ThreadedCodec } from './threaded-codec.js';
const setup = { modelPath: bundledTarget(), gpu: 'none' };
const tokenize = (text) => ({
    type: 'tokenize',
    text,
    addSpecial: false,
    parseSpecial: true,
});
describe('a lane', () => {
    it('stops a template that runs too long with 400, and goes on with the next', async () => {
        const chatTemplate = '{% for m in messages %}{% if m.content == "loop" %}{% for i in range(1000000000) %}{{ i }}{% endfor %}' +
            '{% endif %}[{{ m.content }}]{% endfor %}';
        const lane = new TextLane({ ...setup, chatTemplate }, { limitMs: 2000 });
        const chat = (content) => lane.run({ type: 'encodeChat', messages: [{ role: 'user', content }], extra: {} }, 4);
        const [slow, next] = [chat('loop'), chat('fine')];
        await assert.rejects(slow, (error) => {
            assert.equal(error.status, 400);
            assert.match(error.message, /took longer than 2 s|refuses these messages|has ended/);
            return true;
        });
        assert.ok((await next).length > 0);
        lane.close();
    });
    const program = new URL('./test-text-thread.js', import.meta.url);
    it('answers every job of a thread that dies or hangs, and starts another', async () => {
        const lane = new TextLane(setup, { program, limitMs: 2000 });
        const jobs = ['one', 'die', 'three', 'hang', 'fives'].map((text) => lane.run(tokenize(text), 0));
        const results = await Promise.allSettled(jobs);
        assert.deepEqual(results.map((result) => result.status === 'fulfilled'
            ? result.value[0]
            : result.reason.code), [3, 'internal_error', 5, 'invalid_request', 5]);
        lane.close();
        await assert.rejects(lane.run(tokenize('late'), 0), { code: 'shutting_down' });
    });
});
describe('a codec on several threads', () => {
    const own = LlamaCodec.open(setup.modelPath);
    const codec = new ThreadedCodec(own, setup);
    after(() => {
        codec.close();
        own.dispose();
    });
    it('reads thousands of small texts elsewhere, and goes on here in the next turn', async () => {
        const here = () => !(codec.tokenize('word '.repeat(100), false, true) instanceof Promise);
        const first = Array.from({ length: 100 }, here);
        assert.ok(first[0] === true && first.includes(false));
        await new Promise((resolve) => setTimeout(resolve, 5));
        assert.ok(here());
    });
    it('refuses as the one on this thread', async () => {
        await assert.rejects(async () => codec.detokenize(new Array(5000).fill(1e9)), {
            code: 'invalid_request',
        });
    });
});
//# sourceMappingURL=text-lane.test.js.map