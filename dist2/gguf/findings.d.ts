import type { GgufStrings } from './strings.js';
import type { Metadata } from './types.js';
export interface Finding {
    /** `error`: no model can be so, and it is not loaded. `warning`: it is odd, and works. */
    readonly severity: 'error' | 'warning';
    /** In words, on one line. */
    readonly text: string;
}
export declare class Findings {
    readonly metadata: Metadata;
    readonly list: Finding[];
    constructor(metadata: Metadata);
    error(text: string): void;
    warning(text: string): void;
    /** Text under a key; another type than text is an error. */
    text(key: string): string | undefined;
    /** Texts under a key; anything else is an error. */
    texts(key: string): GgufStrings | undefined;
    /** A whole number from `least` to `most`; anything else is an error. */
    integer(key: string, least: number, most: number): number | undefined;
    /** As `integer`, or one number for each layer. */
    integers(key: string, least: number, most: number): readonly number[] | number | undefined;
    /** A finite number from `least` to `most`; anything else is an error. */
    number(key: string, least?: number, most?: number): number | undefined;
}
