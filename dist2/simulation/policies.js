/** The ways of choosing guesses that a simulation compares. */
import { ForetokenError } from '../base/errors.js';
import { MECHANISMS } from '../planning/mechanisms.js';
import { AS_THE_ENGINE, PROPOSERS, } from '../engine/types.js';
import { EpsilonGreedyTuner, ExpectedValueController } from './peers.js';
export const OFF = { name: 'off', wishes: [AS_THE_ENGINE], mode: 'off', knowing: false };
export const AUTO = { name: 'auto', wishes: [AS_THE_ENGINE], mode: 'auto', knowing: false };
export const ORACLE = { ...AUTO, name: 'oracle', knowing: true };
/** As other projects choose (`peers.ts`). */
export const PEERS = [
    { ...OFF, name: 'ollama', mode: 'fixed', controller: (most) => new ExpectedValueController(most) },
    { ...OFF, name: 'autotune', mode: 'fixed', controller: (most, seed) => new EpsilonGreedyTuner(most, seed) },
];
export const withoutPolicy = (mechanism) => ({
    ...AUTO,
    name: `without:${mechanism}`,
    without: [mechanism],
});
const wishOf = ({ length, proposer }) => length === 0
    ? { mode: 'off', length: undefined, proposers: undefined }
    : { mode: 'fixed', length, proposers: [proposer] };
/** The same for all tasks, or one choice for each. */
export function fixedPolicy(...choices) {
    const names = choices.map(({ length, proposer }) => (length === 0 ? 'off' : `${length}:${proposer}`));
    return { name: `fixed:${names.join('/')}`, wishes: choices.map(wishOf), mode: 'fixed', knowing: false };
}
/**
 * A list such as `off,fixed:1,2,3,fixed:5:lookup,auto,oracle`; numbers alone go on as the fixed one before them.
 * @param proposer of fixed policies that name none
 * @throws ForetokenError `invalid_option`
 */
export function parsePolicies(text, proposer) {
    let current;
    const policies = text.split(',').map((part) => {
        const item = part.trim();
        if (item === 'off')
            return OFF;
        if (item === 'auto')
            return AUTO;
        if (item === 'oracle')
            return ORACLE;
        const peer = PEERS.find(({ name }) => name === item);
        if (peer !== undefined)
            return peer;
        const mechanism = MECHANISMS.find((name) => item === `without:${name}`);
        if (mechanism !== undefined)
            return withoutPolicy(mechanism);
        const [, length, name] = /^(?:fixed:)?(\d{1,2})(?::([a-z]+))?$/.exec(item) ?? [];
        const named = PROPOSERS.find((one) => one === name);
        const goesOn = item.startsWith('fixed:') || current !== undefined;
        const known = length !== undefined && goesOn && (name === undefined || named !== undefined);
        if (!known || Number(length) < 1 || Number(length) > 64) {
            throw new ForetokenError('invalid_option', `A policy is off, auto, oracle, ${PEERS.map(({ name }) => name).join(', ')}, without:MECHANISM with one of ` +
                `${MECHANISMS.join(', ')}, or fixed:K or fixed:K:PROPOSER with K from 1 to 64 and one of ` +
                `${PROPOSERS.join(', ')}; got ${JSON.stringify(item)}.`, { param: 'policies' });
        }
        current = item.startsWith('fixed:') ? (named ?? proposer) : (named ?? current);
        return fixedPolicy({ length: Number(length), proposer: current });
    });
    const names = policies.map(({ name }) => name);
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
        throw new ForetokenError('invalid_option', `The policy ${twice} is named twice.`, { param: 'policies' });
    return policies;
}
export function wishFor({ wishes }, label) {
    return wishes[Math.min(label, wishes.length - 1)];
}
//# sourceMappingURL=policies.js.map