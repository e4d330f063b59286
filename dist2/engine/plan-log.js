/** Appends plans to a file, a line of JSON each, without ever holding up who has them. */
import { createWriteStream, openSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
/** Plans wait in memory while the disk is slow, up to so many bytes; more are left out and counted. */
const MOST_WAITING_BYTES = 16 * 2 ** 20;
export class PlanLog {
    #stream;
    #failed = false;
    #omitted = 0;
    /** @throws ForetokenError `invalid_option` when the file cannot be written. */
    constructor(file, onProblem) {
        let descriptor;
        try {
            descriptor = openSync(file, 'a');
        }
        catch (error) {
            throw new ForetokenError('invalid_option', `Cannot write the plan log ${file}: ${error.message}. Name another file.`, { param: 'planLog', cause: error });
        }
        this.#stream = createWriteStream(file, { fd: descriptor });
        this.#stream.on('error', (error) => {
            if (!this.#failed)
                onProblem(`the plan log ${file} ends here: ${error.message}.`);
            this.#failed = true;
        });
    }
    /** Plans left out because the disk could not keep up. */
    get omitted() {
        return this.#omitted;
    }
    add(record) {
        if (this.#failed)
            return;
        if (this.#stream.writableLength > MOST_WAITING_BYTES)
            this.#omitted += 1;
        else
            this.#stream.write(`${JSON.stringify(record)}\n`);
    }
    /** Resolves when all is written. */
    close() {
        if (this.#failed)
            return Promise.resolve();
        return new Promise((resolve) => {
            this.#stream.on('error', () => {
                resolve();
            });
            this.#stream.end(() => {
                resolve();
            });
        });
    }
}
//# sourceMappingURL=plan-log.js.map