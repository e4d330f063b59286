/**
 * The two ways to look for the guesses that make a step worth most. In one pool of KV cells guesses are taken one
 * by one in the order of their survival. With a stream for each request, where unequal lengths are computed one
 * after another (`parts.ts`), all that guess guess equally many, and those that have fewer may be filled up.
 */
import { StepForecast } from './step-forecast.js';
/** Whether guesses of unequal length cost a decode for each length; a request alone has nobody to differ from. */
export function splitsIntoUbatches({ unified, requests, }) {
    return !unified && requests.length > 1;
}
/** @param options [request] by which of its options it guesses, or -1 */
export function bestGuesses(input, options, score) {
    return splitsIntoUbatches(input) ? bestLength(input, options, score) : bestInOrder(input, options, score);
}
/** Takes guesses in the order of survival; the best of all beginnings of that order. */
function bestInOrder(input, options, score) {
    const order = [];
    input.requests.forEach((_, request) => {
        survivalOf(input, options, request).forEach((survival, index) => order.push({ request, index, survival }));
    });
    order.sort((a, b) => b.survival - a.survival || a.index - b.index);
    const sum = new StepForecast(input, options);
    let best = score(sum);
    let count = 0;
    order.forEach(({ request, survival }, index) => {
        sum.add(request, survival);
        const reached = score(sum);
        if (reached <= best)
            return;
        best = reached;
        count = index + 1;
    });
    const taken = order.slice(0, count);
    const chosen = new StepForecast(input, options);
    for (const { request, survival } of taken)
        chosen.add(request, survival);
    return { sum: chosen, score: best, taken };
}
/** Gives the likeliest requests guesses of the same length; the best of all lengths and of some numbers of requests. */
function bestLength(input, options, score) {
    const base = new StepForecast(input, options);
    let best = { members: [], length: 0, padTo: 0, score: score(base) };
    const open = input.requests
        .map((_, request) => request)
        .filter((request) => survivalOf(input, options, request).length > 0)
        .sort((a, b) => survivalOf(input, options, b)[0] - survivalOf(input, options, a)[0]);
    const longest = Math.max(0, ...open.map((request) => survivalOf(input, options, request).length));
    for (const count of countsOf(open.length)) {
        const members = open.slice(0, count);
        const sum = new StepForecast(input, options);
        /** [length] tokens that are expected of all guesses beyond it. */
        const beyond = tokensBeyond(input, options, members, longest);
        for (let length = 1; length <= longest; length++) {
            addLevel(input, options, members, length, sum);
            const equal = sum.lengths.every((each) => each === length);
            for (const padTo of count === open.length && !equal ? [0, length] : [0]) {
                sum.padTo = padTo;
                const level = score(sum);
                if (level > best.score)
                    best = { members, length, padTo, score: level };
            }
            sum.padTo = 0;
            // Curves have cliffs, behind which much may be cheap again: the search ends only where not even guesses that
            // cost nothing would do.
            const most = { tokens: sum.tokens + beyond[length], ms: sum.ms };
            if (score(most) <= best.score)
                break;
        }
    }
    const sum = new StepForecast(input, options);
    const taken = [];
    for (let length = 1; length <= best.length; length++) {
        for (const request of addLevel(input, options, best.members, length, sum)) {
            taken.push({ request, index: length - 1 });
        }
    }
    sum.padTo = best.padTo;
    return { sum, score: best.score, taken };
}
function tokensBeyond(input, options, members, longest) {
    const beyond = new Array(longest + 1).fill(0);
    for (const request of members)
        survivalOf(input, options, request).forEach((survival, index) => (beyond[index] += survival));
    for (let length = longest - 1; length >= 0; length--)
        beyond[length] += beyond[length + 1];
    return beyond;
}
/** Gives those members that have so many guesses their guess number `length`; returns them. */
function addLevel(input, options, members, length, sum) {
    return members.filter((request) => {
        const survival = survivalOf(input, options, request)[length - 1];
        if (survival !== undefined)
            sum.add(request, survival);
        return survival !== undefined;
    });
}
/** Of few requests any number is tried, of many all, a half, a quarter and one (half of four is 10 % too few at worst). */
function countsOf(requests) {
    if (requests <= 4)
        return Array.from({ length: requests }, (_, index) => requests - index);
    return [requests, requests >> 1, ...(requests >= 8 ? [requests >> 2] : []), 1];
}
const NONE = [];
function survivalOf(input, options, request) {
    const { fixed, options: all } = input.requests[request];
    return fixed ? NONE : (all[options[request]]?.survival ?? NONE);
}
//# sourceMappingURL=search.js.map