import type { Vocabulary } from './vocabulary.js';
export declare const DEMO_MODEL: string;
/** A folder that is gone after the tests of the file. */
export declare function temporaryFolder(): string;
/** The demo model with one text among its metadata replaced by another of the same length. */
export declare function patchedModel(file: string, from: string, to: string): string;
/** A word that no other is made of, so that a file in which it is another is still plausible. */
export declare function specialWord(vocabulary: Vocabulary): string;
/** A LoRA adapter that changes the query matrix of the first layer: [width x rank] and [rank x width]. */
export declare function writeAdapter(file: string, width: number, scale: number): string;
