import { GgufStrings } from './strings.js';
/** Where the bytes come from: a file, or memory that stands for one. */
export interface ByteSource {
    /** In messages. */
    readonly name: string;
    readonly bytes: number;
    /** Reads up to `length` bytes from `position` on into `buffer` at `at`; 0 at the end. */
    read(buffer: Buffer, at: number, length: number, position: number): number;
    close(): void;
}
export declare class HeadReader {
    #private;
    readonly name: string;
    readonly fileBytes: number;
    constructor(source: ByteSource);
    /** Bytes read so far. */
    get offset(): number;
    get remaining(): number;
    /** Bytes that the rest of the head may have. */
    get room(): number;
    fail(what: string): never;
    /** The next `count` bytes: a view that the next read may overwrite. */
    take(count: number, what: string): Buffer;
    u32(what: string): number;
    /** A 64-bit count or length, at most `limit`, which is a safe integer. */
    count(what: string, limit: number): number;
    string(what: string, limit: number): string;
    /** `length` strings, each after its own length of eight bytes; `what` holds them. */
    strings(length: number, what: string): GgufStrings;
    close(): void;
}
/** @throws ForetokenError `file_not_found`, and `invalid_gguf` for a folder and the like */
export declare function fileSource(path: string): ByteSource;
/** @param fileBytes of a file that begins with `bytes` and of which the rest is never read */
export declare function memorySource(name: string, bytes: Uint8Array, fileBytes?: number): ByteSource;
export declare function openForReading(path: string): number;
/** A name out of a file, in quotes. */
export declare const quoted: (name: string) => string;
