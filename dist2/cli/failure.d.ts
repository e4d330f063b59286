/** Exit codes: a wrong command line, as against a command that failed. */
export declare const USAGE_ERROR = 2;
export declare const FAILURE = 1;
export declare function report(thrown: unknown): number;
export declare const warn: (message: string) => void;
/** What goes on, where it is not the result of the command. */
export declare const note: (message: string) => void;
