/** Statistics of measurements: the one place where benchmarks get their means and ratios from. */
import { median } from '../base/statistics.js';
export { mean, median, sum } from '../base/statistics.js';
/**
 * How one setting does against another, pair by pair: entries with the same index were measured under the same
 * conditions. What the conditions have in common (prompts, arrivals, the pace of the machine) cancels out.
 * Pairs without both sides are left out; undefined where none is left.
 */
export function pairedRatio(over, under) {
    const ratios = over.flatMap((value, index) => {
        const base = under[index];
        return value === undefined || base === undefined || !(base > 0) ? [] : [value / base];
    });
    if (ratios.length === 0)
        return undefined;
    return {
        median: median(ratios),
        min: Math.min(...ratios),
        max: Math.max(...ratios),
        pairs: ratios.length,
    };
}
//# sourceMappingURL=statistics.js.map