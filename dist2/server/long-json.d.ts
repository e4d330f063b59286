/** Answers of megabytes as JSON, written a piece a turn of the event loop, so that others are served meanwhile. */
import { Readable } from 'node:stream';
/** From so many on it is worth it. */
export declare const LONG_ANSWER: number;
/** `{"<field>":[…]}`; each item as `textOf` writes it. */
export declare function longArray(field: string, items: Int32Array, textOf: (item: number) => string): Readable;
/** `{"<field>":"…"}`. A character cut in two is written as two escapes, which are one again when read. */
export declare function longText(field: string, text: string): Readable;
