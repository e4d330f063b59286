/**
 * Grammars, schemas and biases that ended or froze a server once, over HTTP against the real engine and model: each is
 * answered, and the next request is served.
 */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { realServer } from './test-real-server.js';
import { until } from './test-server.js';
const PARALLEL = 2;
const { engine, url } = await realServer({
    model: { parallel: PARALLEL, batchSize: 256, microBatchSize: 256 },
    engine: {
        parallel: PARALLEL,
        queueLimit: 400,
        prefillChunk: 128,
        speculation: {
            ...{ mode: 'auto', length: 4, proposers: ['lookup'], lookupMinNgram: 2, suffixBytes: 1 << 20 },
        },
    },
});
const post = (body, signal, route = '/v1/completions') => fetch(url + route, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: signal ?? null,
});
const SHORT = { prompt: 'a', max_tokens: 2, temperature: 0 };
async function textOf(body) {
    const response = await post(body);
    assert.equal(response.status, 200, await response.clone().text());
    return (await response.json()).choices[0].text;
}
async function refusal(body) {
    const response = await post(body);
    assert.equal(response.status, 400, await response.clone().text());
    return (await response.json()).error;
}
const chain = (length) => `root ::= r0\n${Array.from({ length }, (_, i) => `r${i} ::= r${i + 1}\n`).join('')}r${length} ::= "a"`;
describe('grammars that cannot be followed are refused, with what is wrong', () => {
    const grammars = {
        'deep parentheses': [
            `root ::= ${'('.repeat(20_000)}"a"${')'.repeat(20_000)}`,
            /nests groups deeper than 100/,
        ],
        'hidden left recursion': ['root ::= e root "a" | "b"\ne ::= "x"?', /rule "root" may begin with itself/],
        'left recursion through repetitions': [
            'root ::= "a"* ("b"{0,3} root)? "c"',
            /rule "root" may begin with itself/,
        ],
        'left recursion of a long chain': [`${chain(20_000)} | r7`, /may begin with itself/],
        'a repetition that ends before it begins': ['root ::= "a"{5,2}', /the least is more than the most/],
        'a range that runs backwards': ['root ::= [z-a]', /nothing can match/],
        'a rule without an end': ['root ::= "a" root', /no finite text satisfies/],
        'more rules than are read': [chain(60_000), /more than 50000 rules/],
        'more repetitions than are counted': ['root ::= "a"{0,99999999999}', /at most 1000000 are counted/],
        'no GBNF': ['root ::= (((', /group without an end/],
        'alternatives without number': [
            `root ::= ${Array.from({ length: 9_000 }, (_, i) => `([a-c] | "d" [${i % 2 ? 'ef' : 'gh'}])?`).join(' ')}`,
            /can begin in too many ways/,
        ],
    };
    for (const [name, [grammar, message]] of Object.entries(grammars))
        it(name, async () => {
            const error = await refusal({ ...SHORT, grammar });
            assert.equal(error.code, 'invalid_grammar');
            assert.equal(error.param, 'grammar');
            assert.match(error.message, message);
            assert.equal(await textOf({ ...SHORT, grammar: 'root ::= "ok"' }), 'ok');
        });
});
describe('what is large but can be followed is', () => {
    it('a chain of 20,000 rules', async () => {
        assert.equal(await textOf({ ...SHORT, grammar: chain(20_000) }), 'a');
    });
    it('a pattern of 3,000 optional characters', async () => {
        for (const pattern of [`^${'[a-z ]?'.repeat(3000)}$`, `^${'[a-z ]?[b-z]?'.repeat(1500)}$`]) {
            const schema = { type: 'string', pattern };
            const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } };
            const response = await post({ prompt: 'Hello', max_tokens: 12, seed: 3, response_format });
            const body = (await response.json());
            if (response.status === 200)
                assert.match(body.choices[0].text, /^\s*"[a-z ]*"?$/);
            else
                assert.match(body.error.message, /too (large|many)|more than/);
        }
    });
    it('an enum of 4,000 strings, while another answer is written', async () => {
        const stop = new AbortController();
        const other = await post({ prompt: 'x', max_tokens: 900, ignore_eos: true, stream: true }, stop.signal);
        let chunks = 0;
        const reading = (async () => {
            for await (const chunk of other.body)
                chunks += chunk.length > 0 ? 1 : 0;
        })().catch(() => undefined);
        for (const strings of [
            Array.from({ length: 4_000 }, (_, i) => `value number ${(i * 7919) % 4000}`),
            Array.from({ length: 5_000 }, () => 'the same'),
        ]) {
            const schema = { enum: [...new Set(strings)] };
            const text = await textOf({
                ...{ prompt: 'x', max_tokens: 40, temperature: 0 },
                response_format: { type: 'json_schema', json_schema: { name: 'x', schema } },
            });
            assert.ok(strings.includes(JSON.parse(text)), text);
        }
        assert.ok(chunks > 0);
        stop.abort();
        await reading;
    });
    it('150 waiting requests with counted repetitions, in little memory', async () => {
        const grammar = `root ::= ${'[a-z]{0,2000} '.repeat(10)}${'[a-y]{0,2000} [a-z]{1,3} '.repeat(5)}"i"`;
        const inFlight = (count) => until(`${count} are in flight`, () => engine.inFlight === count);
        const burst = async (more) => {
            const stop = new AbortController();
            const send = (count, body) => Array.from({ length: count }, () => post(body, stop.signal).catch(() => undefined));
            const long = send(PARALLEL, {
                prompt: 'x',
                ignore_eos: true,
                max_tokens: engine.info.sequenceCapacity,
            });
            await inFlight(PARALLEL);
            const waiting = send(150, { ...SHORT, ...more });
            await inFlight(PARALLEL + 150);
            const { rss } = process.memoryUsage();
            stop.abort();
            await Promise.all([...long, ...waiting]);
            await inFlight(0);
            return rss;
        };
        await textOf({ ...SHORT, grammar });
        await burst({});
        const without = await burst({});
        const withGrammar = await burst({ grammar });
        assert.ok(withGrammar - without < 20 * 1024 * 1024, `${(withGrammar - without) / 1024 ** 2} MB more`);
    });
});
describe('sampling', () => {
    it('says that no token is left when all are banned', async () => {
        const size = engine.info.vocabularySize;
        const logit_bias = Object.fromEntries(Array.from({ length: size }, (_, id) => [id, -100]));
        for (const temperature of [0, 1]) {
            const error = await refusal({ ...SHORT, temperature, logit_bias });
            assert.equal(error.param, 'logit_bias');
            assert.match(error.message, /bans every token/);
        }
        const error = await refusal({ ...SHORT, logit_bias, grammar: 'root ::= "a"' });
        assert.equal(error.code, 'invalid_grammar');
    });
    it('is greedy at a temperature so small that nothing else could be meant', async () => {
        const body = { prompt: 'The capital of France is', max_tokens: 6, seed: 1 };
        const greedy = await textOf({ ...body, temperature: 0 });
        for (const temperature of [1e-308, 5e-324, 1e-40, 1e-9])
            assert.equal(await textOf({ ...body, temperature }), greedy, String(temperature));
        const constrained = { ...body, grammar: 'root ::= [a-z ]{9}' };
        assert.equal(await textOf({ ...constrained, temperature: 1e-308 }), await textOf({ ...constrained, temperature: 0 }));
    });
});
//# sourceMappingURL=constraint-faults.test.js.map