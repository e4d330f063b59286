/**
 * What may be guessed for a request: its wish within what the engine allows. And how a mode of speculation is written,
 * on the command line and in requests alike: `auto`, `off`, `fixed:K`.
 */
/**
 * What may guess: the request's own text, earlier outputs, the request's grammar, the draft model; `tree` tries second choices of the
 * draft and a looked-up text beside its first (one pool of KV cells only).
 */
export const PROPOSERS = ['lookup', 'suffix', 'grammar', 'draft', 'tree'];
export const AS_THE_ENGINE = { mode: undefined, length: undefined, proposers: undefined };
/** @param able what can guess in the engine, and whether its model can take guesses back */
export function allowedSpeculation(wish, options, able) {
    const mode = options.mode === 'off' ? 'off' : (wish.mode ?? options.mode);
    const proposers = able.proposers.filter((name) => wish.proposers?.includes(name) ?? true);
    const never = () => {
        if (options.mode === 'off')
            return 'off for this server';
        if (mode === 'off')
            return 'off by request';
        if (!able.canTruncate)
            return 'the model cannot take back tokens';
        if (able.proposers.length === 0)
            return 'no proposer can guess here';
        return proposers.length === 0 ? 'none of the proposers that it allows can guess here' : undefined;
    };
    return { mode, length: options.length, proposers, never: never() };
}
/** Most guesses a step that can be asked for. */
export const MOST_GUESSES = 64;
/** Undefined for what is no mode; `allowedModes` then says what is. */
export function parseMode(text) {
    if (text === 'auto' || text === 'off')
        return { mode: text, length: undefined };
    const length = Number(/^fixed:(\d{1,3})$/.exec(text)?.[1]);
    return length >= 1 && length <= MOST_GUESSES ? { mode: 'fixed', length } : undefined;
}
/** The mode as `parseMode` reads it. */
export const modeText = ({ mode, length }) => mode === 'fixed' ? `fixed:${length}` : mode;
/** What a mode may be, with a hint at what was likely meant by what was given instead. */
export function allowedModes(given) {
    const allowed = `auto, off or fixed:K with K from 1 to ${MOST_GUESSES}`;
    if (typeof given !== 'string')
        return allowed;
    if (/^fixed:0+$/.test(given))
        return `${allowed} (for no guesses say off)`;
    if (PROPOSERS.some((name) => name === given))
        return `${allowed} (what may guess is said by proposers)`;
    return allowed;
}
//# sourceMappingURL=speculation-mode.js.map