/**
 * One streamed answer of OpenAI's API as its events come in, with the client's clock beside each. Checks every
 * event: a benchmark must not count what is no answer.
 */
export class AnswerRecorder {
    #firstMs;
    #lastTextMs = 0;
    #lastMs = 0;
    #endMs;
    #itlMs = [];
    #text = '';
    #usage;
    #timings;
    #done = false;
    #finished = false;
    /**
     * Takes one event's data, which came `atMs` after the request was sent.
     * @throws Error where the event is no part of an answer, or tells of an error
     */
    event(data, atMs) {
        if (data.trim() === '[DONE]') {
            this.#done = true;
            return;
        }
        const event = parseEvent(data);
        if (event['error'] !== undefined && event['error'] !== null)
            throw new Error(`the stream ended in an error: ${errorText(event['error'])}`);
        this.#lastMs = atMs;
        this.#usage = asFields(event['usage']) ?? this.#usage;
        this.#timings = asFields(event['timings']) ?? this.#timings;
        const choices = Array.isArray(event['choices']) ? event['choices'] : [];
        const choice = asFields(choices[0]);
        if (choice === undefined)
            return;
        const text = textOf(choice);
        if (text !== '') {
            if (this.#firstMs === undefined)
                this.#firstMs = atMs;
            else
                this.#itlMs.push(atMs - this.#lastTextMs);
            this.#lastTextMs = atMs;
            this.#text += text;
        }
        if (typeof choice['finish_reason'] === 'string') {
            this.#finished = true;
            this.#endMs = atMs;
        }
    }
    /** An answer is whole when the server said why it ended, or that the stream is done. */
    get complete() {
        return this.#done || this.#finished;
    }
    /** True once an event with text came. */
    get hasText() {
        return this.#firstMs !== undefined;
    }
    figures() {
        const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = this.#usage ?? {};
        const { draft_n: draftTokens, draft_n_accepted: acceptedTokens } = this.#timings ?? {};
        const textEvents = this.#firstMs === undefined ? 0 : this.#itlMs.length + 1;
        return {
            ttftMs: this.#firstMs ?? this.#endMs ?? this.#lastMs,
            itlMs: this.#itlMs,
            e2eMs: this.#lastMs,
            inputTokens: isCount(inputTokens) ? inputTokens : 0,
            outputTokens: isCount(outputTokens) ? outputTokens : textEvents,
            text: this.#text,
            ...(this.#usage === undefined ? {} : { usage: this.#usage }),
            ...(isCount(draftTokens) && isCount(acceptedTokens) ? { draft: { draftTokens, acceptedTokens } } : {}),
        };
    }
}
const isCount = (value) => Number.isSafeInteger(value) && value >= 0;
const asFields = (value) => typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
function parseEvent(data) {
    let value;
    try {
        value = JSON.parse(data);
    }
    catch {
        throw new Error(`an event is not JSON: ${shortened(data)}`);
    }
    const event = asFields(value);
    if (event === undefined)
        throw new Error(`an event is no JSON object: ${shortened(data)}`);
    return event;
}
/** Text of a completion's choice, or of a chat's delta; what a model thinks aloud is output, too. */
function textOf(choice) {
    const delta = asFields(choice['delta']) ?? {};
    const parts = [choice['text'], delta['reasoning_content'], delta['reasoning'], delta['content']];
    return parts.filter((part) => typeof part === 'string').join('');
}
/** The message of an error body of OpenAI's API, or the whole of it. */
export function errorText(error) {
    const { message } = asFields(error) ?? {};
    return shortened(typeof message === 'string' ? message : typeof error === 'string' ? error : JSON.stringify(error));
}
const SHOWN_CHARACTERS = 300;
export function shortened(text) {
    const line = text.trim().replace(/\s+/g, ' ');
    return line.length > SHOWN_CHARACTERS ? `${line.slice(0, SHOWN_CHARACTERS)}…` : line;
}
//# sourceMappingURL=answer.js.map