/** Where a benchmark's requests go, checked. */
import { ForetokenError } from '../base/errors.js';

/** Base URL without slashes at its end. @throws ForetokenError `invalid_option` */
export function checkedBaseUrl(baseUrl: string): string {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new ForetokenError(
      'invalid_option',
      `The base URL must be that of a server, such as http://127.0.0.1:8080; got ${JSON.stringify(baseUrl)}.`,
      { param: 'base-url' },
    );
  return url.href.replace(/\/+$/, '');
}

export type EndpointKind = 'chat' | 'completions';

/** @throws ForetokenError `invalid_option` for an endpoint that takes neither form of request */
export function endpointKind(endpoint: string): EndpointKind {
  if (/^\/([^?#]*\/)?chat\/completions$/.test(endpoint)) return 'chat';
  if (/^\/([^?#]*\/)?completions$/.test(endpoint)) return 'completions';
  throw new ForetokenError(
    'invalid_option',
    `The endpoint must be a path that ends in /chat/completions or /completions; got ${JSON.stringify(endpoint)}.`,
    { param: 'endpoint' },
  );
}
