/** @throws Error when it cannot be written; then nothing is left behind */
export declare function writeFileWhole(file: string, content: string): void;
