/**
 * Text from elsewhere (users, model files, the native library) as one line for a log or a terminal: nothing in
 * it can begin a line of its own, move the cursor, change colours or the direction of writing, or fill a disk.
 */
/** @param most characters; what is longer is cut in the middle, since both ends say most */
export declare function plainLine(text: string, most?: number): string;
/** The same for a text of several lines, such as a stack, whose lines stay. */
export declare const plainLines: (text: string) => string;
