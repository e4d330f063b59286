/**
 * What no vocabulary can be, and what llama.cpp ends the process for: words twice, lists of other lengths, texts that
 * must begin with a token that does not exist, and bytes that cannot be written (`llama-vocab.cpp`).
 */
import { isUtf8 } from 'node:buffer';
import { plainLine } from '../base/plain-line.js';
import { StringIndex } from './string-index.js';
const PREFIX = 'tokenizer.ggml.';
const MOST_TOKENS = 1 << 22;
/** As a number of 32 bits, "none" is -1. */
const NONE = 2 ** 32 - 1;
/** Where the library looks for the beginning and the end of text when the file does not say. */
const DEFAULTS = {
    llama: { bos: 1, eos: 2 },
    bert: { bos: 101, eos: NONE },
    gpt2: { bos: 11, eos: 11 },
    hybriddna: { bos: 11, eos: 11 },
    whitespace: { bos: 11, eos: 11 },
    t5: { bos: NONE, eos: 1 },
    plamo2: { bos: 1, eos: 2 },
    gemma4: { bos: NONE, eos: NONE },
};
/** Ids whose absence changes every answer; a wrong id of another kind is ignored by the library. */
const VITAL = ['bos', 'eos', 'eot'];
const MINOR = ['unknown', 'seperator', 'padding', 'mask', 'eom', 'fim_pre', 'fim_suf', 'fim_mid', 'fim_pad'];
/** Kinds of a word: normal, unknown, control, user-defined, unused, byte; 0 is undefined. */
const KINDS = 6;
const BYTE = 6;
export function checkTokenizer(findings) {
    const model = findings.text(`${PREFIX}model`);
    findings.text(`${PREFIX}pre`);
    findings.text('tokenizer.chat_template');
    const tokens = findings.texts(`${PREFIX}tokens`);
    if (model === undefined || tokens === undefined)
        return;
    const { length } = tokens;
    if (length === 0 || length > MOST_TOKENS) {
        findings.error(`the vocabulary has ${length} words`);
        return;
    }
    checkLists(findings, length);
    checkSpecial(findings, model, length);
    if (model === 'no_vocab' || model === 'none')
        return;
    const kinds = kindsOf(findings, length);
    // Words of DNA and of RWKV stand for others and may be equal, or are no UTF-8.
    const index = new StringIndex(tokens);
    if (index.duplicate !== undefined && model !== 'rwkv') {
        const [earlier, later] = index.duplicate;
        findings.error(`words ${earlier} and ${later} of the vocabulary are the same: ${word(tokens, later)}`);
    }
    if (model === 'gpt2')
        checkUtf8(findings, tokens);
    if (model === 'llama')
        checkBytes(findings, index);
    if (model === 'gpt2' || model === 'gemma4')
        checkMerges(findings, index);
    if ((model === 'bert' || model === 'rwkv') && kinds?.includes(BYTE) === true)
        findings.error(`a vocabulary of kind ${model} has no words for single bytes, and this one has`);
    if (model === 'llama' && kinds !== undefined)
        checkByteWords(findings, tokens, kinds);
}
/** Scores and kinds: one for each word. */
function checkLists(findings, length) {
    for (const name of ['scores', 'token_type']) {
        const entry = findings.metadata.get(PREFIX + name);
        if (entry === undefined)
            continue;
        if (entry.type !== 'array' || (entry.itemType !== 'f32' && entry.itemType !== 'i32')) {
            findings.error(`${PREFIX}${name} is no list of numbers`);
            continue;
        }
        const text = `${PREFIX}${name} has ${entry.value.length} entries for ${length} words`;
        if (entry.value.length < length)
            findings.error(text);
        else if (entry.value.length > length)
            findings.warning(text);
        if (entry.itemType === 'f32' && entry.value.some(Number.isNaN))
            findings.error(`${PREFIX}${name} has an entry that is no number`);
    }
}
function kindsOf(findings, length) {
    const entry = findings.metadata.get(`${PREFIX}token_type`);
    if (entry?.type !== 'array' || entry.itemType !== 'i32' || entry.value.length < length)
        return undefined;
    const kinds = entry.value;
    const wrong = kinds.findIndex((kind) => kind < 0 || kind > KINDS);
    if (wrong >= 0)
        findings.error(`word ${wrong} of the vocabulary is of the unknown kind ${kinds[wrong]}`);
    return kinds;
}
function checkSpecial(findings, model, length) {
    const valid = (name, otherwise) => {
        const key = `${PREFIX}${name}_token_id`;
        const entry = findings.metadata.get(key);
        if (entry === undefined)
            return otherwise < length;
        const { value } = entry;
        if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < length)
            return true;
        if (value === NONE || value === -1)
            return otherwise < length;
        const text = `${key} is ${String(typeof value === 'object' ? 'a list' : value)}, and the vocabulary has ${length} words`;
        if (VITAL.includes(name))
            findings.error(text);
        else
            findings.warning(text);
        return otherwise < length;
    };
    for (const name of [...MINOR, 'eot'])
        valid(name, NONE);
    const { bos, eos } = DEFAULTS[model] ?? { bos: 0, eos: 0 };
    const pre = findings.metadata.get(`${PREFIX}pre`)?.value;
    const hasBos = valid('bos', pre === 'chatglm-bpe' || pre === 'glm4' ? NONE : bos);
    const hasEos = valid('eos', eos);
    if (findings.metadata.get(`${PREFIX}add_bos_token`)?.value === true && !hasBos)
        findings.error('every text is to begin with a token that the vocabulary lacks (add_bos_token)');
    if (findings.metadata.get(`${PREFIX}add_eos_token`)?.value === true && !hasEos)
        findings.error('every text is to end with a token that the vocabulary lacks (add_eos_token)');
}
function checkUtf8(findings, tokens) {
    const wrong = firstInvalidUtf8(tokens);
    if (wrong !== undefined)
        findings.error(`word ${wrong} of the vocabulary is no valid UTF-8`);
}
function firstInvalidUtf8({ bytes, ends }) {
    if (isUtf8(bytes) && ends.every((end) => end === bytes.length || (bytes[end] & 0xc0) !== 0x80))
        return undefined;
    for (let index = 0, start = 0; index < ends.length; start = ends[index++])
        if (!isUtf8(bytes.subarray(start, ends[index])))
            return index;
    return undefined;
}
/** A character that is no word is written byte by byte, and where a byte has no word the library gives up. */
function checkBytes(findings, index) {
    for (let byte = 0; byte < 256; byte++) {
        // These never occur in UTF-8.
        if (byte === 0xc0 || byte === 0xc1 || byte > 0xf4)
            continue;
        const name = `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
        if (index.has(name) || index.hasParts(Uint8Array.of(byte), 0, 1))
            continue;
        findings.error(`the vocabulary has no word ${name} for a byte, so not every text can be written`);
        return;
    }
}
function checkByteWords(findings, tokens, kinds) {
    for (let at = kinds.indexOf(BYTE); at >= 0; at = kinds.indexOf(BYTE, at + 1))
        if (!/^<0x[0-9A-Fa-f]{2}>$/.test(tokens.at(at))) {
            findings.error(`word ${at} of the vocabulary, ${word(tokens, at)}, stands for no byte`);
            return;
        }
}
/** Of a letter of byte-level BPE. */
const LETTER_BYTES = 2;
/**
 * A pair to be joined consists of words, and joined it is a word, or text is lost where it occurs. A file in which
 * many are not so was made in another way; where a few are not, words are damaged.
 */
function checkMerges(findings, index) {
    const merges = findings.texts(`${PREFIX}merges`);
    if (merges === undefined)
        return;
    const { bytes, ends } = merges;
    let missing = 0;
    let example = -1;
    for (let at = 0, start = 0; at < ends.length; start = ends[at++]) {
        const end = ends[at];
        let space = start + 1;
        while (space < end && bytes[space] !== 0x20)
            space += 1;
        if (space < end - 1) {
            if (index.hasParts(bytes, start, space, bytes, space + 1, end) &&
                // Longer parts are what other merges join.
                (space - start > LETTER_BYTES || index.hasParts(bytes, start, space)) &&
                (end - space - 1 > LETTER_BYTES || index.hasParts(bytes, space + 1, end)))
                continue;
            // The first line of a merges.txt, which some converters kept.
            if (at === 0 && bytes[start] === 0x23)
                continue;
        }
        missing += 1;
        if (example < 0)
            example = at;
    }
    if (missing === 0)
        return;
    const text = `${missing} of ${merges.length} merges join what is not in the vocabulary, such as ${word(merges, example)}`;
    if (missing * 100 <= merges.length)
        findings.error(text);
    else
        findings.warning(text);
}
const word = (strings, at) => `"${plainLine(strings.at(at), 40)}"`;
//# sourceMappingURL=tokenizer-findings.js.map