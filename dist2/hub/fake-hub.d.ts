import type { HubSettings } from './settings.js';
export declare const COMMIT: string;
export interface FakeRepository {
    readonly files: Readonly<Record<string, Buffer>>;
    /** Needs this token. */
    readonly token?: string;
    /** As the hub answers for a repository whose licence has not been accepted. */
    readonly gated?: boolean;
}
/** What goes wrong with the next answers that carry a file, one after the other. */
export type Fault = 
/** The connection ends after so many bytes of the body. */
{
    readonly cutAfter: number;
}
/** Nothing more comes after so many bytes, and the connection stays. */
 | {
    readonly stallAfter: number;
} | {
    readonly status: number;
    readonly headers?: Readonly<Record<string, string>>;
}
/** The bytes are not those that are listed. */
 | {
    readonly corrupt: true;
}
/** A whole answer to a request for a part. */
 | {
    readonly ignoreRange: true;
}
/** More than is listed. */
 | {
    readonly append: Buffer;
} | {
    readonly redirectTo: string;
};
export declare class FakeHub {
    #private;
    readonly repositories: Map<string, FakeRepository>;
    readonly faults: Fault[];
    /** Faults of the answers that carry no file. */
    readonly apiFaults: {
        readonly status: number;
        readonly body?: string;
        readonly headers?: Record<string, string>;
    }[];
    /** Every request: `GET /path`, with its range and whether a token came. */
    readonly log: {
        readonly line: string;
        readonly range: string | undefined;
        readonly token: boolean;
        readonly store: boolean;
    }[];
    /** Entries of lists that are made to mislead. */
    readonly extraEntries: unknown[];
    /** Files of one page of a list. */
    pageSize: number;
    private constructor();
    static start(): Promise<FakeHub>;
    get endpoint(): string;
    settings(cache: string, more?: Partial<HubSettings>): HubSettings;
    /** Requests that fetched a file, as `path range`. */
    get fetches(): string[];
    close(): Promise<void>;
}
export declare const sha256: (content: Buffer) => string;
export declare const gitSum: (content: Buffer) => string;
