export declare const COMMIT: RegExp;
export interface CachedFile {
    /** In the repository. */
    readonly path: string;
    /** On this machine. */
    readonly location: string;
    readonly bytes: number;
}
export interface CachedRepository {
    readonly repo: string;
    readonly commit: string;
    readonly files: readonly CachedFile[];
}
/** The folder of one repository. */
export declare const repositoryFolder: (cache: string, repo: string) => string;
export declare const blobPath: (cache: string, repo: string, sum: string) => string;
export declare const snapshotPath: (cache: string, repo: string, commit: string, file: string) => string;
/** What is there of a repository, at the commit that `main` was at; undefined where nothing is. */
export declare function cachedRepository(cache: string, repo: string): CachedRepository | undefined;
/** Whether a file, or what a link leads to, is there in full. */
export declare function hasBytes(file: string, bytes: number): boolean;
/** All repositories of models in a cache, by name. */
export declare function cachedRepositories(cache: string): CachedRepository[];
/**
 * Gives a whole blob the name it has in the repository, and says that `main` is at this commit.
 * @returns where it lies by that name
 */
export declare function linkSnapshot(cache: string, repo: string, commit: string, file: string, blob: string): string;
export declare function writeRef(cache: string, repo: string, commit: string): void;
