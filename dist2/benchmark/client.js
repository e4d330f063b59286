/**
 * A streaming client for OpenAI-compatible servers. It costs little, as it often shares the processor with the
 * server it measures: Node's own HTTP, connections kept open, each byte looked at once.
 */
import http from 'node:http';
import https from 'node:https';
import { AnswerRecorder, errorText, shortened } from './answer.js';
import { EventStreamParser } from './sse.js';
import { checkedApiKey, checkedBaseUrl } from './target.js';
/** Of a body that is no event stream, this much is kept to say what it was. */
const ERROR_BODY_LIMIT_BYTES = 64 * 1024;
/** For models and metrics; answers may take as long as they take. */
const GET_TIMEOUT_MS = 30_000;
const GET_LIMIT_BYTES = 64 * 2 ** 20;
export class BenchmarkClient {
    #baseUrl;
    #headers;
    #library;
    #agent;
    constructor(baseUrl, apiKey) {
        this.#baseUrl = checkedBaseUrl(baseUrl);
        this.#headers = apiKey === undefined ? {} : { authorization: `Bearer ${checkedApiKey(apiKey)}` };
        this.#library = this.#baseUrl.startsWith('https:') ? https : http;
        this.#agent = new this.#library.Agent({ keepAlive: true, maxSockets: Infinity });
    }
    /** Ends the connections that wait for another request. */
    close() {
        this.#agent.destroy();
    }
    /** Posts a request and reads its streamed answer. Never throws: what goes wrong is the answer's `error`. */
    async stream(endpoint, body, signal) {
        const payload = Buffer.from(JSON.stringify(body));
        const startMs = performance.now();
        const first = await this.#post(endpoint, payload, startMs, signal);
        // A server may close a kept connection at the moment a request goes out on it: nobody's fault (Node's own
        // documentation of `reusedSocket` asks for this). The clock goes on.
        return first === 'stale connection'
            ? (await this.#post(endpoint, payload, startMs, signal, false))
            : first;
    }
    #post(endpoint, payload, startMs, signal, reuse = true) {
        return new Promise((resolve) => {
            const recorder = new AnswerRecorder();
            const end = (problem) => {
                const figures = recorder.figures();
                const error = problem !== undefined && signal?.aborted === true ? 'ended early by the user' : problem;
                if (error === undefined)
                    resolve(figures);
                // How long it took to fail; where text had come, its own times stand.
                else
                    resolve({ ...figures, e2eMs: performance.now() - startMs, error });
            };
            const request = this.#library.request(this.#baseUrl + endpoint, {
                method: 'POST',
                agent: reuse ? this.#agent : false,
                headers: {
                    ...this.#headers,
                    'content-type': 'application/json',
                    accept: 'text/event-stream',
                    'content-length': payload.length,
                },
                ...(signal === undefined ? {} : { signal }),
            });
            let answered = false;
            request.on('error', (error) => {
                if (!answered && request.reusedSocket && reuse && isReset(error))
                    resolve('stale connection');
                else
                    end(connectionText(error));
            });
            request.on('response', (response) => {
                answered = true;
                const { statusCode = 0 } = response;
                const type = response.headers['content-type'] ?? 'no content type';
                if (statusCode === 200 && /^text\/event-stream\b/i.test(type)) {
                    readAnswer(response, recorder, startMs, end);
                    return;
                }
                readRest(response, (text) => {
                    end(statusCode === 200
                        ? `status 200 with ${shortened(type)} instead of an event stream: ${shortened(text)}`
                        : `status ${statusCode}: ${bodyText(text)}`);
                });
            });
            request.end(payload);
        });
    }
    /** A small document. @throws Error that says why there is none */
    get(path) {
        return new Promise((resolve, reject) => {
            const request = this.#library.get(this.#baseUrl + path, {
                agent: false,
                headers: this.#headers,
                timeout: GET_TIMEOUT_MS,
            });
            request.on('timeout', () => {
                request.destroy(new Error(`no answer within ${GET_TIMEOUT_MS / 1000} s`));
            });
            request.on('error', (error) => {
                reject(new Error(connectionText(error)));
            });
            request.on('response', (response) => {
                readRest(response, (text) => {
                    if (response.statusCode === 200)
                        resolve(text);
                    else
                        reject(new Error(`status ${response.statusCode ?? 0}: ${bodyText(text)}`));
                }, GET_LIMIT_BYTES);
            });
        });
    }
}
/** Reads a stream of events into `recorder`; `end` is told what was wrong with it, if anything. */
function readAnswer(response, recorder, startMs, end) {
    const parser = new EventStreamParser((data) => {
        recorder.event(data, performance.now() - startMs);
    });
    const missing = () => (recorder.hasText ? '' : ', without any text');
    response.on('data', (chunk) => {
        try {
            parser.push(chunk);
        }
        catch (error) {
            end(error.message);
            response.destroy();
        }
    });
    response.on('end', () => {
        end(recorder.complete ? undefined : `the stream ended before the answer did${missing()}`);
    });
    response.on('error', () => {
        end(`the server hung up within the answer${missing()}`);
    });
}
const isReset = ({ code }) => code === 'ECONNRESET' || code === 'EPIPE';
/** Node's errors of connections to several addresses have an empty message and the causes inside. */
function connectionText(error) {
    if (error.code === 'ECONNREFUSED')
        return 'connection refused: nothing listens there';
    const message = error.message === '' ? (error.code ?? 'connection failed') : error.message;
    return shortened(message);
}
function bodyText(text) {
    try {
        const body = JSON.parse(text);
        return errorText(body?.error ?? body);
    }
    catch {
        return shortened(text);
    }
}
/** Reads a body to its end, or as far as it comes; beyond the limit it is dropped. */
function readRest(response, then, limitBytes = ERROR_BODY_LIMIT_BYTES) {
    const chunks = [];
    let size = 0;
    response.on('data', (chunk) => {
        size += chunk.length;
        if (size <= limitBytes)
            chunks.push(chunk);
        else
            response.destroy();
    });
    response.on('error', () => undefined);
    response.on('close', () => {
        then(Buffer.concat(chunks).toString('utf8'));
    });
}
//# sourceMappingURL=client.js.map