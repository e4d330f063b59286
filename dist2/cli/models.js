/** `foretoken models`: the models that are on this machine, and what to pass to serve them. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { bundledTarget, DEMO } from '../base/bundled.js';
import { plainLine } from '../base/plain-line.js';
import { sizeText } from '../base/size-text.js';
import { cachedRepositories } from '../hub/cache.js';
import { ownModels } from '../hub/default-model.js';
import { argumentsFor, ggufName, modelFiles, partsOf } from '../hub/names.js';
import { hubSettings } from '../hub/settings.js';
import { table } from './terminal.js';
export function models({ json }) {
    const { cache } = hubSettings();
    const found = [...cachedRepositories(cache).flatMap(modelsOf), ...fetchedModels(), ...bundledModels()];
    if (json === true) {
        process.stdout.write(`${JSON.stringify({ cache, models: found }, null, 2)}\n`);
        return;
    }
    const rows = found.map((model) => [
        model.arguments.join(' '),
        model.quant ?? '',
        sizeText(model.bytes),
        // Links lead from the repository's names to where the bytes are; people look for the names.
        model.path,
    ]);
    const shown = [['to serve it', 'quant', 'size', 'where'], ...rows];
    process.stdout.write(`${table(shown.map((row) => row.map((cell) => plainLine(cell))), 'left')}\n`);
}
function modelsOf({ repo, files }) {
    const names = files.map((file) => file.path);
    return modelFiles(names).flatMap((first) => {
        const parts = partsOf(first, names);
        const { tag, parts: expected = 1 } = ggufName(first) ?? {};
        // A model that is not there in full cannot be served.
        if (parts.length !== expected)
            return [];
        const own = files.filter((file) => parts.includes(file.path));
        return {
            arguments: argumentsFor(repo, first, names),
            quant: tag ?? null,
            bytes: own.reduce((sum, { bytes }) => sum + bytes, 0),
            path: own.find((file) => file.path === first).location,
        };
    });
}
function fetchedModels() {
    const folder = ownModels();
    if (!existsSync(folder))
        return [];
    return modelFiles(readdirSync(folder).sort()).map((name) => {
        const file = path.join(folder, name);
        return listed(['-m', file], file);
    });
}
const bundledModels = () => {
    try {
        return [listed(['-m', DEMO], bundledTarget())];
    }
    catch {
        // A package without models.
        return [];
    }
};
const listed = (args, file) => ({
    arguments: args,
    quant: ggufName(file)?.tag ?? null,
    bytes: statSync(file).size,
    path: file,
});
//# sourceMappingURL=models.js.map