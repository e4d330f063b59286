/**
 * The text a draft learns from: prompts with the target's own greedy answers, and for each token of an answer
 * what the target found likeliest. One JSON object a line, so that a broken run loses nothing it had.
 */
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
export class CorpusWriter {
    #fd;
    constructor(path, options) {
        this.#fd = openSync(path, options.append ? 'a' : 'w');
    }
    add(text) {
        writeSync(this.#fd, `${JSON.stringify(text)}\n`);
    }
    close() {
        closeSync(this.#fd);
    }
}
/** @throws ForetokenError `file_not_found`, or `invalid_option` when a line is no text of a corpus. */
export function readCorpus(path, vocabularySize) {
    const lines = readLines(path);
    return lines.map((line, index) => {
        const parsed = parseLine(line);
        if (parsed === undefined || !isCorpusText(parsed, vocabularySize))
            throw new ForetokenError('invalid_option', `Line ${index + 1} of ${path} is no text of a corpus for this vocabulary.`, { param: 'corpus' });
        return parsed;
    });
}
export function readLines(path) {
    let content;
    try {
        content = readFileSync(path, 'utf8');
    }
    catch (error) {
        throw new ForetokenError('file_not_found', `Cannot read ${path}: ${error.message}`, {
            cause: error,
        });
    }
    return content.split('\n').filter((line) => line.trim() !== '');
}
function parseLine(line) {
    try {
        return JSON.parse(line);
    }
    catch {
        return undefined;
    }
}
function isCorpusText(value, vocabularySize) {
    if (typeof value !== 'object' || value === null)
        return false;
    const { tokens, promptLength, candidates, shares } = value;
    if (!isTokens(tokens, vocabularySize) || !isTokens(candidates, vocabularySize))
        return false;
    if (!Array.isArray(shares) || typeof promptLength !== 'number')
        return false;
    const answered = tokens.length - promptLength;
    return (promptLength >= 1 &&
        answered >= 1 &&
        candidates.length > 0 &&
        candidates.length % answered === 0 &&
        shares.length === candidates.length);
}
function isTokens(value, vocabularySize) {
    return (Array.isArray(value) &&
        value.every((token) => Number.isInteger(token) && token >= 0 && token < vocabularySize));
}
//# sourceMappingURL=corpus.js.map