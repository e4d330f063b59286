import { BlockList, blocksOf } from './answer-blocks.js';
import { anthropicErrorBody } from './failures.js';
import { namedEvent } from './sse.js';
export class MessagesFormat {
    #head;
    #stops;
    #list = new BlockList();
    #ending = {};
    #additions;
    /** @param stops the request's own stop sequences */
    constructor(head, stops) {
        this.#head = { id: head.id, type: 'message', role: 'assistant', model: head.model };
        this.#stops = stops;
    }
    whole([choice], usage, additions) {
        return {
            ...this.#head,
            content: blocksOf(choice).map(contentOf),
            ...this.#endingOf(choice.reason, choice.stop),
            usage: usageFields(usage),
            ...additions,
        };
    }
    open(_index, _promptIndex, usage) {
        const nothingYet = { content: [], stop_reason: null, stop_sequence: null };
        // How much of the prompt was in the cache is told at the end.
        const tokens = { input_tokens: usage?.prompt_tokens ?? 0, output_tokens: 0 };
        return (namedEvent({ type: 'message_start', message: { ...this.#head, ...nothingYet, usage: tokens } }) +
            namedEvent({ type: 'ping' }));
    }
    delta(_index, piece) {
        return this.#list.take(piece).map(eventOf).join('');
    }
    finish(_index, reason, additions, _usage, stop) {
        this.#ending = this.#endingOf(reason, stop);
        this.#additions = additions;
        return this.#list.close().map(eventOf).join('');
    }
    end(usage) {
        const delta = this.#ending;
        return (namedEvent({ type: 'message_delta', delta, usage: usageFields(usage), ...this.#additions }) +
            namedEvent({ type: 'message_stop' }));
    }
    failure(error) {
        return namedEvent(anthropicErrorBody(error));
    }
    #endingOf(reason, stop) {
        // A marker of the chat format ends a turn; it is no sequence that anybody asked for.
        if (stop !== undefined && this.#stops.includes(stop))
            return { stop_reason: 'stop_sequence', stop_sequence: stop };
        const reasons = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' };
        return { stop_reason: reasons[reason], stop_sequence: null };
    }
}
function usageFields({ prompt_tokens: prompt, completion_tokens: output, prompt_tokens_details: of }) {
    // Anthropic counts what was in the cache by itself.
    return {
        input_tokens: prompt - of.cached_tokens,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: of.cached_tokens,
        output_tokens: output,
    };
}
function contentOf({ kind, call, text }) {
    switch (kind) {
        case 'reasoning':
            return { type: 'thinking', thinking: text, signature: '' };
        case 'text':
            return { type: 'text', text };
        case 'call':
            return { type: 'tool_use', id: call.id, name: call.name, input: inputOf(text) };
    }
}
/** Arguments that were cut by the limit are no JSON. */
function inputOf(json) {
    try {
        return JSON.parse(json);
    }
    catch {
        return {};
    }
}
function eventOf({ type, index, block, text }) {
    switch (type) {
        case 'begin':
            return namedEvent({
                type: 'content_block_start',
                index,
                content_block: contentOf({ ...block, text: '' }),
            });
        case 'more':
            return namedEvent({ type: 'content_block_delta', index, delta: deltaOf(block, text) });
        case 'end':
            return namedEvent({ type: 'content_block_stop', index });
    }
}
function deltaOf({ kind }, text) {
    switch (kind) {
        case 'reasoning':
            return { type: 'thinking_delta', thinking: text };
        case 'text':
            return { type: 'text_delta', text };
        case 'call':
            return { type: 'input_json_delta', partial_json: text };
    }
}
//# sourceMappingURL=messages-format.js.map