/** Where the model of `serve` and `generate` comes from: a file, or the Hugging Face hub with its cache. */
import { DEMO } from '../base/bundled.js';
import { ForetokenError } from '../base/errors.js';
import { sizeText } from '../base/size-text.js';
import { defaultModel } from '../hub/default-model.js';
import { findDraft } from '../hub/drafts.js';
import { getModel } from '../hub/get-model.js';
import { PATIENCE } from '../hub/http.js';
import { parseModelName } from '../hub/names.js';
import { hubSettings } from '../hub/settings.js';
import { engineSetup } from './flags/engine.js';
import { note } from './failure.js';
import { ProgressBar } from './terminal.js';
/** A draft is worth no longer search. */
const LONGEST_LOOK_MS = 60_000;
/** Says what contradicts itself before anything is fetched. @throws ForetokenError `invalid_option` */
export function checkFlags(flags, concurrency) {
    refuseContradictions(flags);
    if (flags.hfRepo !== undefined)
        parseModelName(flags.hfRepo, '--hf-repo');
    if (flags.hfRepoDraft !== undefined)
        parseModelName(flags.hfRepoDraft, '--hf-repo-draft');
    const draft = flags.draft ?? flags.hfRepoDraft;
    engineSetup({ ...flags, ...(draft === undefined ? {} : { draft }) }, concurrency);
}
/**
 * The same flags with files for what they name on the hub, which is fetched where it is not in the cache.
 * @throws ForetokenError as `getModel`
 */
export async function withModels(flags) {
    const { model, hfRepo, hfFile, hfRepoDraft } = flags;
    const fetched = (name, flag, file) => {
        const wanted = { ...parseModelName(name, flag), file };
        return visibly((options) => getModel(settingsOf(flags), wanted, options));
    };
    return {
        ...flags,
        model: hfRepo === undefined
            ? (model ?? (await defaultOrDemo(flags)))
            : (await fetched(hfRepo, '--hf-repo', hfFile)).path,
        ...(hfRepoDraft === undefined ? {} : { draft: (await fetched(hfRepoDraft, '--hf-repo-draft')).path }),
    };
}
/** Where nothing is named; whatever goes wrong, something is served. */
async function defaultOrDemo(flags) {
    const found = await visibly((options) => defaultModel(settingsOf(flags), options));
    if (found !== undefined)
        return found;
    note('the bundled demo model is served: it answers only what it was trained on (models/README.md). ' +
        'Name another with --model FILE or -hf user/model.');
    return DEMO;
}
/**
 * Says in a line that the hub has a draft that fits the model from there, where none is given. Meant to run beside other
 * work: nobody has asked for it, so what goes wrong is left unsaid.
 * @param flags as they were given
 */
export async function offerDraft(flags, modelPath, signal) {
    const { hfRepo, draft, hfRepoDraft, speculation, proposers } = flags;
    const wanted = speculation.mode !== 'off' && (proposers === undefined || proposers.includes('draft'));
    if (hfRepo === undefined || draft !== undefined || hfRepoDraft !== undefined || !wanted)
        return;
    try {
        const settings = settingsOf(flags);
        if (settings.offline)
            return;
        const found = await findDraft(settings, parseModelName(hfRepo, '--hf-repo').repo, modelPath, {
            patience: { ...PATIENCE, attempts: 1 },
            signal: AbortSignal.any([signal, AbortSignal.timeout(LONGEST_LOOK_MS)]),
        });
        if (found !== undefined)
            note(`a draft of the same vocabulary is on the hub; to let it guess, start with ${found.arguments.join(' ')} ` +
                `(${sizeText(found.bytes)})`);
    }
    catch {
        // As it says above.
    }
}
function settingsOf({ offline }) {
    const settings = hubSettings();
    return offline === true ? { ...settings, offline } : settings;
}
/** Fetches with a line that says what is fetched, and a bar on a terminal. */
async function visibly(work) {
    const bar = new ProgressBar();
    try {
        return await work({
            onNote: (text) => {
                bar.clear();
                note(text);
            },
            onProgress: (file, done, total) => {
                bar.update('fetching', done / Math.max(1, total), `${sizeText(done)} of ${sizeText(total)} · ${file}`);
            },
        });
    }
    finally {
        bar.clear();
    }
}
function refuseContradictions({ model, hfRepo, hfFile, draft, hfRepoDraft }) {
    if (hfRepo !== undefined && model !== undefined)
        throw contradiction('hf-repo', `--model ${model} and --hf-repo ${hfRepo} name a model each; leave one out.`);
    if (hfFile !== undefined && hfRepo === undefined)
        throw contradiction('hf-file', '--hf-file is a file of the repository that --hf-repo names; name it, too.');
    if (hfRepoDraft !== undefined && draft !== undefined)
        throw contradiction('hf-repo-draft', `--draft ${draft} and --hf-repo-draft ${hfRepoDraft} name a draft each; leave one out.`);
}
const contradiction = (param, message) => new ForetokenError('invalid_option', message, { param });
//# sourceMappingURL=model-source.js.map