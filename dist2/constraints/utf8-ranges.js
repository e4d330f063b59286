/** The most that can be written with 1, 2, 3 and 4 bytes. */
const LAST_OF_LENGTH = [0x7f, 0x7ff, 0xffff, 0x10ffff];
/** In order; rows that begin with the same byte stand together. */
export function utf8Ranges(set) {
    const rows = [];
    for (const [first, last] of set) {
        let from = first;
        for (const [bytes, limit] of LAST_OF_LENGTH.entries()) {
            if (from > last)
                break;
            if (from > limit)
                continue;
            const to = Math.min(last, limit);
            split(from, to, bytes, rows);
            from = to + 1;
        }
    }
    return rows;
}
/** @param continuation bytes after the first */
function split(from, to, continuation, rows) {
    for (let bytes = 1; bytes <= continuation; bytes++) {
        const low = (1 << (6 * bytes)) - 1;
        if ((from & ~low) === (to & ~low))
            continue;
        // A row is a product of ranges only where its last bytes run through all there are.
        if ((from & low) !== 0) {
            split(from, from | low, continuation, rows);
            split((from | low) + 1, to, continuation, rows);
            return;
        }
        if ((to & low) !== low) {
            split(from, (to & ~low) - 1, continuation, rows);
            split(to & ~low, to, continuation, rows);
            return;
        }
    }
    const [first, last] = [encode(from, continuation), encode(to, continuation)];
    rows.push(first.map((byte, at) => [byte, last[at]]));
}
/** By hand, as ranges may end at surrogates only by mistake and Buffer would replace them. */
function encode(point, continuation) {
    if (continuation === 0)
        return [point];
    const lead = [0, 0xc0, 0xe0, 0xf0][continuation] | (point >> (6 * continuation));
    const bytes = [lead];
    for (let at = continuation - 1; at >= 0; at--)
        bytes.push(0x80 | ((point >> (6 * at)) & 0x3f));
    return bytes;
}
//# sourceMappingURL=utf8-ranges.js.map