/** Where a benchmark's requests go, checked. */
import { ForetokenError } from '../base/errors.js';
/** Base URL without slashes at its end. @throws ForetokenError `invalid_option` */
export function checkedBaseUrl(baseUrl) {
    const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
    if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
        throw new ForetokenError('invalid_option', `The base URL must be that of a server, such as http://127.0.0.1:8080; got ${JSON.stringify(baseUrl)}.`, { param: 'base-url' });
    return url.href.replace(/\/+$/, '');
}
/** A key that can travel in a header. @throws ForetokenError `invalid_option` */
export function checkedApiKey(apiKey) {
    if (!/^[\x21-\x7e]+$/.test(apiKey))
        throw new ForetokenError('invalid_option', 'The API key (--api-key) must be of letters, digits and signs of ASCII, without spaces.', { param: 'api-key' });
    return apiKey;
}
/** @throws ForetokenError `invalid_option` for an endpoint that takes neither form of request */
export function endpointKind(endpoint) {
    if (/^\/([\w.~%:@+-]+\/)*chat\/completions$/.test(endpoint))
        return 'chat';
    if (/^\/([\w.~%:@+-]+\/)*completions$/.test(endpoint))
        return 'completions';
    throw new ForetokenError('invalid_option', `The endpoint must be a path that ends in /chat/completions or /completions; got ${JSON.stringify(endpoint)}.`, { param: 'endpoint' });
}
//# sourceMappingURL=target.js.map