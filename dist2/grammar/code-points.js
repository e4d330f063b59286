const SURROGATES = [[0xd800, 0xdfff]];
const LAST = 0x10ffff;
/** Sorted and joined; overlapping input is fine. */
export function union(...sets) {
    const sorted = sets.flat().sort((a, b) => a[0] - b[0]);
    const joined = [];
    for (const [first, last] of sorted) {
        const previous = joined.at(-1);
        if (previous && first <= previous[1] + 1)
            previous[1] = Math.max(previous[1], last);
        else
            joined.push([first, last]);
    }
    return joined;
}
/** Both sides sorted; linear in their ranges. */
export function intersect(a, b) {
    const shared = [];
    for (let i = 0, j = 0; i < a.length && j < b.length;) {
        const [range, other] = [a[i], b[j]];
        const [first, last] = [Math.max(range[0], other[0]), Math.min(range[1], other[1])];
        if (first <= last)
            shared.push([first, last]);
        if (range[1] <= other[1])
            i += 1;
        else
            j += 1;
    }
    return shared;
}
/** Both sides sorted; linear in their ranges. */
export function subtract(from, what) {
    const rest = [];
    let j = 0;
    for (const [first, last] of from) {
        let start = first;
        while (j < what.length && what[j][1] < start)
            j += 1;
        for (let k = j; k < what.length && what[k][0] <= last; k++) {
            if (what[k][0] > start)
                rest.push([start, what[k][0] - 1]);
            start = what[k][1] + 1;
        }
        if (start <= last)
            rest.push([start, last]);
    }
    return rest;
}
/** All that UTF-8 can encode. */
export const ALL = subtract([[0, LAST]], SURROGATES);
export const complement = (set) => subtract(ALL, set);
export const has = (set, point) => set.some(([first, last]) => first <= point && point <= last);
/** The set of the characters of a text. */
export const of = (characters) => union(Array.from(characters, (character) => [character.codePointAt(0), character.codePointAt(0)]));
/** An inclusive range given by two characters. */
export const range = (first, last) => [
    [first.codePointAt(0), last.codePointAt(0)],
];
/** The same text for the same set. */
export const keyOf = (set) => set.join(';');
//# sourceMappingURL=code-points.js.map