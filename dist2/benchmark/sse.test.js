/** Event streams cut at every byte give the same events. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { EventStreamParser } from './sse.js';
function parse(...pieces) {
    const events = [];
    const parser = new EventStreamParser((data) => events.push(data));
    for (const piece of pieces)
        parser.push(piece);
    return events;
}
describe('an event stream', () => {
    const stream = Buffer.from(': a comment\n\ndata: {"text":"größer 🦊"}\n\nevent: x\nid: 7\ndata: two\r\ndata:lines\r\n\r\n' +
        'data\n\ndata:  indented\r\rretry: 5\n\n\n\ndatabase: no\n\ndata: [DONE]\n\ndata: unfinished');
    const events = ['{"text":"größer 🦊"}', 'two\nlines', '', ' indented', '[DONE]'];
    it('has data, comments, other fields, and every kind of line ending', () => {
        assert.deepEqual(parse(stream), events);
    });
    it('gives the same events when cut after any byte', () => {
        for (let at = 0; at <= stream.length; at += 1)
            assert.deepEqual(parse(stream.subarray(0, at), stream.subarray(at)), events, `cut at ${at}`);
    });
    it('gives the same events byte by byte, an empty piece between any two', () => {
        const bytes = [...stream].flatMap((byte) => [Uint8Array.of(byte), new Uint8Array()]);
        assert.deepEqual(parse(...bytes), events);
    });
    it('gives each event as soon as its empty line is there', () => {
        const seen = [];
        const parser = new EventStreamParser((data) => seen.push(data));
        parser.push(Buffer.from('data: a\n'));
        assert.deepEqual(seen, []);
        parser.push(Buffer.from('\n'));
        assert.deepEqual(seen, ['a']);
    });
    it('refuses an event without end', () => {
        const parser = new EventStreamParser(() => undefined);
        const piece = Buffer.alloc(2 ** 20, 'x');
        assert.throws(() => {
            for (let round = 0; round < 20; round += 1)
                parser.push(piece);
        }, /an event of more than/);
    });
});
//# sourceMappingURL=sse.test.js.map