/**
 * Requests to the hub: each within a time limit, redirected a few times at most, never from https to http, and the
 * token shown to the hub alone, not to the stores that it sends one on to. What fails is said as one of the errors
 * that a user can do something about.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
export const PATIENCE = { answerMs: 30_000, stallMs: 30_000, attempts: 5, pauseMs: 1000 };
const MOST_REDIRECTS = 5;
/** A list of files is a few hundred bytes for each. */
const MOST_JSON_BYTES = 64 * 2 ** 20;
/** A longer `Retry-After` than this is not waited for. */
const LONGEST_PAUSE_MS = 60_000;
/** What may be better the next time: no connection, a server that is busy, an answer that broke off. */
export class Passing extends Error {
    pauseMs;
    constructor(message, 
    /** As the server asks for. */
    pauseMs, options) {
        super(message, options);
        this.pauseMs = pauseMs;
    }
}
/**
 * An answer with a status of success, its body unread.
 * @throws Passing, ForetokenError `hub_denied`, `hub_not_found`, `hub_unreachable`; the signal's reason
 */
export async function request(settings, address, what, { headers = {}, signal, patience }) {
    const home = new URL(settings.endpoint);
    let url = new URL(address);
    for (let redirects = 0;; redirects++) {
        const late = new AbortController();
        const timer = setTimeout(() => {
            late.abort();
        }, patience.answerMs);
        let response;
        try {
            response = await fetch(url, {
                redirect: 'manual',
                headers: {
                    'accept-encoding': 'identity',
                    'user-agent': 'foretoken',
                    ...headers,
                    ...(settings.token !== undefined && url.origin === home.origin
                        ? { authorization: `Bearer ${settings.token}` }
                        : {}),
                },
                signal: signal === undefined ? late.signal : AbortSignal.any([late.signal, signal]),
            });
        }
        catch (cause) {
            signal?.throwIfAborted();
            if (late.signal.aborted)
                throw new Passing(`${url.host} did not answer in ${patience.answerMs / 1000} s`);
            throw new Passing(`${url.host} cannot be reached: ${reasonOf(cause)}`, undefined, { cause });
        }
        finally {
            clearTimeout(timer);
        }
        if (response.status >= 300 && response.status < 400 && response.headers.has('location')) {
            await response.body?.cancel();
            url = redirected(url, response.headers.get('location'), redirects, what);
            continue;
        }
        if (response.ok)
            return response;
        throw await refusal(response, url, what, settings);
    }
}
function redirected(from, location, redirects, what) {
    const to = URL.canParse(location, from.href) ? new URL(location, from.href) : undefined;
    const fault = redirects >= MOST_REDIRECTS
        ? `is redirected more than ${MOST_REDIRECTS} times`
        : to === undefined || !['http:', 'https:'].includes(to.protocol)
            ? 'is redirected to what is no web address'
            : from.protocol === 'https:' && to.protocol === 'http:'
                ? `is redirected from https to http (${to.host})`
                : undefined;
    if (fault !== undefined || to === undefined)
        throw new ForetokenError('hub_unreachable', `${what} ${fault ?? ''} by ${from.host}; it is not followed.`);
    return to;
}
/** What a status that is no success means. */
async function refusal(response, url, what, { token }) {
    const { status } = response;
    const said = await shortText(response);
    if (status === 401 || status === 403) {
        const reason = response.headers.get('x-error-message') ?? said;
        // The hub answers 401 for what is not there, too, so as not to tell of private repositories.
        const mend = token === undefined
            ? 'Is the name right? If it is private, or its licence must be accepted on its page first, set HF_TOKEN to an access token of yours'
            : status === 401
                ? 'The access token (HF_TOKEN) is not valid or may not read it, or there is no such repository'
                : 'The access token (HF_TOKEN) may not read it: accept its licence on its page, or let the token read gated repositories';
        return new ForetokenError('hub_denied', `${what} is refused by ${url.host} (${status}${reason === '' ? '' : `: ${reason}`}). ${mend}.`, { param: 'hf-repo' });
    }
    if (status === 404 || status === 410)
        return new ForetokenError('hub_not_found', `${what} is not on ${url.host} (${status}). Check the name; it is user/model.`, { param: 'hf-repo' });
    if (status === 416)
        return new Passing('the part that was asked for is not there (416)');
    if (status === 408 || status === 429 || status >= 500)
        return new Passing(`${url.host} answers with status ${status}${said === '' ? '' : ` (${said})`}`, retryAfterMs(response.headers.get('retry-after')));
    return new ForetokenError('hub_unreachable', `${url.host} answers with status ${status} for ${what}${said === '' ? '' : `: ${said}`}.`);
}
/** The first words of an answer, if they are words. */
async function shortText(response) {
    try {
        const text = Buffer.from(await bodyBytes(response, 4096, 5000)).toString('utf8');
        const json = /^\s*\{/.test(text) ? JSON.parse(text) : undefined;
        const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : text;
        return typeof error === 'string' && !/<html|<!doctype/i.test(error) ? plainLine(error, 200) : '';
    }
    catch {
        return '';
    }
}
const retryAfterMs = (value) => value !== null && /^\d{1,6}$/.test(value) ? Number(value) * 1000 : undefined;
/** All of a body. @throws Passing when it is larger than `most`, or stops coming */
export async function bodyBytes(response, most, stallMs) {
    const parts = [];
    let length = 0;
    for await (const part of pieces(response, stallMs)) {
        length += part.length;
        if (length > most)
            throw new Passing(`an answer is larger than ${most} bytes`);
        parts.push(part);
    }
    return Buffer.concat(parts);
}
/** A body piece by piece. @throws Passing when none comes for `stallMs`, or the connection breaks */
export async function* pieces(response, stallMs) {
    const reader = response.body?.getReader();
    if (reader === undefined)
        return;
    try {
        for (;;) {
            let timer;
            const stalled = new Promise((_resolve, reject) => {
                timer = setTimeout(() => {
                    reject(new Passing(`nothing has come for ${stallMs / 1000} s`));
                }, stallMs);
            });
            try {
                const { done, value } = await Promise.race([reader.read(), stalled]);
                if (done)
                    return;
                yield value;
            }
            catch (cause) {
                if (cause instanceof Passing)
                    throw cause;
                throw new Passing(`the connection broke off: ${reasonOf(cause)}`, undefined, { cause });
            }
            finally {
                clearTimeout(timer);
            }
        }
    }
    finally {
        // Also where the reader of this has had enough; a connection that is broken has nothing to cancel.
        await reader.cancel().catch(() => undefined);
    }
}
/** `fetch` for the hub's own client library: the same care, and a body that is bounded and read to its end. */
export const boundedFetch = (settings, what, options) => async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    if (new URL(address).origin !== new URL(settings.endpoint).origin)
        // The next page of a list, say.
        throw new ForetokenError('hub_unreachable', `The list of files goes on at another host; it is not followed.`);
    const headers = Object.fromEntries(new Headers(init?.headers).entries());
    const response = await request(settings, address, what, { ...options, headers });
    const body = await bodyBytes(response, MOST_JSON_BYTES, options.patience.stallMs);
    return new Response(body, {
        status: response.status,
        headers: response.headers,
    });
};
/**
 * Does `work` again while it fails in passing.
 * @param progressed whether the latest attempt got somewhere, so that it does not count
 * @throws ForetokenError `hub_unreachable` after the last attempt
 */
export async function persistently(patience, what, work, progressed = () => false, signal) {
    for (let failed = 1;; failed++) {
        try {
            return await work();
        }
        catch (error) {
            if (!(error instanceof Passing))
                throw error;
            if (progressed())
                failed = 1;
            const asked = error.pauseMs ?? 0;
            if (failed >= patience.attempts || asked > LONGEST_PAUSE_MS)
                throw new ForetokenError('hub_unreachable', `${what} cannot be fetched: ${error.message}.`, {
                    cause: error,
                });
            const pause = Math.min(LONGEST_PAUSE_MS, Math.max(asked, patience.pauseMs * 2 ** (failed - 1)));
            await sleep(pause, undefined, signal === undefined ? {} : { signal });
        }
    }
}
/** Why a connection failed: undici hides it in a cause. */
function reasonOf(thrown) {
    for (let error = thrown; error instanceof Error; error = error.cause) {
        const { code } = error;
        if (code !== undefined)
            return error.message.includes(code) ? error.message : `${error.message} (${code})`;
        if (error.cause === undefined)
            return error.message;
    }
    return String(thrown);
}
//# sourceMappingURL=http.js.map