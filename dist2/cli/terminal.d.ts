/** What is drawn on a terminal: colours, shading, progress bars. Nothing of it goes into pipes and files. */
import type { WriteStream } from 'node:tty';
type Stream = NodeJS.WriteStream | WriteStream;
/** Colours are for people at a terminal who have not switched them off (https://no-color.org). */
export declare function wantsColor(stream: Stream): boolean;
export declare const dim: (text: string, color: boolean) => string;
/** Shading ends before each line's end, or it would fill the rest of the line. */
export declare const shade: (text: string) => string;
/** A line that is drawn over and over; silent where there is no terminal. */
export declare class ProgressBar {
    #private;
    constructor(stream?: Stream);
    /** @param done 0 to 1 */
    update(label: string, done: number, note?: string): void;
    /** Takes the bar away. */
    clear(): void;
}
/** A table of columns, the first flush left and the rest, being figures, flush right where not said otherwise. */
export declare function table(rows: readonly (readonly string[])[], align?: 'left' | 'right'): string;
export {};
