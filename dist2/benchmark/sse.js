/**
 * Reads an event stream (WHATWG HTML, "Server-sent events") however its bytes are cut: within a line, a line
 * ending or a character. Only `data` matters here; comments, names and ids of events are passed over.
 */
import { StringDecoder } from 'node:string_decoder';
/** An event longer than this is no chunk of an answer; it would only fill memory. */
const EVENT_LIMIT_CHARACTERS = 16 * 2 ** 20;
export class EventStreamParser {
    #onData;
    #decoder = new StringDecoder('utf8');
    #line = '';
    #data;
    /** A line feed that follows belongs to the carriage return before it. */
    #afterReturn = false;
    /** @param onData gets the data of each event, lines joined by line feeds. */
    constructor(onData) {
        this.#onData = onData;
    }
    /** @throws Error on an event without end */
    push(bytes) {
        let text = this.#decoder.write(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
        if (text === '')
            return;
        if (this.#afterReturn && text.startsWith('\n'))
            text = text.slice(1);
        this.#afterReturn = text.endsWith('\r');
        const lines = text.split(/\r\n|\n|\r/);
        const rest = lines.pop();
        for (const line of lines) {
            this.#endLine(this.#line + line);
            this.#line = '';
        }
        this.#line += rest;
        if (this.#line.length + (this.#data?.length ?? 0) > EVENT_LIMIT_CHARACTERS)
            throw new Error(`an event of more than ${EVENT_LIMIT_CHARACTERS} characters`);
    }
    #endLine(line) {
        if (line === '') {
            const data = this.#data;
            this.#data = undefined;
            if (data !== undefined)
                this.#onData(data);
            return;
        }
        const [, value] = /^data(?:: ?(.*))?$/s.exec(line) ?? [];
        if (value === undefined && !/^data:?$/.test(line))
            return;
        this.#data = this.#data === undefined ? (value ?? '') : `${this.#data}\n${value ?? ''}`;
    }
}
//# sourceMappingURL=sse.js.map