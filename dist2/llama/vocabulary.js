/**
 * Text to tokens and back. Usable on any thread: `open` reads only the vocabulary of a model file, so that
 * the threads that speak HTTP need not ask the one that computes.
 */
import { createHash } from 'node:crypto';
import { TextDecoder } from 'node:util';
import { ForetokenError } from '../base/errors.js';
import { NO_TOKEN } from './declarations.js';
import { NativeHandle } from './handle.js';
import { LlamaModel } from './model.js';
import { SpecialTokens } from './special-tokens.js';
/**
 * Names of special tokens that are part of an answer: what begins calls of functions, and what stands around reasoning.
 * In texts they appear by name, so that whoever reads an answer, or holds it to a grammar, sees text alone.
 */
const WRITTEN_TOKENS = /tool|think|^\[ARGS\]$/i;
/** LLAMA_VOCAB_TYPE_NONE */
const NO_WORDS = 0;
export class Vocabulary {
    size;
    /** Special tokens; undefined where the model has none. */
    bos;
    eos;
    eot;
    separator;
    /** A text begins with `bos`. */
    addBos;
    /** A text ends with `eos`. */
    addEos;
    /** `separator` stands between two texts. */
    addSeparator;
    #llama;
    #model;
    #handle;
    #ownsModel;
    /** [token] = bytes, filled as they are asked for. */
    #bytes;
    /** [token] = 1 where it ends a generation. */
    #endOfGeneration;
    #specialTokens;
    constructor(model, ownsModel) {
        const { llama } = model.library;
        const vocab = llama.modelVocab(model.pointer);
        this.#llama = llama;
        this.#model = model;
        this.#ownsModel = ownsModel;
        // The vocabulary lives in the model: there is nothing to free, only something to keep alive.
        this.#handle = new NativeHandle('vocabulary', vocab, () => undefined, model.handle);
        this.size = llama.vocabSize(vocab);
        const special = (id) => (id === NO_TOKEN ? undefined : id);
        // The library falls back to token 11 for byte-pair vocabularies that name no beginning of text.
        const namesBos = llama.vocabAddBos(vocab) || model.metadata('tokenizer.ggml.bos_token_id') !== undefined;
        this.bos = namesBos ? special(llama.vocabBos(vocab)) : undefined;
        this.eos = special(llama.vocabEos(vocab));
        this.eot = special(llama.vocabEot(vocab));
        this.separator = special(llama.vocabSeparator(vocab));
        this.addBos = llama.vocabAddBos(vocab);
        this.addEos = llama.vocabAddEos(vocab);
        this.addSeparator = llama.vocabAddSeparator(vocab);
        this.#bytes = new Array(this.size).fill(undefined);
        this.#endOfGeneration = Uint8Array.from({ length: this.size }, (_, id) => llama.vocabIsEog(vocab, id) ? 1 : 0);
    }
    /** The vocabulary of a model file, without its weights. */
    static open(modelPath) {
        return new Vocabulary(LlamaModel.load(modelPath, { vocabOnly: true }), true);
    }
    /** The same, read on another thread, so that this one goes on meanwhile. */
    static async openInBackground(modelPath) {
        return new Vocabulary(await LlamaModel.loadVocabulary(modelPath), true);
    }
    /** The vocabulary of a loaded model. */
    static of(model) {
        return new Vocabulary(model, false);
    }
    /** False for a vocabulary that only counts: it has ids and no text, and no text can be made tokens. */
    get hasWords() {
        return this.type !== NO_WORDS;
    }
    tokenize(text, options = {}) {
        this.#assertWords();
        const vocab = this.#handle.pointer;
        const addSpecial = options.addSpecial ?? false;
        const parseSpecial = options.parseSpecial ?? false;
        const bytes = Buffer.from(addSpecial ? this.#withoutBos(text, parseSpecial) : text, 'utf8');
        // One token a byte and a few around it is the most there can be for nearly every vocabulary.
        let out = new Int32Array(bytes.length + 8);
        let count = this.#llama.tokenize(vocab, bytes, bytes.length, out, out.length, addSpecial, parseSpecial);
        if (count < 0 && count !== -(2 ** 31)) {
            out = new Int32Array(-count);
            count = this.#llama.tokenize(vocab, bytes, bytes.length, out, out.length, addSpecial, parseSpecial);
        }
        if (count < 0)
            throw new ForetokenError('invalid_request', `A text of ${bytes.length} bytes cannot be tokenised.`);
        return out.slice(0, count);
    }
    /** The tokens' text: their bytes in a row, U+FFFD where these are no UTF-8. */
    detokenize(tokens) {
        const parts = [];
        for (const token of tokens)
            parts.push(this.tokenBytes(token));
        return newUtf8Decoder().decode(Buffer.concat(parts));
    }
    /** UTF-8 bytes of a token as it appears in text, not always whole characters; most special tokens are empty. */
    tokenBytes(token) {
        return (this.#bytes[token] ??= this.#piece(token));
    }
    isEndOfGeneration(token) {
        return this.#endOfGeneration[token] === 1;
    }
    /** The token as the vocabulary spells it, such as `▁the`, `Ġthe` or `<|im_end|>`. */
    text(token) {
        this.#assertToken(token);
        this.#assertWords();
        return this.#llama.vocabText(this.#handle.pointer, token);
    }
    /** Bits of LLAMA_TOKEN_ATTR: normal, control, user-defined, byte ... */
    attributes(token) {
        this.#assertToken(token);
        this.#assertWords();
        return this.#llama.vocabAttributes(this.#handle.pointer, token);
    }
    /** Names of special tokens, to find in texts. */
    get specialTokens() {
        return (this.#specialTokens ??= new SpecialTokens(this));
    }
    /** Tokens in front of what stands before a gap, what stands behind it, and what fills it; undefined where there are none. */
    get infill() {
        const vocab = this.#handle.pointer;
        const [prefix, suffix, middle] = [
            this.#llama.vocabFimPrefix(vocab),
            this.#llama.vocabFimSuffix(vocab),
            this.#llama.vocabFimMiddle(vocab),
        ];
        return [prefix, suffix, middle].includes(NO_TOKEN) ? undefined : { prefix, suffix, middle };
    }
    /** The model's own chat template. */
    get chatTemplate() {
        this.#handle.assertUsable();
        return this.#model.chatTemplate;
    }
    /** Value of a metadata key of the model file as text. */
    metadata(key) {
        this.#handle.assertUsable();
        return this.#model.metadata(key);
    }
    /** Trained context length of the model. */
    get contextTrain() {
        return this.#model.contextTrain;
    }
    /** Kind of tokenizer: LLAMA_VOCAB_TYPE (1 SentencePiece, 2 byte-pair ...). */
    get type() {
        return this.#llama.vocabType(this.#handle.pointer);
    }
    /** Equal for vocabularies in which `vocabularyDifference` finds no difference. */
    fingerprint() {
        const hash = createHash('sha256');
        hash.update(JSON.stringify([this.type, this.size, this.bos ?? null, this.eos ?? null, this.addBos]));
        for (let id = 0; id < this.size; id += 1)
            hash.update(`\0${this.text(id)}`);
        return hash.digest('hex');
    }
    dispose() {
        this.#handle.dispose();
        if (this.#ownsModel)
            this.#model.dispose();
    }
    /** The text behind the beginning-of-text token that it names, where one will be added. */
    #withoutBos(text, everyOne) {
        const name = this.addBos && this.bos !== undefined ? this.text(this.bos) : '';
        let rest = text;
        while (name !== '' && rest.startsWith(name) && (everyOne || rest === text))
            rest = rest.slice(name.length);
        return rest;
    }
    #piece(token) {
        this.#assertToken(token);
        let out = new Uint8Array(64);
        let length = this.#llama.tokenToPiece(this.#handle.pointer, token, out, out.length, 0, false);
        if (length < 0) {
            out = new Uint8Array(-length);
            length = this.#llama.tokenToPiece(this.#handle.pointer, token, out, out.length, 0, false);
        }
        if (length === 0 &&
            this.hasWords &&
            !this.isEndOfGeneration(token) &&
            WRITTEN_TOKENS.test(this.text(token)))
            return Buffer.from(this.text(token), 'utf8');
        return out.slice(0, length);
    }
    /** The library ends the process when it is asked for them. */
    #assertWords() {
        if (!this.hasWords)
            throw new ForetokenError('invalid_request', `The vocabulary of ${this.#model.path} has no words.`);
    }
    #assertToken(token) {
        if (!Number.isInteger(token) || token < 0 || token >= this.size)
            throw new ForetokenError('invalid_request', `Token ${token} is not in the vocabulary of ${this.size} tokens.`);
    }
}
/** UTF-8 with U+FFFD for what is none, and a byte-order mark kept as the character it is. */
export function newUtf8Decoder() {
    return new TextDecoder('utf-8', { ignoreBOM: true });
}
/**
 * In what two vocabularies differ, in words; undefined when a draft with the one can guess for a target with
 * the other, which takes the same token for every index.
 */
export function vocabularyDifference(target, draft) {
    if (target.type !== draft.type)
        return `the kinds of tokenizer differ (target ${target.type}, draft ${draft.type})`;
    if (target.size !== draft.size)
        return `the target has ${target.size} tokens, the draft ${draft.size}`;
    for (let id = 0; id < target.size; id += 1) {
        const [ofTarget, ofDraft] = [target.text(id), draft.text(id)];
        if (ofTarget !== ofDraft)
            return `token ${id} is ${JSON.stringify(ofTarget)} in the target and ${JSON.stringify(ofDraft)} in the draft`;
    }
    for (const name of ['bos', 'eos']) {
        if (target[name] !== draft[name])
            return `the ${name === 'bos' ? 'beginning' : 'end'}-of-text token is ${target[name] ?? 'none'} in the target and ${draft[name] ?? 'none'} in the draft`;
    }
    if (target.addBos !== draft.addBos)
        return `only the ${target.addBos ? 'target' : 'draft'} puts a beginning-of-text token before a text`;
    return undefined;
}
//# sourceMappingURL=vocabulary.js.map