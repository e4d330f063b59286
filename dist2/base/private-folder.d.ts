/** FORETOKEN_CACHE_DIR, else the system's own place for caches. */
export declare function cacheDirectory(environment?: Readonly<Record<string, string | undefined>>, platform?: NodeJS.Platform, home?: string): string;
/**
 * Makes the folder, or closes it to others where it is the user's own.
 * @throws Error when it cannot be made, or is not to be trusted
 */
export declare function preparePrivateFolder(folder: string): void;
/** Why what lies in a folder is not to be believed; undefined where it is, or where there is no such folder. */
export declare function distrust(folder: string): string | undefined;
