/**
 * `multipleOf`: the decimal texts of a range that are multiples of a step, as an automaton that remembers the
 * remainder of the digits so far. A step with a fraction is scaled to whole numbers first. Where that takes too
 * many states (steps such as 86,400) the multiples nearest to zero are listed.
 */
import { explore, minimise, ofRegex, ofTexts } from './automaton.js';
import { AutomatonFault } from './budget.js';
import { numberRange } from './numbers.js';
import { Regexes } from './regex.js';
const MOST_PLACES = 15;
/** Ranges that hold no more multiples than these are lists. */
const SHORT_LIST = 200;
const LONG_LIST = 1_000;
const MOST_REMAINDERS = 2_000;
const MOST_STATES = 1_500;
const MOST_STEPS = 1_000_000;
/** Decimals of so many digits are exact as doubles; a fraction takes of them, and leaves room to divide. */
const MOST_DIGITS = 15;
const LARGEST = 10 ** MOST_DIGITS - 1;
/** The decimal digits of a number above zero; undefined when they are too many. */
export function decimalOf(value) {
    const match = /^(\d+)(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(String(value));
    if (!match || !(value > 0))
        return undefined;
    const [, whole = '', fraction = '', exponent = '0'] = match;
    const places = fraction.length - Number(exponent);
    if (places > MOST_PLACES || places < -MOST_PLACES)
        return undefined;
    const units = BigInt(whole + fraction + '0'.repeat(Math.max(0, -places)));
    return { units, places: Math.max(0, places) };
}
const scaled = ({ units, places }, to) => units * 10n ** BigInt(to - places);
/** The step of the numbers that are multiples of both. */
export function commonStep(a, b) {
    const places = Math.max(a.places, b.places);
    const [x, y] = [scaled(a, places), scaled(b, places)];
    let [divisor, rest] = [x, y];
    while (rest > 0n)
        [divisor, rest] = [rest, divisor % rest];
    let common = { units: (x / divisor) * y, places };
    while (common.places > 0 && common.units % 10n === 0n)
        common = { units: common.units / 10n, places: common.places - 1 };
    return common;
}
/** Whether a number, by its decimal digits, is a multiple. */
export function isMultiple(value, step) {
    if (value === 0)
        return true;
    const decimal = decimalOf(Math.abs(value));
    if (!decimal)
        return false;
    const places = Math.max(decimal.places, step.places);
    return scaled(decimal, places) % scaled(step, places) === 0n;
}
/** The multiples of `step` in a range; undefined when there are none. */
export function multiples(kind, low, high, step, budget) {
    // An integer that is a multiple of 0.5 is one of 1.
    const whole = kind === 'integer' ? commonStep(step, { units: 1n, places: 0 }) : step;
    const largest = 10 ** Math.max(1, MOST_DIGITS - 2 * whole.places) - 1;
    // Beside one bound far out the other side reaches a little further, not to the last digit: fractions need room.
    const beyond = (bound, sign) => {
        const further = Math.min(LARGEST, Math.max(largest, 10 * sign * (bound?.value ?? 0)));
        return { value: sign * further, exclusive: false };
    };
    const from = low ?? beyond(high, -1);
    const to = high ?? beyond(low, 1);
    if (kind === 'integer') {
        const list = listed(whole, from, to, SHORT_LIST);
        if (list.complete)
            return ofTexts(list.texts, budget);
    }
    try {
        return counted(kind, from, to, whole, budget.part(MOST_STEPS));
    }
    catch (error) {
        if (!(error instanceof AutomatonFault))
            throw error;
        return ofTexts(listed(whole, from, to, LONG_LIST).texts, budget);
    }
}
/** Multiples as texts, those nearest to zero first, until there are too many. */
function listed({ units, places }, low, high, most) {
    const texts = [];
    const inside = (value) => (low.exclusive ? value > low.value : value >= low.value) &&
        (high.exclusive ? value < high.value : value <= high.value);
    const write = (times) => {
        const digits = ((times < 0n ? -times : times) * units).toString().padStart(places + 1, '0');
        const point = digits.length - places;
        const fraction = digits.slice(point).replace(/0+$/, '');
        return `${times < 0n ? '-' : ''}${digits.slice(0, point)}${fraction === '' ? '' : `.${fraction}`}`;
    };
    const size = Number(units) / 10 ** places;
    /** Times the step; two to the side of the bound, so that rounding leaves none out. */
    const near = (bound, by) => BigInt(Math.trunc(Math.max(-LARGEST, Math.min(bound, LARGEST)) / size)) + by;
    const [first, last] = [near(low.value, -2n), near(high.value, 2n)];
    const add = (times) => {
        const value = write(times);
        if (!inside(Number(value)))
            return true;
        if (texts.length >= most)
            return false;
        texts.push(value);
        return true;
    };
    let [up, down] = [first > 0n ? first : 0n, last < 0n ? last : -1n];
    while (up <= last || down >= first) {
        if (up <= last && !add(up++))
            return { texts, complete: false };
        if (down >= first && !add(down--))
            return { texts, complete: false };
    }
    return { texts, complete: true };
}
const DIGITS = Array.from({ length: 10 }, (_, digit) => [[0x30 + digit, 0x30 + digit]]);
const POINT = 0x2e;
/** The range's automaton beside the remainder of the digits so far. */
function counted(kind, low, high, { units, places }, budget) {
    if (units > BigInt(MOST_REMAINDERS))
        throw new AutomatonFault('has too large a step');
    const range = numberRange(kind, low, high);
    const regexes = new Regexes(budget);
    const digits = range && ofRegex(regexes, regexOf(regexes, range), false);
    if (!digits)
        return undefined;
    const modulus = Number(units);
    const reached = explore({ state: 0, remainder: 0, after: -1 }, ({ state, remainder, after }) => (state * modulus + remainder) * (places + 2) + after + 1, ({ state, remainder, after }) => {
        const { accepts, edges } = digits[state];
        let left = remainder;
        for (let missing = places - Math.max(0, after); missing > 0; missing--)
            left = (left * 10) % modulus;
        const next = [];
        for (const { set, to } of edges)
            for (const [first, last] of set)
                for (let point = first; point <= last; point++) {
                    const digit = point - 0x30;
                    const isDigit = digit >= 0 && digit <= 9;
                    if (point === POINT && places > 0)
                        next.push([[[point, point]], { state: to, remainder, after: 0 }]);
                    else if (isDigit && after < places)
                        next.push([
                            DIGITS[digit],
                            {
                                state: to,
                                remainder: (remainder * 10 + digit) % modulus,
                                after: after < 0 ? -1 : after + 1,
                            },
                        ]);
                    else if (!isDigit && point !== POINT)
                        next.push([[[point, point]], { state: to, remainder, after }]);
                }
        return { accepts: accepts && left === 0, edges: next };
    }, budget);
    const automaton = reached && minimise(reached, budget);
    if (automaton && automaton.length > MOST_STATES)
        throw new AutomatonFault('needs too many states');
    return automaton;
}
/** A node without rules as an expression. */
function regexOf(regexes, node) {
    switch (node.kind) {
        case 'text':
            return regexes.text(node.text);
        case 'set':
            return regexes.set(node.set);
        case 'sequence':
            return node.nodes.reduceRight((rest, part) => regexes.concat(regexOf(regexes, part), rest), regexes.empty);
        case 'choice':
            return regexes.or(node.nodes.map((part) => regexOf(regexes, part)));
        case 'repeat':
            return regexes.repeat(regexOf(regexes, node.node), node.min, node.max);
        case 'rule':
            throw new Error(`a range of numbers is written without rules, not with ${node.name}`);
    }
}
//# sourceMappingURL=multiples.js.map