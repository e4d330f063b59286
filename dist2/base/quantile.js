/** @param share 0 to 1; between two values on a straight line, as NumPy does. NaN of nothing. */
export function quantile(values, share) {
    if (values.length === 0)
        return NaN;
    const sorted = Float64Array.from(values).sort();
    const at = (sorted.length - 1) * share;
    const below = sorted[Math.floor(at)];
    const above = sorted[Math.ceil(at)];
    return below + (above - below) * (at - Math.floor(at));
}
//# sourceMappingURL=quantile.js.map