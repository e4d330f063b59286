import { type Patience } from './http.js';
import type { HubSettings } from './settings.js';
export interface RepositoryFile {
    readonly path: string;
    readonly bytes: number;
    /** SHA-256 of the content for large files (LFS), else git's SHA-1 of it as a blob. */
    readonly sum: string;
    readonly kind: 'sha256' | 'git';
}
export interface Repository {
    readonly repo: string;
    readonly commit: string;
    readonly files: readonly RepositoryFile[];
}
export interface Asking {
    readonly patience: Patience;
    readonly signal?: AbortSignal | undefined;
}
/** @throws ForetokenError `hub_not_found`, `hub_denied`, `hub_unreachable` */
export declare function readRepository(settings: HubSettings, repo: string, { patience, signal }: Asking): Promise<Repository>;
/** Names of a user's repositories that a word finds, the most downloaded first. @throws as `readRepository` */
export declare function findRepositories(settings: HubSettings, owner: string, query: string, most: number, asking: Asking): Promise<string[]>;
