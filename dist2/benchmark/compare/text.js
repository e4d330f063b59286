/** A comparison in a few lines for the terminal; the page has the rest. */
import { cellName } from './analysis.js';
import { median } from '../statistics.js';
export function compareText(result) {
    return [
        ...(result.complete ? [] : ['Ended early: what follows is incomplete.']),
        '',
        ...aligned([
            ['load', 'off', 'auto / off', 'best in hindsight', 'auto / best'],
            ...result.cells.map((cell) => rowOf(cell, result)),
        ]),
        '',
        ...result.verdicts.map(verdictLine),
    ].join('\n');
}
function rowOf(cell, { runs }) {
    const off = runs.flatMap(({ cell: id, setting, summary }) => id === cell.id && setting === 'off' ? [Number(summary['mean_e2el_ms'])] : []);
    return [
        cellName(cell),
        off.length === 0 ? '-' : `${median(off).toFixed(0)} ms`,
        ratioText(cell.to_off.find(({ setting }) => setting === 'auto') ?? null),
        cell.best ?? '-',
        ratioText(cell.auto_to_best),
    ];
}
/** Latency over latency: below 1 is faster. */
export function ratioText(ratio) {
    if (ratio === null)
        return '-';
    const { median: middle, min, max, pairs } = ratio;
    return pairs === 1 ? middle.toFixed(3) : `${middle.toFixed(3)} (${min.toFixed(3)}-${max.toFixed(3)})`;
}
export const verdictWord = ({ holds }) => holds === null ? 'unknown' : holds ? 'yes' : 'no';
const verdictLine = (verdict) => `${verdictWord(verdict).padEnd(7)}  ${verdict.claim} (${verdict.detail})`;
function aligned(rows) {
    const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
    return rows.map((row) => row
        .map((text, column) => text.padEnd(widths[column]))
        .join('  ')
        .trimEnd());
}
//# sourceMappingURL=text.js.map