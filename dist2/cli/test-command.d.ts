/** Runs the real, built command as a child process. */
import { type ChildProcessWithoutNullStreams } from 'node:child_process';
export interface Finished {
    readonly code: number | null;
    readonly out: string;
    readonly err: string;
}
export interface RunOptions {
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
}
export declare class Running {
    readonly child: ChildProcessWithoutNullStreams;
    readonly finished: Promise<Finished>;
    out: string;
    err: string;
    constructor(args: readonly string[], { env, input }?: RunOptions);
    /** Waits until standard output matches. @returns the match */
    output(pattern: RegExp): Promise<RegExpExecArray>;
    kill(signal?: NodeJS.Signals): void;
}
export declare const run: (args: readonly string[], options?: RunOptions) => Promise<Finished>;
/** `foretoken serve` on a free port, once it listens. */
export declare function serving(args?: readonly string[], options?: RunOptions): Promise<{
    readonly server: Running;
    readonly url: string;
}>;
