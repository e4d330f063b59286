import { ForetokenError } from '../base/errors.js';
export declare class ChildServer {
    #private;
    readonly url: string;
    private constructor();
    /** @throws ForetokenError with what the server said, where it does not start */
    static start(args: readonly string[], signal: AbortSignal): Promise<ChildServer>;
    /** Why it is no longer there; undefined while it runs. */
    get failure(): ForetokenError | undefined;
    /** Warnings of the server. */
    get said(): string;
    end(): Promise<void>;
}
