type Environment = Readonly<Record<string, string | undefined>>;
export interface HubSettings {
    /** Address of the hub without a slash at its end; HF_ENDPOINT. */
    readonly endpoint: string;
    /** Folder with one folder for each repository; HF_HUB_CACHE. */
    readonly cache: string;
    /** Sent to the endpoint and nowhere else; HF_TOKEN, or the file that `hf auth login` writes. */
    readonly token: string | undefined;
    /** Nothing is asked of the network; HF_HUB_OFFLINE. */
    readonly offline: boolean;
}
/** @throws ForetokenError `invalid_option` when a variable holds what it cannot mean */
export declare function hubSettings(environment?: Environment, home?: string): HubSettings;
export {};
