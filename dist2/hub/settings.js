/**
 * Where models are fetched from and kept: the variables that Hugging Face's own tools read, so that a model which one
 * of them has fetched is found here, and the other way round.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
const PUBLIC_ENDPOINT = 'https://huggingface.co';
const YES = ['1', 'on', 'yes', 'true'];
/** What a header may hold, and far longer than any token. */
const TOKEN = /^[\x21-\x7e]{1,512}$/;
/** @throws ForetokenError `invalid_option` when a variable holds what it cannot mean */
export function hubSettings(environment = process.env, home = os.homedir()) {
    const read = (name) => {
        const value = environment[name]?.trim();
        return value === '' ? undefined : value;
    };
    const expand = (folder) => path.resolve(folder.replace(/^~(?=$|[/\\])/, () => home));
    const hfHome = expand(read('HF_HOME') ?? path.join(read('XDG_CACHE_HOME') ?? path.join(home, '.cache'), 'huggingface'));
    return {
        endpoint: endpointOf(read('HF_ENDPOINT') ?? PUBLIC_ENDPOINT),
        cache: expand(read('HF_HUB_CACHE') ?? read('HUGGINGFACE_HUB_CACHE') ?? path.join(hfHome, 'hub')),
        token: tokenOf(read, expand, hfHome),
        offline: YES.includes(read('HF_HUB_OFFLINE')?.toLowerCase() ?? ''),
    };
}
function endpointOf(text) {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url === undefined ||
        !['http:', 'https:'].includes(url.protocol) ||
        url.username !== '' ||
        url.password !== '' ||
        url.search !== '' ||
        url.hash !== '')
        throw new ForetokenError('invalid_option', `HF_ENDPOINT must be an address such as ${PUBLIC_ENDPOINT}; got ${JSON.stringify(text)}.`, { param: 'HF_ENDPOINT' });
    return url.href.replace(/\/+$/, '');
}
function tokenOf(read, expand, hfHome) {
    if (YES.includes(read('HF_HUB_DISABLE_IMPLICIT_TOKEN')?.toLowerCase() ?? ''))
        return undefined;
    const given = read('HF_TOKEN') ?? read('HUGGING_FACE_HUB_TOKEN');
    if (given !== undefined) {
        if (TOKEN.test(given))
            return given;
        throw new ForetokenError('invalid_option', 'HF_TOKEN holds characters that no token has.', {
            param: 'HF_TOKEN',
        });
    }
    const file = read('HF_TOKEN_PATH');
    const text = textOf(file === undefined ? path.join(hfHome, 'token') : expand(file));
    return text !== undefined && TOKEN.test(text) ? text : undefined;
    function textOf(name) {
        try {
            return readFileSync(name, { encoding: 'utf8' }).trim();
        }
        catch {
            // No such file, or none that this user may read: then there is no token.
            return undefined;
        }
    }
}
//# sourceMappingURL=settings.js.map