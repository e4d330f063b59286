/**
 * The settings of speculation that a comparison runs, by name: `off`, `auto`, `draft:3`, `lookup:8`, and `control`,
 * which is `off` once more: what those two differ by is what the machine cannot tell apart.
 */
import { MOST_GUESSES } from '../../engine/speculation-mode.js';
/** What guesses with a fixed length; `suffix` needs to be allowed, as it remembers answers (see below). */
export const FIXED_PROPOSERS = ['draft', 'lookup', 'suffix'];
/** `fixed:K` is short for `draft:K`. Undefined for what is no setting. */
export function parseSetting(text) {
    if (text === 'off' || text === 'control')
        return { name: text, kind: text, proposer: undefined, length: 0 };
    if (text === 'auto')
        return { name: text, kind: 'auto', proposer: undefined, length: undefined };
    const [, word, digits] = /^(fixed|draft|lookup|suffix):([1-9]\d?)$/.exec(text) ?? [];
    const length = Number(digits);
    const proposer = FIXED_PROPOSERS.find((name) => name === (word === 'fixed' ? 'draft' : word));
    if (proposer === undefined || !(length <= MOST_GUESSES))
        return undefined;
    return { name: `${proposer}:${length}`, kind: 'fixed', proposer, length };
}
const DRAFT_SETTINGS = [
    'off',
    'control',
    'draft:1',
    'draft:2',
    'draft:3',
    'draft:5',
    'draft:8',
    'lookup:3',
    'lookup:8',
    'auto',
];
const LOOKUP_SETTINGS = [
    'off',
    'control',
    'lookup:1',
    'lookup:2',
    'lookup:3',
    'lookup:5',
    'lookup:8',
    'auto',
];
export const defaultSettings = (hasDraft) => (hasDraft ? DRAFT_SETTINGS : LOOKUP_SETTINGS).map((name) => parseSetting(name));
/**
 * What `auto` may choose from. Without `suffix`: every setting answers the same prompts, and suffix would find
 * them answered by the setting before it. The prompts have no grammar, from which `grammar` would guess.
 */
export const autoProposers = (available, withSuffix) => available.filter((name) => withSuffix || name !== 'suffix');
/** The field `speculation` of a setting's requests. */
export function speculationField(setting, auto) {
    switch (setting.kind) {
        case 'off':
        case 'control':
            return 'off';
        case 'fixed':
            return { mode: `fixed:${setting.length}`, proposers: [setting.proposer] };
        case 'auto':
            return { mode: 'auto', proposers: auto };
    }
}
//# sourceMappingURL=settings.js.map