/** The body of one benchmark request: the fields that vLLM, llama-server and Foretoken share. */
import { endpointKind } from './target.js';
/** Seeds of requests are 32 bits. */
const SEEDS = 2 ** 32;
export function requestBody(options, model, prompt, index) {
    const { temperature, seed, ignoreEos, extraBody } = options;
    return {
        model,
        ...(endpointKind(options.endpoint) === 'chat'
            ? { messages: prompt.messages ?? [{ role: 'user', content: prompt.prompt ?? '' }] }
            : { prompt: prompt.prompt ?? plainText(prompt.messages ?? []) }),
        ...(prompt.maxTokens === undefined ? {} : { max_tokens: prompt.maxTokens }),
        temperature,
        // Greedy text has no use for a seed, and some servers refuse the field.
        ...(temperature > 0 ? { seed: (seed + index) % SEEDS } : {}),
        ...(ignoreEos ? { ignore_eos: true } : {}),
        stream: true,
        stream_options: { include_usage: true },
        ...extraBody,
    };
}
/** A conversation for an endpoint without roles. */
const plainText = (messages) => messages.map(({ content }) => content).join('\n\n');
//# sourceMappingURL=request-body.js.map