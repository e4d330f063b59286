/**
 * Ranges of numbers as grammars: every decimal text whose value lies between two bounds, digit by digit.
 *
 * Integers compare by length and then digit by digit; fractions digit by digit alone. So a range splits into
 * "the same as the lower bound so far", "strictly between" (any digits follow) and "the same as the upper
 * bound so far". Exponents are not written where there are bounds.
 */
import { choice, oneOf, optional, repeat, sequence, text } from './gbnf.js';
/** Most digits of a whole number without a bound. */
const MOST_DIGITS = 16;
const digitsBetween = (first, last) => first === last ? text(String(first)) : oneOf([[0x30 + first, 0x30 + last]]);
const ANY = digitsBetween(0, 9);
const digits = (min, max) => repeat(ANY, min, Math.max(min, max));
/** Decimals of up to 15 digits keep their order as doubles; beyond, 0.99999999999999999 would read as 1. */
const MOST_SIGNIFICANT_DIGITS = 15;
const MOST_FRACTION_DIGITS = 8;
/** The largest magnitude written when a side has no bound. */
const NO_LIMIT = {
    negative: false,
    whole: 10n ** BigInt(MOST_DIGITS) - 1n,
    fraction: '',
    exclusive: false,
};
const ZERO_LIMIT = { negative: false, whole: 0n, fraction: '', exclusive: false };
function limit(bound) {
    const value = Math.abs(bound.value);
    const short = String(value);
    const digits = short.includes('e') ? value.toFixed(MOST_FRACTION_DIGITS).replace(/\.?0+$/, '') : short;
    const [whole = '0', fraction = ''] = digits.split('.');
    return { negative: bound.value < 0, whole: BigInt(whole), fraction, exclusive: bound.exclusive };
}
/** Digits that may follow the point of a number as large as `bound`. */
const fractionDigits = (bound) => Math.max(0, Math.min(MOST_FRACTION_DIGITS, MOST_SIGNIFICANT_DIGITS - (bound?.whole.toString().length ?? 0)));
/** True for bounds that can be written out exactly, digit by digit. */
export function isExpressible(value) {
    if (Number.isInteger(value))
        return Number.isSafeInteger(value);
    if (!Number.isFinite(value) || String(value).includes('e'))
        return false;
    const exact = limit({ value, exclusive: false });
    return exact.fraction.length <= fractionDigits(exact);
}
/**
 * A bound that can be written out and lets nothing through that the given one does not: rounded inwards, and
 * no further out than integers are exact. Undefined when nothing is left on that side.
 */
export function tightened(bound, side) {
    const sign = side === 'low' ? 1 : -1;
    const value = sign * bound.value;
    if (Number.isNaN(value) || value > Number.MAX_SAFE_INTEGER)
        return undefined;
    if (value < Number.MIN_SAFE_INTEGER)
        return { value: sign * Number.MIN_SAFE_INTEGER, exclusive: false };
    if (isExpressible(bound.value))
        return bound;
    const whole = Math.trunc(Math.abs(value)).toString().length;
    const places = Math.max(0, Math.min(MOST_FRACTION_DIGITS, MOST_SIGNIFICANT_DIGITS - whole - 1));
    const near = Number(value.toFixed(places));
    const rounded = near > value ? near : Number((near + 10 ** -places).toFixed(places));
    return { value: sign * rounded, exclusive: false };
}
/**
 * All integers, or all decimal numbers, between two bounds (undefined: no bound on that side); undefined when
 * there are none.
 */
