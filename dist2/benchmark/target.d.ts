/** Base URL without slashes at its end. @throws ForetokenError `invalid_option` */
export declare function checkedBaseUrl(baseUrl: string): string;
/** A key that can travel in a header. @throws ForetokenError `invalid_option` */
export declare function checkedApiKey(apiKey: string): string;
export type EndpointKind = 'chat' | 'completions';
/** @throws ForetokenError `invalid_option` for an endpoint that takes neither form of request */
export declare function endpointKind(endpoint: string): EndpointKind;
