/** An engine thread that hangs in native code, dies or finds its books wrong: everybody is told, and the process ends when it is told to. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { DIE, HANG, MEND } from '../engine/test-thread.js';
const program = fileURLToPath(new URL('./test-hanging-server.js', import.meta.url));
class Server {
    #child = spawn(process.execPath, [program]);
    out = '';
    err = '';
    ended = new Promise((resolve) => {
        this.#child.on('close', (code, signal) => {
            resolve(code ?? signal);
        });
    });
    url = '';
    static async start() {
        const server = new Server();
        server.#child.stdout.setEncoding('utf8').on('data', (text) => (server.out += text));
        server.#child.stderr.setEncoding('utf8').on('data', (text) => (server.err += text));
        await until(() => server.out.includes('\n'), server);
        server.url = /http\S+/.exec(server.out)[0];
        return server;
    }
    kill(signal = 'SIGKILL') {
        this.#child.kill(signal);
    }
    ask(maxTokens) {
        return fetch(`${this.url}/v1/completions`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ prompt: 'x', max_tokens: maxTokens }),
        });
    }
    async health() {
        const response = await fetch(`${this.url}/health`);
        return { status: response.status, text: await response.text() };
    }
}
async function until(holds, server) {
    for (const end = Date.now() + 60_000; !(await holds());) {
        assert.ok(Date.now() < end, `waited in vain: ${server.out}${server.err}`);
        await new Promise((resolve) => setTimeout(resolve, 10));
    }
}
async function hanging() {
    const server = await Server.start();
    assert.equal((await server.health()).status, 200);
    const answer = server.ask(HANG).catch(() => undefined);
    await until(async () => (await server.health()).status === 503, server);
    return { server, answer };
}
describe('an engine thread that hangs', { skip: process.platform === 'win32' }, () => {
    it('is told by /health, by a metric and in the log', async () => {
        const { server } = await hanging();
        try {
            const { text } = await server.health();
            assert.match(text, /"engine_stalled"/);
            assert.match(text, /has not moved for \d+ s; it was decoding/);
            assert.match(await (await fetch(`${server.url}/metrics`)).text(), /^foretoken_engine_stalled 1$/m);
            assert.match(server.err, /the engine thread does not move: decoding for \d+ ms/);
        }
        finally {
            server.kill();
        }
    });
    it('does not keep the process at a second signal', async () => {
        const { server } = await hanging();
        server.kill('SIGTERM');
        await until(() => server.err.includes('shutting down'), server);
        server.kill('SIGTERM');
        assert.equal(await server.ended, 143);
    });
    it('nor for good at a first one, and its requests are answered', async () => {
        const { server, answer } = await hanging();
        server.kill('SIGINT');
        const response = await answer;
        assert.equal(response?.status, 503);
        assert.match(await response.text(), /engine_stalled/);
        assert.equal(await server.ended, 1);
        assert.match(server.err, /the engine thread does not end/);
    });
});
describe('an engine thread that dies', () => {
    it('leaves no request without an answer', async () => {
        const server = await Server.start();
        try {
            const answers = [server.ask(9), server.ask(9), server.ask(9)];
            const died = await server.ask(DIE);
            for (const response of [died, ...(await Promise.all(answers)), await server.ask(9)]) {
                assert.equal(response.status, 503);
                assert.match(await response.text(), /engine_stopped/);
            }
            server.kill('SIGTERM');
            assert.equal(await server.ended, 0);
        }
        finally {
            server.kill();
        }
    });
});
it('books that were mended are told of in the log and by a metric', async () => {
    const server = await Server.start();
    try {
        const metrics = async () => (await fetch(`${server.url}/metrics`)).text();
        assert.match(await metrics(), /^foretoken_kv_conservation_errors_total 0$/m);
        void server.ask(MEND).catch(() => undefined);
        await until(() => server.err.includes('wrong'), server);
        assert.match(server.err, /books of the KV cache were wrong \(one cell is missing\); the caches have been emptied/);
        assert.match(await metrics(), /^foretoken_kv_conservation_errors_total 1$/m);
        assert.match(await metrics(), /^foretoken_kv_cells\{state="free"\} 2048$/m);
    }
    finally {
        server.kill();
    }
});
//# sourceMappingURL=hanging.test.js.map