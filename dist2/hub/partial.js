/**
 * What has been fetched of a file. Each process writes a file of its own, whose name says whose it is; one that its
 * process has left behind is taken over by renaming it, which only one process can. So two that fetch the same never
 * write into one file, and a broken download goes on where it stopped.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, createReadStream, fsyncSync, ftruncateSync, openSync, readdirSync, renameSync, rmSync, statSync, utimesSync, writeSync, } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
/** A living download writes far more often. */
const ABANDONED_MS = 5 * 60_000;
/** Names of hosts may hold anything. */
const HOST = createHash('sha256').update(os.hostname()).digest('hex').slice(0, 8);
export class Partial {
    #file;
    #expected;
    #descriptor;
    #hash;
    #bytes = 0;
    constructor(file, expected) {
        this.#file = file;
        this.#expected = expected;
        this.#descriptor = openSync(file, 'a+', 0o644);
        this.#hash = newHash(expected);
    }
    /** Goes on with what an ended process has left of the file, else begins anew. */
    static async open(blob, expected) {
        const own = `${blob}.${HOST}.${process.pid}.${randomBytes(4).toString('hex')}.incomplete`;
        for (const left of abandoned(blob)) {
            try {
                renameSync(left, own);
                break;
            }
            catch {
                // Another process was faster.
            }
        }
        const partial = new Partial(own, expected);
        await partial.#readAgain();
        return partial;
    }
    get bytes() {
        return this.#bytes;
    }
    async #readAgain() {
        const { size } = statSync(this.#file);
        if (size > this.#expected.bytes) {
            this.restart();
            return;
        }
        // Said to be in use before the long read.
        utimesSync(this.#file, new Date(), new Date());
        for await (const chunk of createReadStream(this.#file))
            this.#hash.update(chunk);
        this.#bytes = size;
    }
    append(piece) {
        for (let at = 0; at < piece.length;)
            at += writeSync(this.#descriptor, piece, at);
        this.#hash.update(piece);
        this.#bytes += piece.length;
    }
    /** Forgets all of it. */
    restart() {
        ftruncateSync(this.#descriptor, 0);
        this.#hash = newHash(this.#expected);
        this.#bytes = 0;
    }
    /** Whether the content is what was asked for. Only once. */
    isRight() {
        return this.#bytes === this.#expected.bytes && this.#hash.digest('hex') === this.#expected.sum;
    }
    /** Gives the file its name, on the disk and not only in the system's memory. */
    keepAs(blob) {
        fsyncSync(this.#descriptor);
        closeSync(this.#descriptor);
        renameSync(this.#file, blob);
        syncFolder(path.dirname(blob));
    }
    /** Leaves it for the next attempt: under a name that nobody owns. */
    leave(blob) {
        closeSync(this.#descriptor);
        if (this.#bytes === 0)
            rmSync(this.#file, { force: true });
        else
            renameSync(this.#file, `${blob}.${HOST}.0.${randomBytes(4).toString('hex')}.incomplete`);
    }
}
function newHash({ kind, bytes }) {
    if (kind === 'sha256')
        return createHash('sha256');
    return createHash('sha1').update(`blob ${bytes}\0`);
}
/** Files that nobody writes any more, the largest first. */
function abandoned(blob) {
    const folder = path.dirname(blob);
    const pattern = new RegExp(`^${path.basename(blob)}\\.([0-9a-f]{8})\\.(\\d{1,10})\\.[0-9a-f]{8}\\.incomplete$`);
    return readdirSync(folder)
        .flatMap((name) => {
        const [, host, pid] = pattern.exec(name) ?? [];
        const file = path.join(folder, name);
        const stats = host === undefined ? undefined : statSync(file, { throwIfNoEntry: false });
        if (stats === undefined)
            return [];
        const free = (host === HOST && !isAlive(Number(pid))) || Date.now() - stats.mtimeMs > ABANDONED_MS;
        return free ? [{ file, bytes: stats.size }] : [];
    })
        .sort((a, b) => b.bytes - a.bytes)
        .map(({ file }) => file);
}
function isAlive(pid) {
    if (pid === 0)
        return false;
    try {
        process.kill(pid, 0);
        return true;
    }
    catch (error) {
        // There, and another user's.
        return error.code === 'EPERM';
    }
}
/** A new name lasts when its folder is written; Windows has no such call. */
function syncFolder(folder) {
    if (process.platform === 'win32')
        return;
    const descriptor = openSync(folder, 'r');
    try {
        fsyncSync(descriptor);
    }
    catch {
        // Some file systems cannot.
    }
    finally {
        closeSync(descriptor);
    }
}
//# sourceMappingURL=partial.js.map