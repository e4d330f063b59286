import type { RepositoryFile } from './repository.js';
export declare class Partial {
    #private;
    private constructor();
    /** Goes on with what an ended process has left of the file, else begins anew. */
    static open(blob: string, expected: RepositoryFile): Promise<Partial>;
    get bytes(): number;
    append(piece: Uint8Array): void;
    /** Forgets all of it. */
    restart(): void;
    /** Whether the content is what was asked for. Only once. */
    isRight(): boolean;
    /** Gives the file its name, on the disk and not only in the system's memory. */
    keepAs(blob: string): void;
    /** Leaves it for the next attempt: under a name that nobody owns. */
    leave(blob: string): void;
}
