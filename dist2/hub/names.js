/**
 * Names of the hub: repositories (`user/model`, perhaps with `:quant`), the files in them, and which of several GGUF
 * files is meant. Everything here may come from the network or the command line, and ends up in paths and addresses,
 * so what is not plainly a name is refused.
 */
import { ForetokenError } from '../base/errors.js';
const PART = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,94}[A-Za-z0-9_])?$/;
const QUANT = /^[A-Za-z0-9_.-]{1,64}$/;
/** `user/model`: two names without `--` and `..`, which have a meaning in the cache's folders. */
export function isRepository(text) {
    const parts = text.split('/');
    return parts.length === 2 && parts.every((part) => PART.test(part) && !/--|\.\./.test(part));
}
/** @throws ForetokenError `invalid_option` */
export function parseModelName(text, flag) {
    const [repo = '', quant, ...more] = text.trim().split(':');
    if (more.length > 0 || !isRepository(repo) || (quant !== undefined && !QUANT.test(quant)))
        throw new ForetokenError('invalid_option', `${flag} must be a repository of the Hugging Face hub, such as bartowski/SmolLM2-135M-Instruct-GGUF or ` +
            `bartowski/SmolLM2-135M-Instruct-GGUF:Q8_0; got ${JSON.stringify(text)}.`, { param: flag.replace(/^--/, '') });
    return { repo, quant };
}
const MOST_PATH_CHARACTERS = 400;
/** Whether a path within a repository may become one below a folder of this machine, whatever its system. */
export function isPlainPath(file) {
    return (file.length <= MOST_PATH_CHARACTERS &&
        file.split('/').every((part) => part !== '' &&
            !/^\.+$/.test(part) &&
            // Control characters, and what Windows takes for drives, streams and wildcards, or drops at the end.
            // eslint-disable-next-line no-control-regex -- these are what it is about
            !/[\x00-\x1f\x7f\\:*?"<>|]|[. ]$/.test(part)));
}
/** What the name of a GGUF file says; undefined for other files. */
export function ggufName(file) {
    if (!/\.gguf$/i.test(file))
        return undefined;
    const whole = file.slice(0, -'.gguf'.length);
    const [, stem = whole, part = '1', parts = '1'] = /^(.+)-(\d{5})-of-(\d{5})$/i.exec(whole) ?? [];
    const tag = /[-.]([A-Za-z0-9_]+)$/.exec(stem)?.[1]?.toUpperCase();
    return { stem, tag, part: Number(part), parts: Number(parts) };
}
/** Files that lie beside models and are none: projectors, importance matrices, heads that guess. */
const NO_MODEL = /mmproj|imatrix|(?:mtp|eagle3|dflash|dspark)-/;
/** The files that stand for a model each, first parts only, in the order of the list. */
export function modelFiles(files) {
    return files.filter((file) => {
        const name = ggufName(file);
        return name?.part === 1 && !NO_MODEL.test(file.slice(file.lastIndexOf('/') + 1));
    });
}
/** What is taken where no quant is named, as llama-server does. */
const PREFERRED = ['Q4_K_M', 'Q8_0'];
/** The model file that a quant means, else the preferred or first one; undefined where there is none. */
export function chooseFile(files, quant) {
    const models = modelFiles(files);
    for (const wanted of quant === undefined ? PREFERRED : [quant]) {
        const exact = models.find((file) => ggufName(file)?.tag === wanted.toUpperCase());
        const found = exact ?? models.find((file) => mentions(file, wanted));
        if (found !== undefined)
            return found;
    }
    return quant === undefined ? models[0] : undefined;
}
/** Whether a quant stands in a name before a `.` or `-`, as in `Q4_K_M/model-00001-of-00002.gguf` behind `-`. */
function mentions(file, quant) {
    const text = file.toUpperCase();
    const wanted = quant.toUpperCase();
    for (let at = text.indexOf(wanted); at !== -1; at = text.indexOf(wanted, at + 1)) {
        const before = text[at - 1];
        const after = text[at + wanted.length];
        if ((before === undefined || /[-./]/.test(before)) && after !== undefined && /[-./]/.test(after))
            return true;
    }
    return false;
}
/** All parts of the model that `file` is the first part of, in order; fewer than there should be where some lack. */
export function partsOf(file, files) {
    const first = ggufName(file);
    if (first === undefined || first.parts <= 1)
        return [file];
    return files
        .flatMap((other) => {
        const name = ggufName(other);
        return name?.stem === first.stem && name.parts === first.parts ? [{ other, part: name.part }] : [];
    })
        .sort((a, b) => a.part - b.part)
        .map(({ other }) => other);
}
/** Arguments that find the file again: `-hf user/model:Q4_K_M`, or with its path where no quant tells it. */
export function argumentsFor(repo, file, files) {
    const tag = ggufName(file)?.tag;
    return tag !== undefined && chooseFile(files, tag) === file
        ? ['-hf', `${repo}:${tag}`]
        : ['-hf', repo, '--hf-file', file];
}
//# sourceMappingURL=names.js.map