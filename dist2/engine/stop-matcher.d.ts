/** Finds stop texts in an output as it grows, across token boundaries. */
export interface StopMatch {
    readonly stop: string;
    /** Bytes at the end of the text that are not part of the output: the stop text, and what follows it. */
    readonly trimBytes: number;
}
export declare class StopMatcher {
    #private;
    constructor(stops: readonly string[]);
    /**
     * Adds a token's bytes. Who does not end at what is found may go on: it is not found again.
     * @param included the stop text itself stays in the text
     * @returns the earliest stop text, of several the one named first; undefined when there is none
     */
    push(bytes: Uint8Array, included?: boolean): StopMatch | undefined;
}