export function numberRange(kind, minimum, maximum) {
    const low = minimum && limit(minimum);
    const high = maximum && limit(maximum);
    const places = Math.min(fractionDigits(low), fractionDigits(high));
    const between = (from, to) => kind === 'integer' ? integersBetween(from, to) : decimalsBetween(from, to, places);
    const parts = [];
    if (!high?.negative)
        parts.push(between(low && !low.negative ? low : ZERO_LIMIT, high ?? NO_LIMIT));
    if (low?.negative ?? true) {
        // Without "-0": zero is written by the other half.
        const magnitudes = between(high?.negative ? high : { ...ZERO_LIMIT, exclusive: true }, low ?? NO_LIMIT);
        parts.push(magnitudes && sequence(text('-'), magnitudes));
    }
    return anyOf(parts);
}
/** Magnitudes without a fraction. */
function integersBetween(low, high) {
    const first = low.fraction !== '' || low.exclusive ? low.whole + 1n : low.whole;
    const last = high.fraction === '' && high.exclusive ? high.whole - 1n : high.whole;
    return first > last ? undefined : wholeNumbers(first, last);
}
function wholeNumbers(first, last) {
    const parts = [];
    let from = first.toString();
    const to = last.toString();
    for (; from.length < to.length; from = `1${'0'.repeat(from.length)}`)
        parts.push(sameLength(from, '9'.repeat(from.length)));
    parts.push(sameLength(from, to));
    return choice(...parts);
}
/** Whole numbers of as many digits as both bounds have. */
function sameLength(from, to) {
    const rest = from.length - 1;
    const [a, b] = [Number(from[0]), Number(to[0])];
    if (rest === 0)
        return digitsBetween(a, b);
    const lowest = '0'.repeat(rest);
    const highest = '9'.repeat(rest);
    const after = (digit, low, high) => sequence(text(String(digit)), sameLength(low, high));
    if (a === b)
        return after(a, from.slice(1), to.slice(1));
    // Bounds such as 300 and 599 need no case of their own for the first and last digit.
    const [first, last] = [from.slice(1) === lowest ? a : a + 1, to.slice(1) === highest ? b : b - 1];
    const parts = [];
    if (first > a)
        parts.push(after(a, from.slice(1), highest));
    if (first <= last)
        parts.push(sequence(digitsBetween(first, last), digits(rest, rest)));
    if (last < b)
        parts.push(after(b, lowest, to.slice(1)));
    return choice(...parts);
}
const NOTHING = { stop: false, more: undefined };
const anyFraction = (places) => ({
    stop: true,
    more: places > 0 ? digits(1, places) : undefined,
});
/** Magnitudes with or without a fraction of up to `places` digits. */
function decimalsBetween(low, high, places) {
    const numbers = (whole, tail) => {
        const fraction = tail.more && sequence(text('.'), tail.more);
        if (!fraction)
            return tail.stop ? whole : undefined;
        return sequence(whole, tail.stop ? optional(fraction) : fraction);
    };
    const wholeOf = (bound) => text(bound.whole.toString());
    if (low.whole > high.whole)
        return undefined;
    if (low.whole === high.whole)
        return numbers(wholeOf(low), new Fractions(low.exclusive, high.exclusive).between(low.fraction, high.fraction, places));
    const fractions = new Fractions(low.exclusive, high.exclusive);
    return anyOf([
        numbers(wholeOf(low), fractions.atLeast(low.fraction, places)),
        low.whole + 1n < high.whole
            ? numbers(wholeNumbers(low.whole + 1n, high.whole - 1n), anyFraction(places))
            : undefined,
        numbers(wholeOf(high), fractions.atMost(high.fraction, places)),
    ]);
}
/** Fractions compared digit by digit; `places` counts the digits that may still come. */
class Fractions {
    lowExclusive;
    highExclusive;
    constructor(lowExclusive, highExclusive) {
        this.lowExclusive = lowExclusive;
        this.highExclusive = highExclusive;
    }
    atLeast(low, places) {
        if (low === '')
            return this.lowExclusive ? { stop: false, more: positive(places) } : anyFraction(places);
        const digit = Number(low[0]);
        return {
            stop: false,
            more: anyOf([then(digit, this.atLeast(low.slice(1), places - 1)), anyAfter(digit + 1, 9, places)]),
        };
    }
    atMost(high, places) {
        if (high === '')
            return this.highExclusive
                ? NOTHING
                : { stop: true, more: places > 0 ? repeat(text('0'), 1, places) : undefined };
        const digit = Number(high[0]);
        return {
            stop: true,
            more: anyOf([anyAfter(0, digit - 1, places), then(digit, this.atMost(high.slice(1), places - 1))]),
        };
    }
    between(low, high, places) {
        if (high === '')
            return low === '' && !this.lowExclusive ? this.atMost('', places) : NOTHING;
        const [a, b] = [Number(low[0] ?? '0'), Number(high[0])];
        if (a > b)
            return NOTHING;
        const [lowRest, highRest] = [low.slice(1), high.slice(1)];
        const more = a === b
            ? then(a, this.between(lowRest, highRest, places - 1))
            : anyOf([
                then(a, this.atLeast(lowRest, places - 1)),
                anyAfter(a + 1, b - 1, places),
                then(b, this.atMost(highRest, places - 1)),
            ]);
        return { stop: low === '' && !this.lowExclusive, more };
    }
}
/** Any digits of which one is not zero. */
function positive(places) {
    if (places <= 0)
        return undefined;
    const later = positive(places - 1);
    return anyOf([anyAfter(1, 9, places), later && sequence(text('0'), later)]);
}
/** `digit`, then a tail; undefined when the tail cannot be. */
function then(digit, tail) {
    const first = text(String(digit));
    if (!tail.more)
        return tail.stop ? first : undefined;
    return sequence(first, tail.stop ? optional(tail.more) : tail.more);
}
/** A digit from a range, and any after it. */
const anyAfter = (first, last, places) => first > last ? undefined : sequence(digitsBetween(first, last), digits(0, places - 1));
function anyOf(parts) {
    const possible = parts.filter((part) => part !== undefined);
    return possible.length > 0 ? choice(...possible) : undefined;
}
//# sourceMappingURL=numbers.js.map