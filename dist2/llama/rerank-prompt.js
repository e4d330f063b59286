/**
 * A query and a document as the text that a reranking model judges: the model's own template where it brings one
 * (Qwen3-Reranker), else both between the tokens that its vocabulary puts around texts (as llama-server does it).
 * Names of special tokens in either stay text.
 */
import { ChatTemplate } from './chat-template.js';
const TEMPLATE_KEY = 'tokenizer.chat_template.rerank';
export class RerankPrompt {
    #vocabulary;
    #template;
    constructor(vocabulary) {
        this.#vocabulary = vocabulary;
        const source = vocabulary.metadata(TEMPLATE_KEY);
        this.#template = source === undefined ? undefined : ChatTemplate.of(vocabulary, jinjaOf(source));
    }
    tokenize(query, document) {
        const vocabulary = this.#vocabulary;
        if (this.#template !== undefined) {
            // The template is the whole text: nothing is added around it.
            const bare = {
                tokenize: (text, options) => vocabulary.tokenize(text, { ...options, addSpecial: false }),
                specialTokens: vocabulary.specialTokens,
                addBos: false,
            };
            return this.#template.tokenize(bare, [
                { role: 'query', content: query },
                { role: 'document', content: document },
            ]);
        }
        const { bos, addBos, eos, addEos, separator, addSeparator } = vocabulary;
        const end = addEos ? [eos ?? separator] : [];
        return Int32Array.from([
            ...(addBos ? [bos] : []),
            ...vocabulary.tokenize(query),
            ...end,
            ...(addSeparator ? [separator] : []),
            ...vocabulary.tokenize(document),
            ...end,
        ].filter((token) => token !== undefined));
    }
}
/** The file's template names two places; everything else in it is text. */
function jinjaOf(source) {
    return source
        .split(/(\{query\}|\{document\})/)
        .map((part) => {
        if (part === '{query}')
            return '{{ messages[0].content }}';
        if (part === '{document}')
            return '{{ messages[1].content }}';
        return `{{ ${JSON.stringify(part)} }}`;
    })
        .join('');
}
//# sourceMappingURL=rerank-prompt.js.map