/** The version of this package. */
import { readFileSync } from 'node:fs';
export function version() {
    const file = new URL('../../package.json', import.meta.url);
    return JSON.parse(readFileSync(file, 'utf8')).version;
}
//# sourceMappingURL=version.js.map