/** What a repository of the hub holds, asked through the hub's own client library and checked before it is believed. */
import { ForetokenError } from '../base/errors.js';
import { COMMIT } from './cache.js';
import { boundedFetch, Passing, persistently } from './http.js';
import { isPlainPath, isRepository } from './names.js';
const MOST_FILES = 20_000;
const MOST_BYTES = 2 ** 43;
const SHA256 = /^[0-9a-f]{64}$/;
const SHA1 = /^[0-9a-f]{40}$/;
/** @throws ForetokenError `hub_not_found`, `hub_denied`, `hub_unreachable` */
export async function readRepository(settings, repo, { patience, signal }) {
    const { listFiles, modelInfo } = await import('@huggingface/hub');
    const ask = (work) => asked(settings, `repository ${repo}`, { patience, signal }, work);
    const { sha } = await ask((given) => modelInfo({ ...given, name: repo, revision: 'main', additionalFields: ['sha'] }));
    const commit = sha;
    if (typeof commit !== 'string' || !COMMIT.test(commit))
        throw nonsense(settings, repo, 'no commit');
    const files = await ask(async (given) => {
        const found = [];
        let seen = 0;
        for await (const entry of listFiles({ ...given, repo, revision: commit, recursive: true })) {
            if (++seen > MOST_FILES)
                throw nonsense(settings, repo, `more than ${MOST_FILES} files`);
            const file = checkedFile(entry);
            if (file !== undefined)
                found.push(file);
        }
        return found;
    });
    return { repo, commit, files };
}
/** Names of a user's repositories that a word finds, the most downloaded first. @throws as `readRepository` */
export async function findRepositories(settings, owner, query, most, asking) {
    const { listModels } = await import('@huggingface/hub');
    return asked(settings, `models of ${owner}`, asking, async (given) => {
        const names = [];
        const search = { owner, query };
        for await (const { name } of listModels({ ...given, search, sort: 'downloads', limit: most })) {
            if (typeof name === 'string' && isRepository(name) && name.startsWith(`${owner}/`))
                names.push(name);
            if (names.length >= most)
                break;
        }
        return names;
    });
}
async function asked(settings, what, { patience, signal }, work) {
    const given = { hubUrl: settings.endpoint, fetch: boundedFetch(settings, what, { patience, signal }) };
    return persistently(patience, what, async () => {
        try {
            return await work(given);
        }
        catch (error) {
            if (error instanceof ForetokenError || error instanceof Passing)
                throw error;
            signal?.throwIfAborted();
            // The library reads answers as they should be, and stumbles over others.
            throw nonsense(settings, what, ForetokenError.from(error).message, error);
        }
    }, undefined, signal);
}
const nonsense = (settings, about, what, cause) => new ForetokenError('hub_unreachable', `${new URL(settings.endpoint).host} answers nonsense about ${about}: ${what}. Is HF_ENDPOINT a Hugging Face hub?`, { cause });
/** A file as it is listed; undefined for folders, and for what cannot be a file here. */
function checkedFile(entry) {
    const { type, path, size, oid, lfs } = fields(entry);
    if (type !== 'file' || typeof path !== 'string' || !isPlainPath(path))
        return undefined;
    const large = fields(lfs);
    const bytes = typeof large['size'] === 'number' ? large['size'] : size;
    if (typeof bytes !== 'number' || !Number.isSafeInteger(bytes) || bytes < 0 || bytes > MOST_BYTES)
        return undefined;
    if (lfs !== undefined) {
        const sum = large['oid'];
        return typeof sum === 'string' && SHA256.test(sum) ? { path, bytes, sum, kind: 'sha256' } : undefined;
    }
    return typeof oid === 'string' && SHA1.test(oid) ? { path, bytes, sum: oid, kind: 'git' } : undefined;
}
const fields = (value) => (typeof value === 'object' && value !== null ? value : {});
//# sourceMappingURL=repository.js.map