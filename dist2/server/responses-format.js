import { newAnswerId } from './answer-id.js';
import { BlockList, blocksOf } from './answer-blocks.js';
import { errorBody } from './failures.js';
import { chatLogprobs } from './logprobs.js';
import { itemOf, partOf } from './responses-items.js';
import { namedEvent } from './sse.js';
const PREFIXES = { reasoning: 'rs_', text: 'msg_', call: 'fc_' };
export class ResponsesFormat {
    #head;
    #table;
    #onComplete;
    #list = new BlockList();
    /** [block] = its item's id. */
    #ids = [];
    /** [block] = its item, once it is complete. */
    #items = [];
    #sequence = 0;
    #reason = 'stop';
    #additions;
    /** Tokens up to the end of the last thought. */
    #reasoningTokens = 0;
    /** @param onComplete told of each answer that ended well */
    constructor(head, table, onComplete) {
        this.#head = head;
        this.#table = table;
        this.#onComplete = onComplete;
    }
    whole([choice], usage, additions) {
        this.#reason = choice.reason;
        this.#reasoningTokens = choice.reasoningTokens;
        this.#additions = additions;
        const blocks = blocksOf(choice);
        blocks.forEach((block, index) => {
            this.#complete(block, index, index === blocks.length - 1);
        });
        return this.#ended(usage);
    }
    open() {
        const response = this.#response('in_progress', null);
        return this.#event('response.created', { response }) + this.#event('response.in_progress', { response });
    }
    delta(_index, piece, usage) {
        if (piece.reasoning !== '')
            this.#reasoningTokens = usage?.completion_tokens ?? 0;
        return this.#list
            .take(piece)
            .map((change) => this.#changed(change, false))
            .join('');
    }
    finish(_index, reason, additions) {
        this.#reason = reason;
        this.#additions = additions;
        return this.#list
            .close()
            .map((change) => this.#changed(change, true))
            .join('');
    }
    end(usage) {
        const response = this.#ended(usage);
        return this.#event(`response.${response['status']}`, { response });
    }
    /** The clients of OpenAI raise what has the field `error`. */
    failure(error) {
        const { error: told } = errorBody(error);
        const { code, message, param } = told;
        const response = { ...this.#response('failed', null), error: { code, message } };
        return (this.#event('response.failed', { response }) +
            this.#event('error', { code, message, param, error: told }));
    }
    #event(type, fields) {
        return namedEvent({ type, sequence_number: this.#sequence++, ...fields });
    }
    #changed(change, last) {
        const { type, index, block } = change;
        const at = { item_id: this.#id(block, index), output_index: index, content_index: 0 };
        switch (type) {
            case 'begin': {
                const item = itemOf(block, at.item_id, 'in_progress', []);
                const added = this.#event('response.output_item.added', { output_index: index, item });
                if (block.kind === 'call')
                    return added;
                const part = partOf({ kind: block.kind, text: '' }, []);
                return added + this.#event('response.content_part.added', { ...at, part });
            }
            case 'more':
                return this.#grown(change, at);
            case 'end':
                return this.#done(block, index, at, last);
        }
    }
    #grown({ block, text: delta, logprobs }, at) {
        switch (block.kind) {
            case 'reasoning':
                return this.#event('response.reasoning_text.delta', { ...at, delta });
            case 'text':
                return this.#event('response.output_text.delta', {
                    ...at,
                    delta,
                    logprobs: chatLogprobs(logprobs, this.#table),
                });
            case 'call':
                return this.#event('response.function_call_arguments.delta', { ...at, delta });
        }
    }
    #done(block, index, at, last) {
        const { kind, text, call } = block;
        const logprobs = chatLogprobs(block.logprobs, this.#table);
        const item = this.#complete(block, index, last);
        const events = [];
        if (kind === 'call')
            events.push(['function_call_arguments.done', { ...at, name: call.name, arguments: text }]);
        else {
            events.push(kind === 'text'
                ? ['output_text.done', { ...at, text, logprobs }]
                : ['reasoning_text.done', { ...at, text }], ['content_part.done', { ...at, part: partOf(block, logprobs) }]);
        }
        events.push(['output_item.done', { output_index: index, item }]);
        return events.map(([type, fields]) => this.#event(`response.${type}`, fields)).join('');
    }
    /** @param last only the last item of an answer is cut by its limit */
    #complete(block, index, last) {
        const status = last && this.#reason === 'length' ? 'incomplete' : 'completed';
        const item = itemOf(block, this.#id(block, index), status, chatLogprobs(block.logprobs, this.#table));
        this.#items[index] = item;
        return item;
    }
    #id({ kind }, index) {
        return (this.#ids[index] ??= newAnswerId(PREFIXES[kind]));
    }
    #ended(usage) {
        const cut = this.#reason === 'length';
        const body = {
            ...this.#response(cut ? 'incomplete' : 'completed', usage),
            ...(cut ? { incomplete_details: { reason: 'max_output_tokens' } } : {}),
            completed_at: Math.floor(Date.now() / 1000),
            ...this.#additions,
        };
        this.#onComplete(body, this.#items);
        return body;
    }
    #response(status, usage) {
        const { id, created, model, store, echo } = this.#head;
        return {
            id,
            object: 'response',
            created_at: created,
            status,
            background: false,
            error: null,
            incomplete_details: null,
            model,
            output: [...this.#items],
            ...echo,
            store,
            usage: usage === null
                ? null
                : {
                    input_tokens: usage.prompt_tokens,
                    input_tokens_details: usage.prompt_tokens_details,
                    output_tokens: usage.completion_tokens,
                    output_tokens_details: { reasoning_tokens: this.#reasoningTokens },
                    total_tokens: usage.total_tokens,
                },
        };
    }
}
//# sourceMappingURL=responses-format.js.map