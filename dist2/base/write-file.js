/** Writes a file that is whole or as it was before, readable for its owner only. */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
/** @throws Error when it cannot be written; then nothing is left behind */
export function writeFileWhole(file, content) {
    const temporary = `${file}.${randomBytes(8).toString('hex')}.tmp`;
    try {
        const handle = openSync(temporary, 'wx', 0o600);
        try {
            writeFileSync(handle, content);
            fsyncSync(handle);
        }
        finally {
            closeSync(handle);
        }
        renameSync(temporary, file);
    }
    catch (error) {
        try {
            rmSync(temporary, { force: true });
        }
        catch {
            // The folder itself may be out of reach.
        }
        throw error;
    }
}
//# sourceMappingURL=write-file.js.map