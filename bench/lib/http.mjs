/**
 * A streaming client for OpenAI-compatible servers that costs little, as it shares the processor with the server
 * it measures: bytes are kept while the answer runs, and parsed when the clock has stopped.
 */
import http from 'node:http';

const ANSWER_LIMIT_BYTES = 64 * 2 ** 20;

/**
 * @typedef {{
 *   text: string, outputTokens: number, promptTokens: number, cachedTokens: number, finish: string | undefined,
 *   ttftMs: number, e2eMs: number, tpotMs: number, timings: Record<string, any> | undefined,
 *   metrics: Record<string, any> | undefined
 * }} Answer
 */

/**
 * One streamed completion, `/v1/completions` or (when `body.messages` is there) `/v1/chat/completions`.
 * @param {string} baseUrl
 * @param {Record<string, unknown>} body
 * @param {number} timeoutMs
 * @returns {Promise<Answer>}
 */
export function streamCompletion(baseUrl, body, timeoutMs = 120_000) {
  const path = body.messages === undefined ? '/v1/completions' : '/v1/chat/completions';
  const payload = JSON.stringify({ ...body, stream: true, stream_options: { include_usage: true } });
  return new Promise((resolve, reject) => {
    const started = performance.now();
    let first = 0;
    let last = 0;
    let size = 0;
    /** @type {Buffer[]} */
    const chunks = [];
    const request = http.request(baseUrl + path, {
      method: 'POST',
      // A connection each: llama-server closes it after a stream, which a kept connection notices too late.
      agent: false,
      timeout: timeoutMs,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) },
    });
    request.on('timeout', () => request.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    request.on('error', reject);
    request.on('response', (response) => {
      response.on('error', reject);
      response.on('data', (chunk) => {
        last = performance.now();
        size += chunk.length;
        if (size > ANSWER_LIMIT_BYTES) request.destroy(new Error('the answer is too long'));
        chunks.push(chunk);
        if (first === 0 && hasText(chunk)) first = last;
      });
      response.on('end', () => {
        const whole = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode !== 200) {
          reject(new Error(`${path} answered ${response.statusCode}: ${whole.slice(0, 500)}`));
          return;
        }
        try {
          resolve(readAnswer(whole, started, first, last));
        } catch (error) {
          reject(error);
        }
      });
    });
    request.end(payload);
  });
}

/** True when an event of this chunk carries text (a role-only first event does not). @param {Buffer} chunk */
function hasText(chunk) {
  return /"(?:text|content)":\s*"[^"]/.test(chunk.toString('latin1'));
}

/** @param {string} whole @param {number} started @param {number} first @param {number} last @returns {Answer} */
function readAnswer(whole, started, first, last) {
  let text = '';
  let finish;
  /** @type {any} */
  let usage;
  let timings;
  let metrics;
  for (const line of whole.split('\n')) {
    if (!line.startsWith('data:') || line.includes('[DONE]')) continue;
    const event = JSON.parse(line.slice(5));
    if (event.error) throw new Error(`the stream ended in an error: ${JSON.stringify(event.error)}`);
    const choice = event.choices?.[0];
    text += choice?.text ?? choice?.delta?.content ?? '';
    finish = choice?.finish_reason ?? finish;
    usage = event.usage ?? usage;
    timings = event.timings ?? timings;
    metrics = event.metrics ?? metrics;
  }
  const outputTokens = usage?.completion_tokens;
  if (!Number.isInteger(outputTokens)) throw new Error('the server reported no usage.completion_tokens');
  const e2eMs = last - started;
  const ttftMs = first === 0 ? e2eMs : first - started;
  return {
    text,
    outputTokens,
    promptTokens: usage.prompt_tokens,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    finish,
    ttftMs,
    e2eMs,
    tpotMs: outputTokens > 1 ? (e2eMs - ttftMs) / (outputTokens - 1) : NaN,
    timings,
    metrics,
  };
}

/** @param {string} url @param {number} timeoutMs @returns {Promise<{ status: number, body: string }>} */
export function get(url, timeoutMs = 5_000) {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, timeout: timeoutMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (part) => (body += part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      response.on('error', reject);
    });
    request.on('timeout', () => request.destroy(new Error('timeout')));
    request.on('error', reject);
  });
}

/**
 * Sends all bodies with at most `streams` under way at a time.
 * @param {(body: Record<string, unknown>) => Promise<Answer>} send
 * @param {readonly Record<string, unknown>[]} bodies
 * @param {number} streams
 * @returns {Promise<{ answers: Answer[], wallMs: number }>}
 */
export async function sendAll(send, bodies, streams) {
  /** @type {Answer[]} */
  const answers = new Array(bodies.length);
  let next = 0;
  const started = performance.now();
  const worker = async () => {
    while (next < bodies.length) {
      const index = next;
      next += 1;
      answers[index] = await send(bodies[index]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(streams, bodies.length) }, worker));
  return { answers, wallMs: performance.now() - started };
}
