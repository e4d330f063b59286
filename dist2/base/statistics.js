/** Sums and averages. */
import { quantile } from './quantile.js';
export function sum(items, valueOf = Number) {
    return items.reduce((total, item) => total + valueOf(item), 0);
}
/** NaN of nothing. */
export const mean = (values) => sum(values) / values.length;
/** NaN of nothing. */
export const median = (values) => quantile(values, 0.5);
//# sourceMappingURL=statistics.js.map