/**
 * Looks on the hub for a draft that fits a model: a file of the same repository that calls itself one, or a far smaller
 * model of the same owner and family. Whether it has the same vocabulary is read in the head of its file, by a request
 * for its beginning; nothing else of it is fetched.
 */
import { statSync } from 'node:fs';
import { splitFilesOf } from '../gguf/plausibility.js';
import { readGguf, readGgufFrom } from '../gguf/reader.js';
import { GgufStrings } from '../gguf/strings.js';
import { fileAddress } from './download.js';
import { Passing, pieces, request } from './http.js';
import { argumentsFor, chooseFile, modelFiles } from './names.js';
import { findRepositories, readRepository, } from './repository.js';
/** A draft costs about as much less as it is smaller; one that is not far smaller gains nothing. */
const MOST_SHARE = 1 / 3;
const MOST_FOUND = 50;
const MOST_LOOKED_AT = 4;
/** Heads with large vocabularies take some 20 MB. */
const HEAD_BYTES = [2 ** 22, 2 ** 24, 2 ** 26];
/**
 * @param repo where the model comes from
 * @param modelPath its file here
 * @throws what the hub's requests throw; nobody has asked, so it may be left unsaid
 */
export async function findDraft(settings, repo, modelPath, asking) {
    const parts = splitFilesOf(modelPath);
    const targetBytes = (parts.length === 0 ? [modelPath] : parts).reduce((sum, part) => sum + statSync(part).size, 0);
    const target = readGguf(modelPath);
    let looked = 0;
    for await (const { repository, file } of candidates(settings, repo, asking)) {
        if (file.bytes > targetBytes * MOST_SHARE)
            continue;
        const args = draftArguments(repository, file);
        if (args === undefined)
            continue;
        if (++looked > MOST_LOOKED_AT)
            return undefined;
        const head = await readHead(settings, repository, file, asking);
        if (head === undefined || !haveSameVocabulary(target, head))
            continue;
        return { arguments: args, bytes: file.bytes };
    }
    return undefined;
}
/** The likelier ones first. */
async function* candidates(settings, repo, asking) {
    const own = await readRepository(settings, repo, asking);
    for (const file of own.files)
        if (modelFiles([file.path]).length === 1 && /draft/i.test(file.path))
            yield { repository: own, file };
    const family = familyOf(repo);
    if (family === undefined)
        return;
    const [owner = ''] = repo.split('/');
    const found = await findRepositories(settings, owner, family.search, MOST_FOUND, asking);
    const smaller = found
        .flatMap((name) => {
        const other = familyOf(name);
        return other?.pattern === family.pattern && other.parameters < family.parameters * MOST_SHARE
            ? [{ name, parameters: other.parameters }]
            : [];
    })
        .sort((a, b) => a.parameters - b.parameters);
    for (const { name } of smaller) {
        const repository = await readRepository(settings, name, asking);
        const chosen = chooseFile(repository.files.map(({ path }) => path));
        const file = repository.files.find(({ path }) => path === chosen);
        if (file !== undefined)
            yield { repository, file };
    }
}
/** Of `bartowski/Qwen2.5-7B-Instruct-GGUF`: `qwen2.5-*-instruct-gguf`, `Qwen2.5`, 7e9. */
export function familyOf(repo) {
    const name = repo.split('/')[1] ?? '';
    const [size, number, unit] = /(?<=[-_.])(\d+(?:\.\d+)?)([bm])(?=[-_.]|$)/i.exec(name) ?? [];
    if (size === undefined)
        return undefined;
    const at = name.search(/(?<=[-_.])\d+(?:\.\d+)?[bm](?=[-_.]|$)/i);
    return {
        pattern: `${name.slice(0, at)}*${name.slice(at + size.length)}`.toLowerCase(),
        search: name.slice(0, at).replace(/[-_.]+$/, ''),
        parameters: Number(number) * (unit.toLowerCase() === 'b' ? 1e9 : 1e6),
    };
}
/** undefined where no quant tells the file from others. */
function draftArguments({ repo, files }, { path }) {
    const names = files.map((file) => file.path);
    // What is taken without a word about it needs none.
    if (chooseFile(names) === path)
        return ['-hfd', repo];
    const [, name, ...more] = argumentsFor(repo, path, names);
    return name === undefined || more.length > 0 ? undefined : ['-hfd', name];
}
class NotEnough extends Error {
}
/** The head of a file on the hub; undefined where it is none that can be read. */
async function readHead(settings, { repo, commit }, file, { patience, signal }) {
    const address = fileAddress(settings, repo, commit, file.path);
    for (const most of HEAD_BYTES) {
        const headers = { range: `bytes=0-${Math.min(most, file.bytes) - 1}` };
        const response = await request(settings, address, `file ${file.path}`, { headers, signal, patience });
        const beginning = await firstBytes(response, most, patience.stallMs);
        try {
            return readGgufFrom(beginningOf(file, beginning));
        }
        catch (error) {
            if (!(error instanceof NotEnough) || beginning.length >= file.bytes)
                return undefined;
        }
    }
    return undefined;
}
/** The server may send all of the file. */
async function firstBytes(response, most, stallMs) {
    const parts = [];
    let length = 0;
    for await (const part of pieces(response, stallMs)) {
        parts.push(part);
        length += part.length;
        if (length >= most)
            break;
    }
    if (length === 0)
        throw new Passing('nothing came');
    return Buffer.concat(parts);
}
function beginningOf({ path, bytes: all }, bytes) {
    return {
        name: path,
        bytes: all,
        read: (buffer, at, length, position) => {
            if (position >= bytes.length)
                throw new NotEnough();
            return bytes.copy(buffer, at, position, position + length);
        },
        close: () => undefined,
    };
}
/** As the engine will ask for, as far as the files tell. */
function haveSameVocabulary(a, b) {
    const [words, others] = [a, b].map((file) => {
        const entry = file.metadata.get('tokenizer.ggml.tokens');
        return entry?.type === 'array' && entry.value instanceof GgufStrings ? entry.value : undefined;
    });
    if (words === undefined || others === undefined || words.length !== others.length)
        return false;
    const same = ['model', 'bos_token_id', 'eos_token_id', 'add_bos_token'].every((name) => {
        const [one, other] = [a, b].map((file) => file.metadata.get(`tokenizer.ggml.${name}`)?.value);
        return one === other;
    });
    return (same &&
        Buffer.compare(words.bytes, others.bytes) === 0 &&
        words.ends.every((end, index) => end === others.ends[index]));
}
//# sourceMappingURL=drafts.js.map