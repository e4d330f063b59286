/** The models that come with Foretoken, found beside the program whatever the current folder is. */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from './errors.js';
const folder = fileURLToPath(new URL('../../models/', import.meta.url));
function ggufFiles() {
    if (!existsSync(folder))
        return [];
    return readdirSync(folder)
        .filter((name) => name.endsWith('.gguf'))
        .sort();
}
const isDraft = (name) => name.includes('draft');
/** @throws ForetokenError `file_not_found` when the package came without models. */
export function bundledTarget() {
    const name = ggufFiles().find((file) => file.startsWith('foretoken-demo-') && !isDraft(file));
    if (name === undefined)
        throw new ForetokenError('file_not_found', `No model is bundled in ${folder}. Name a GGUF file with --model.`, { param: 'model' });
    return path.join(folder, name);
}
/** What `--model` says instead of a file for the bundled model. */
export const DEMO = 'demo';
/** The file that `--model` means. @throws ForetokenError `file_not_found` when the package came without models. */
export const modelFile = (model) => model === undefined || model === DEMO ? bundledTarget() : path.resolve(model);
/** The general draft for the bundled target; undefined where there is none, or the model is another one. */
export function bundledDraft(modelPath) {
    if (!isSameFile(modelPath, bundledTarget()))
        return undefined;
    const drafts = ggufFiles().filter(isDraft);
    const name = drafts.find((file) => file.includes('general')) ?? drafts[0];
    return name === undefined ? undefined : path.join(folder, name);
}
/** Prompts by task that the bundled models never saw, with the answers of the bundled target. */
export const bundledPrompts = () => path.join(folder, 'heldout.jsonl');
function isSameFile(a, b) {
    try {
        return realpathSync(a) === realpathSync(b);
    }
    catch {
        return false;
    }
}
//# sourceMappingURL=bundled.js.map