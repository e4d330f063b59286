import { type Patience } from './http.js';
import type { RepositoryFile } from './repository.js';
import type { HubSettings } from './settings.js';
export interface DownloadOptions {
    readonly patience: Patience;
    readonly signal?: AbortSignal | undefined;
    /** Told how many bytes of the file are there. */
    readonly onProgress?: (bytes: number) => void;
}
export declare const fileAddress: ({ endpoint }: HubSettings, repo: string, commit: string, file: string) => string;
/**
 * @returns the file's blob in the cache
 * @throws ForetokenError `hub_denied`, `hub_not_found`, `hub_unreachable`, `download_failed`
 */
export declare function download(settings: HubSettings, repo: string, commit: string, file: RepositoryFile, options: DownloadOptions): Promise<string>;
