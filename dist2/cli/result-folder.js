/** The folder that a benchmark writes its results to. */
import { accessSync, constants, mkdirSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
/** Found out before the run, not after it. @throws ForetokenError `invalid_option` */
export function writableFolder({ resultDir = '.', resultFilename: name }) {
    const folder = path.resolve(resultDir);
    const target = name === undefined ? folder : path.dirname(path.resolve(folder, name));
    try {
        mkdirSync(target, { recursive: true });
        accessSync(target, constants.W_OK);
    }
    catch (cause) {
        throw new ForetokenError('invalid_option', `--result-dir: nothing can be written there: ${cause.message}`, { param: 'result-dir', cause });
    }
    return folder;
}
//# sourceMappingURL=result-folder.js.map