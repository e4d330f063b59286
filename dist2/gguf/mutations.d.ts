import { type GgufContent } from './writer.js';
export interface MutatedHead {
    readonly head: Uint8Array;
    /** Of the file that the head pretends to begin. */
    readonly fileBytes: number;
}
type Random = () => number;
/** What is damaged: byte-level BPE, SentencePiece, experts, an architecture nobody knows, and an adapter. */
export declare function sourcesOfMutations(): GgufContent[];
/** Makes damaged heads out of sound files; `at(n)` is the same head each time. */
export declare class Mutations {
    #private;
    readonly seed: number;
    constructor(seed: number, sources?: readonly GgufContent[]);
    at(number: number): MutatedHead;
}
/** One entry of the metadata, or one tensor, is another. */
export declare function mutatedContent(source: GgufContent, random: Random): GgufContent;
export type FuzzOutcome = 'refused' | 'implausible' | 'sound';
/**
 * What `inspect` does with a head.
 * @throws Error for anything but a refusal with a reason, which is what fuzzing looks for
 */
export declare function inspectHead({ head, fileBytes }: MutatedHead): FuzzOutcome;
export {};
