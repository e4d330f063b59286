/** The nearest known name for one that is not known, by Damerau-Levenshtein distance (adjacent swaps are 1). */
export function nearest(name, known) {
    let best;
    let bestDistance = Infinity;
    for (const candidate of known) {
        const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
        if (distance < bestDistance) {
            best = candidate;
            bestDistance = distance;
        }
    }
    // Further away than this, a suggestion confuses more than it helps.
    return bestDistance <= Math.max(2, Math.floor(name.length * 0.4)) ? best : undefined;
}
function editDistance(from, to) {
    if (Math.abs(from.length - to.length) > 32)
        return Infinity;
    let beforePrevious = [];
    let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
    for (let row = 1; row <= from.length; row++) {
        const current = [row];
        for (let column = 1; column <= to.length; column++) {
            const same = from[row - 1] === to[column - 1];
            let cost = Math.min(previous[column] + 1, current[column - 1] + 1, previous[column - 1] + (same ? 0 : 1));
            const swapped = row > 1 && column > 1 && from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
            if (swapped)
                cost = Math.min(cost, beforePrevious[column - 2] + 1);
            current.push(cost);
        }
        beforePrevious = previous;
        previous = current;
    }
    return previous[to.length];
}
//# sourceMappingURL=nearest.js.map