import { after } from 'node:test';
import { FakeCodec, FakeEngine } from './fake-engine.js';
import { buildServer } from './server.js';
/** Closed after the test or suite that asks for it. */
export function testServer(options = {}) {
    const engine = options.engine ?? new FakeEngine();
    const app = buildServer({
        codec: new FakeCodec(),
        modelId: 'demo',
        modelPath: '/models/demo.gguf',
        shutdownGraceMs: 0,
        ...options,
        engine,
    });
    after(() => app.close());
    return {
        app,
        engine,
        // Awaited here: an injected request starts when somebody waits for it.
        post: async (path, body, headers = {}) => await app.inject({
            method: 'POST',
            url: path,
            headers: { 'content-type': 'application/json', ...headers },
            payload: typeof body === 'string' ? body : JSON.stringify(body),
        }),
    };
}
/** Answers every request with these texts, one event each. */
export function answering(...texts) {
    return (stream) => {
        for (const text of texts)
            stream.text(text);
        stream.finish('finished', { tokens: [256] });
    };
}
export const CHAT = { model: 'demo', messages: [{ role: 'user', content: 'Hi' }] };
/** The `data:` of each event of an SSE body, parsed; `[DONE]` as it is. */
export function sseData(body) {
    return body
        .split('\n\n')
        .filter((event) => event !== '')
        .map((event) => {
        if (!event.startsWith('data: '))
            throw new Error(`not an event: ${event}`);
        const data = event.slice('data: '.length);
        return data === '[DONE]' ? data : JSON.parse(data);
    });
}
/** The events of a stream that names them, each name being the type that its data says. */
export function namedEvents(body) {
    return body
        .split('\n\n')
        .filter((event) => event !== '')
        .map((event) => {
        const [, name, data] = /^event: (\S+)\ndata: (.+)$/.exec(event) ?? [];
        if (data === undefined)
            throw new Error(`not a named event: ${event}`);
        const value = JSON.parse(data);
        if (value.type !== name)
            throw new Error(`the event ${name} says that it is ${value.type}`);
        return { ...value };
    });
}
/** A codec that notes what conversations it is given, and with which variables. */
export function recording(seen) {
    const codec = new FakeCodec();
    const encode = codec.encodeChat.bind(codec);
    codec.encodeChat = (messages, extra) => {
        seen.push(messages, extra);
        return encode(messages, extra);
    };
    return codec;
}
/** Waits until a condition of another party holds. */
export async function until(what, holds, timeoutMs = 10_000) {
    const deadline = Date.now() + timeoutMs;
    while (!holds()) {
        if (Date.now() > deadline)
            throw new Error(`waited in vain until ${what}`);
        await new Promise((resolve) => setTimeout(resolve, 2));
    }
}
//# sourceMappingURL=test-server.js.map