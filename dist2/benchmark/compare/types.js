export const COMPARE_SCHEMA = 'foretoken-compare/1';
const LATENCIES = ['mean', 'median', 'p99'];
export const LATENCY_KEYS = ['e2el', 'ttft', 'tpot'].flatMap((metric) => LATENCIES.map((figure) => `${figure}_${metric}_ms`));
//# sourceMappingURL=types.js.map