import { CHATML_MARKERS, ChatTemplate } from '../llama/chat-template.js';
import { RerankPrompt } from '../llama/rerank-prompt.js';
import { samplingMetadata } from '../llama/sampling-metadata.js';
import { Vocabulary } from '../llama/vocabulary.js';
export class LlamaCodec {
    #vocabulary;
    #template;
    chatFallback;
    facts;
    #rerankPrompt;
    constructor(vocabulary, template) {
        this.#vocabulary = vocabulary;
        this.#template = ChatTemplate.of(vocabulary, template);
        this.chatFallback = this.#template.isOwn ? undefined : fallback(vocabulary);
        const name = (token) => (token === undefined ? '' : vocabulary.text(token));
        this.facts = {
            chatTemplate: this.#template.source,
            bos: name(vocabulary.bos),
            eos: name(vocabulary.eos),
        };
    }
    /** @param chatTemplate Jinja text in place of the model's own template */
    static open(modelPath, chatTemplate) {
        return new LlamaCodec(Vocabulary.open(modelPath), chatTemplate);
    }
    /** The same, read on another thread, so that this one goes on meanwhile. */
    static async openInBackground(modelPath, chatTemplate) {
        return new LlamaCodec(await Vocabulary.openInBackground(modelPath), chatTemplate);
    }
    get vocabularySize() {
        return this.#vocabulary.size;
    }
    /** How the model's makers want words to be chosen, as far as its file says. */
    get samplingDefaults() {
        return samplingMetadata((key) => this.#vocabulary.metadata(key));
    }
    get beginning() {
        return this.#vocabulary.addBos ? this.#vocabulary.bos : undefined;
    }
    get infill() {
        return this.#vocabulary.infill;
    }
    tokenize(text, addSpecial, parseSpecial) {
        return this.#vocabulary.tokenize(text, { addSpecial, parseSpecial });
    }
    tokenBytes(token) {
        return this.#vocabulary.tokenBytes(token);
    }
    detokenize(tokens) {
        const parts = tokens.map((token) => {
            const bytes = this.#vocabulary.tokenBytes(token);
            // Special tokens have no bytes in generated text, only a name.
            return bytes.length > 0 ? bytes : Buffer.from(this.#vocabulary.text(token), 'utf8');
        });
        return Buffer.concat(parts).toString('utf8');
    }
    encodeChat(messages, extra, _gone, ending = 'before an answer') {
        return this.#template.tokenize(this.#vocabulary, messages.map((message) => ({ ...message })), {
            variables: extra,
            addGenerationPrompt: ending === 'before an answer',
            continueLast: ending === 'within the last message',
        });
    }
    encodePair(query, document) {
        return (this.#rerankPrompt ??= new RerankPrompt(this.#vocabulary)).tokenize(query, document);
    }
    get thinks() {
        return this.#template.thinks;
    }
    callSyntax() {
        return this.#template.callSyntax;
    }
    dispose() {
        this.#vocabulary.dispose();
    }
}
/** ChatML in place of a template of the model's own. */
function fallback(vocabulary) {
    const isToken = (marker) => vocabulary.specialTokens.find(marker).some(({ start, end }) => start === 0 && end === marker.length);
    return {
        warning: 'This model has no chat template, so it is most likely a base model, which continues texts rather than answers: ' +
            '/v1/completions (generate --raw) is the way to use it. Conversations are put in ChatML; --chat-template-file ' +
            'gives another.',
        stops: CHATML_MARKERS.filter((marker) => !isToken(marker)),
    };
}
//# sourceMappingURL=llama-codec.js.map