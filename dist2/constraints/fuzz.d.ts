export interface FuzzReport {
    cases: number;
    read: number;
    refused: number;
    /** Walks that a bound has ended. */
    exceeded: number;
    /** Whole texts that were judged by another. */
    judged: number;
    /** Of processor time, milliseconds, and what it was spent on. */
    slowestMs: number;
    slowest: string;
    /** Most bytes of all automata that were kept at a time. */
    mostBytes: number;
}
/** Whether a value is valid under a schema; undefined where that is not to be asked. */
export type Validate = (schema: unknown) => ((text: string) => boolean) | undefined;
export interface FuzzOptions {
    readonly cases: number;
    /** Of the first case; each has its own. */
    readonly seed: number;
    /** Share of the cases that are schemas; they take longer than grammars. */
    readonly schemas: number;
    readonly validate?: Validate;
    readonly onCase?: (report: FuzzReport) => void;
}
/** @throws Error that holds the case, at the first thing that does not hold */
export declare function fuzzGrammars(options: FuzzOptions): FuzzReport;
