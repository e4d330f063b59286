export declare class SearchBackoff {
    #private;
    /**
     * Whether this step belongs to the pause.
     * @param requests that decode in this step
     * @param disturbed whether something else has changed, which matters to a request alone
     */
    covers(requests: number, disturbed: boolean): boolean;
    /**
     * Nothing paid again.
     * @param lookMs what looking costs
     * @param stepMs a step without guesses
     */
    lengthen(lookMs: number, stepMs: number): void;
    /** Something pays. */
    end(): void;
}
