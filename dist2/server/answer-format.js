import { charactersOf, echoLogprobs, joinLogprobs } from './echo.js';
import { chatLogprobs, completionLogprobs } from './logprobs.js';
import { errorBody } from './failures.js';
import { SSE_DONE, sseEvent } from './sse.js';
/** What all chunks of an answer share. */
class ChunkFrame {
    head;
    nullUsage;
    start;
    constructor(head, 
    /** With `include_usage`, every chunk says that its usage is null, unless it says what it is. */
    nullUsage) {
        this.head = head;
        this.nullUsage = nullUsage;
        const fields = JSON.stringify(nullUsage ? { ...head, usage: null } : head).slice(0, -1);
        this.start = `data: ${fields},"choices":[{"index":`;
    }
    event(choice, usage, additions) {
        const told = usage !== undefined ? { usage } : this.nullUsage ? { usage: null } : {};
        return sseEvent({ ...this.head, ...told, choices: [choice], ...additions });
    }
    /** The end of an event of one choice. */
    end(usage) {
        return usage === undefined ? '}]}\n\n' : `}],"usage":${JSON.stringify(usage)}}\n\n`;
    }
    /** What closes the stream. */
    close(usage) {
        return (usage === undefined ? '' : sseEvent({ ...this.head, choices: [], usage })) + SSE_DONE;
    }
}
export class ChatFormat {
    #head;
    #warnings;
    #frame;
    #table;
    #usageTold;
    /** @param warnings what the reader of the answer should know */
    constructor(head, table, usageTold, warnings = []) {
        this.#head = head;
        this.#table = table;
        this.#warnings = warnings;
        this.#usageTold = usageTold;
        this.#frame = new ChunkFrame(chunkHead(head, 'chat.completion.chunk'), usageTold === 'at the end');
    }
    whole(choices, usage, additions) {
        return {
            ...chunkHead(this.#head, 'chat.completion'),
            choices: choices.map((choice) => ({
                index: choice.index,
                message: messageOf(choice),
                logprobs: choice.logprobs === undefined
                    ? null
                    : { content: chatLogprobs(choice.logprobs, this.#table), refusal: null },
                finish_reason: choice.reason,
            })),
            ...(this.#warnings.length === 0 ? {} : { warnings: this.#warnings }),
            usage,
            ...additions,
        };
    }
    open(index, _promptIndex, usage) {
        const delta = { role: 'assistant', content: '', refusal: null };
        return this.#frame.event({ index, delta, logprobs: null, finish_reason: null }, usage);
    }
    delta(index, piece, usage) {
        const logprobs = piece.logprobs.length === 0
            ? 'null'
            : JSON.stringify({ content: chatLogprobs(piece.logprobs, this.#table), refusal: null });
        return `${this.#frame.start}${index},"delta":${deltaOf(piece)},"logprobs":${logprobs},"finish_reason":null${this.#frame.end(usage)}`;
    }
    finish(index, reason, additions, usage) {
        return this.#frame.event({ index, delta: {}, logprobs: null, finish_reason: reason }, usage, additions);
    }
    end(usage) {
        return this.#frame.close(this.#usageTold === 'never' ? undefined : usage);
    }
    failure(error) {
        return sseEvent(errorBody(error));
    }
}
/** Beside calls, no text is null. */
function messageOf({ text, reasoning, calls }) {
    return {
        role: 'assistant',
        content: text === '' && calls.length > 0 ? null : text,
        refusal: null,
        ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
        ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map(({ id, name, arguments: json }) => {
                    return { id, type: 'function', function: { name, arguments: json } };
                }),
            }),
    };
}
/** The `delta` of a chunk as JSON. */
function deltaOf({ text, reasoning, calls }) {
    if (reasoning === '' && calls.length === 0)
        return `{"content":${JSON.stringify(text)}}`;
    return JSON.stringify({
        ...(text === '' ? {} : { content: text }),
        ...(reasoning === '' ? {} : { reasoning_content: reasoning }),
        ...(calls.length === 0
            ? {}
            : {
                tool_calls: calls.map(({ index, start, arguments: json }) => start === undefined
                    ? { index, function: { arguments: json } }
                    : { index, id: start.id, type: 'function', function: { name: start.name, arguments: json } }),
            }),
    });
}
export class CompletionFormat {
    #head;
    #frame;
    #table;
    #usageTold;
    #echoes;
    /** [choice] characters in front of its text. */
    #before = [];
    /** @param echoes the prompts, where they are to stand in front of what continues them */
    constructor(head, table, usageTold, echoes) {
        this.#head = head;
        this.#table = table;
        this.#usageTold = usageTold;
        this.#echoes = echoes;
        this.#frame = new ChunkFrame(chunkHead(head, 'text_completion'), usageTold === 'at the end');
    }
    whole(choices, usage, additions) {
        return {
            ...chunkHead(this.#head, 'text_completion'),
            choices: choices.map(({ index, promptIndex, text, logprobs, promptLogprobs, reason }) => {
                const echo = this.#echoes?.[promptIndex];
                return {
                    index,
                    text: (echo?.text ?? '') + text,
                    logprobs: logprobs === undefined ? null : this.#logprobs(echo, promptLogprobs, logprobs),
                    finish_reason: reason,
                };
            }),
            usage,
            ...additions,
        };
    }
    #logprobs(echo, ofPrompt, ofText) {
        const text = completionLogprobs(ofText, this.#table, echo === undefined ? 0 : charactersOf(echo.text));
        // Tokens are known only where log-probabilities of the prompt were asked for.
        if (echo === undefined || echo.tokens.length === 0)
            return text;
        return joinLogprobs(echoLogprobs(echo, ofPrompt ?? [], this.#table), text);
    }
    open(index, promptIndex, usage, promptLogprobs) {
        const echo = this.#echoes?.[promptIndex];
        if (echo === undefined)
            return '';
        this.#before[index] = charactersOf(echo.text);
        const logprobs = echo.tokens.length === 0
            ? 'null'
            : JSON.stringify(echoLogprobs(echo, promptLogprobs ?? [], this.#table));
        return this.#chunk(index, echo.text, logprobs, usage);
    }
    delta(index, piece, usage) {
        const logprobs = piece.logprobs.length === 0
            ? 'null'
            : JSON.stringify(completionLogprobs(piece.logprobs, this.#table, this.#before[index]));
        return this.#chunk(index, piece.text, logprobs, usage);
    }
    #chunk(index, text, logprobs, usage) {
        return `${this.#frame.start}${index},"text":${JSON.stringify(text)},"logprobs":${logprobs},"finish_reason":null${this.#frame.end(usage)}`;
    }
    finish(index, reason, additions, usage) {
        return this.#frame.event({ index, text: '', logprobs: null, finish_reason: reason }, usage, additions);
    }
    end(usage) {
        return this.#frame.close(this.#usageTold === 'never' ? undefined : usage);
    }
    failure(error) {
        return sseEvent(errorBody(error));
    }
}
function chunkHead(head, object) {
    return {
        id: head.id,
        object,
        created: head.created,
        model: head.model,
        system_fingerprint: head.system_fingerprint,
    };
}
//# sourceMappingURL=answer-format.js.map