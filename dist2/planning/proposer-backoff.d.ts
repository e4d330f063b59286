/** Proposers that have failed are left out for a while, twice as long each time. */
export declare class ProposerBackoff {
    #private;
    /** Whether a proposer is left out in this step. */
    has(name: string, step: number): boolean;
    /** A proposer has failed in this step. */
    begin(name: string, step: number): void;
}
