/** Colours are for people at a terminal who have not switched them off (https://no-color.org). */
export function wantsColor(stream) {
    if (process.env['NO_COLOR'])
        return false;
    if (process.env['FORCE_COLOR'] && process.env['FORCE_COLOR'] !== '0')
        return true;
    return stream.isTTY && process.env['TERM'] !== 'dumb';
}
const RESET = '\x1b[0m';
const DIM = '\x1b[2m';
/** Dark green on light green: legible on dark and on light screens. */
const SHADED = '\x1b[38;5;22;48;5;194m';
export const dim = (text, color) => (color ? `${DIM}${text}${RESET}` : text);
/** Shading ends before each line's end, or it would fill the rest of the line. */
export const shade = (text) => text
    .split('\n')
    .map((line) => (line === '' ? '' : `${SHADED}${line}${RESET}`))
    .join('\n');
const BAR_CELLS = 24;
/** Redrawn no more often than this. */
const BAR_INTERVAL_MS = 100;
/** A line that is drawn over and over; silent where there is no terminal. */
export class ProgressBar {
    #stream;
    #visible;
    #drawnAtMs = -Infinity;
    #drawn = false;
    constructor(stream = process.stderr) {
        this.#stream = stream;
        this.#visible = stream.isTTY && process.env['TERM'] !== 'dumb';
    }
    /** @param done 0 to 1 */
    update(label, done, note = '') {
        const nowMs = performance.now();
        if (!this.#visible || nowMs - this.#drawnAtMs < BAR_INTERVAL_MS)
            return;
        this.#drawnAtMs = nowMs;
        this.#drawn = true;
        const share = Math.min(1, Math.max(0, done));
        const filled = Math.round(share * BAR_CELLS);
        const bar = '█'.repeat(filled) + '░'.repeat(BAR_CELLS - filled);
        const line = `${label} ${bar} ${String(Math.floor(share * 100)).padStart(3)} %  ${note}`;
        this.#stream.write(`\r\x1b[K${line.slice(0, Math.max(20, this.#stream.columns - 1))}`);
    }
    /** Takes the bar away. */
    clear() {
        if (this.#drawn)
            this.#stream.write('\r\x1b[K');
        this.#drawn = false;
    }
}
/** A table of columns, the first flush left and the rest, being figures, flush right where not said otherwise. */
export function table(rows, align = 'right') {
    const widths = rows.reduce((known, row) => row.map((cell, column) => Math.max(known[column] ?? 0, cell.length)), []);
    return rows
        .map((row) => row
        .map((cell, column) => column === 0 || align === 'left' ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))
        .join('  ')
        .trimEnd())
        .join('\n');
}
//# sourceMappingURL=terminal.js.map