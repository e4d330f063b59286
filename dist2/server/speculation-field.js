/** The request field `speculation`: a mode, or an object that also says what may guess and how far. */
import { ForetokenError } from '../base/errors.js';
import { allowedModes, MOST_GUESSES, parseMode } from '../engine/speculation-mode.js';
import { AS_THE_ENGINE, PROPOSERS } from '../engine/types.js';
import { Fields, invalid, isObject } from './fields.js';
/** @param available what can guess on this server */
export function readSpeculation(fields, available) {
    const value = fields.raw('speculation');
    if (value === undefined)
        return AS_THE_ENGINE;
    const path = fields.path('speculation');
    if (!isObject(value))
        return { ...readMode(value, path), proposers: undefined };
    const options = Fields.ofObject(value, path);
    options.refuseUnknown(['mode', 'proposers', 'max_tokens']);
    const written = options.raw('mode');
    const mode = written === undefined ? undefined : readMode(written, options.path('mode'));
    const most = options.number('max_tokens', { integer: true, min: 1, max: MOST_GUESSES });
    const proposers = readProposers(options, available);
    if (mode?.mode === 'off' && proposers !== undefined)
        throw contradiction(options.path('proposers'), "mode 'off' lets nothing guess; leave one of them out.");
    if (mode !== undefined && mode.mode !== 'auto' && most !== undefined)
        throw contradiction(options.path('max_tokens'), `it bounds what mode 'auto' chooses, and the mode is '${String(written)}'; leave one of them out.`);
    // A bound on what is chosen asks for choosing, also where the server's own mode is a fixed number.
    if (most !== undefined)
        return { mode: 'auto', length: most, proposers };
    return { mode: mode?.mode, length: mode?.length, proposers };
}
function readMode(value, path) {
    const mode = typeof value === 'string' ? parseMode(value) : undefined;
    if (mode !== undefined)
        return mode;
    const orObject = path === 'speculation' ? ', or an object with mode, proposers or max_tokens' : '';
    throw invalid(path, `${allowedModes(value)}${orObject}`, value);
}
function readProposers(options, available) {
    const value = options.raw('proposers');
    if (value === undefined)
        return undefined;
    const path = options.path('proposers');
    const allowed = `an array of ${PROPOSERS.map((name) => `'${name}'`).join(', ')}`;
    if (!Array.isArray(value))
        throw invalid(path, allowed, value);
    if (value.length === 0)
        throw invalid(path, `${allowed}, at least one (for none say mode 'off')`, value);
    const chosen = value.map((given, index) => {
        const name = PROPOSERS.find((candidate) => candidate === given);
        if (name === undefined)
            throw invalid(`${path}[${index}]`, `one of ${PROPOSERS.join(', ')}`, given);
        if (!available.includes(name))
            throw unavailable(`${path}[${index}]`, name, available);
        return name;
    });
    return [...new Set(chosen)];
}
function unavailable(path, name, available) {
    const here = available.length > 0
        ? `it has ${available.join(', ')}.`
        : 'it has none, by the choice of its operator or because its model cannot take guesses back.';
    return new ForetokenError('invalid_request', `'${path}': ${name} cannot guess on this server; ${here}`, {
        param: path,
    });
}
const contradiction = (path, why) => new ForetokenError('invalid_request', `'${path}' contradicts 'speculation.mode': ${why}`, { param: path });
//# sourceMappingURL=speculation-field.js.map