/**
 * Line plots as inline SVG, without any script: what a report needs and no more. Colours come from the page's style
 * sheet by class (`look-…`), so that they follow its light and dark scheme; markers differ in shape, too.
 */
const WIDTH = 820;
const HEIGHT = 360;
const LEFT = 64;
const RIGHT = 150;
const TOP = 14;
const BOTTOM = 52;
export const escapeText = (text) => text.replace(/[&<>"']/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[character]);
/** A number as people read it: three significant digits, no exponent. */
export function figure(value) {
    if (!Number.isFinite(value))
        return '-';
    const size = Math.abs(value);
    if (size >= 100)
        return value.toFixed(0);
    if (size >= 10)
        return value.toFixed(1);
    if (size >= 1 || size === 0)
        return value.toFixed(2);
    return value.toFixed(3);
}
const NICE = [1, 2, 5, 10];
/** From `low` to `high`, both moved out to a round number. */
export function linearAxis(low, high) {
    const span = high > low ? high - low : Math.abs(high) || 1;
    const power = 10 ** Math.floor(Math.log10(span / 5));
    const step = power * NICE.find((factor) => power * factor >= span / 5);
    const [first, last] = [
        Math.floor(low / step),
        Math.max(Math.ceil(high / step), Math.floor(low / step) + 1),
    ];
    const ticks = Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
    const [from, to] = [ticks[0], ticks.at(-1)];
    return { low: from, high: to, ticks, at: (value) => (value - from) / (to - from) };
}
/** @param low above 0 */
export function logarithmicAxis(low, high) {
    const all = [];
    const factors = high / low > 10 ? [1, 2, 5] : [1, 1.5, 2, 3, 5, 7];
    for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1)
        for (const factor of factors)
            all.push(Number((factor * 10 ** power).toPrecision(6)));
    const from = all.filter((tick) => tick <= low).at(-1) ?? all[0];
    const to = all.find((tick) => tick >= high && tick > from) ?? all.at(-1);
    const ticks = all.filter((tick) => tick >= from && tick <= to);
    const range = Math.log(to / from);
    return { low: from, high: to, ticks, at: (value) => Math.log(value / from) / range };
}
/** A figure with its caption; a sentence in its place where there is nothing to draw. */
export function linePlot(plot) {
    const series = shaped(plot.series)
        .map((one) => ({ ...one, points: one.points.filter((point) => isDrawable(point, plot)) }))
        .filter(({ points }) => points.length > 0);
    const caption = `<figcaption>${escapeText(plot.title)}</figcaption>`;
    if (series.length === 0)
        return `<figure>${caption}<p class="none">Not measured.</p></figure>`;
    const points = series.flatMap((one) => one.points);
    const ys = points.map(({ y }) => y);
    const xs = points.map(({ x }) => x);
    const yAxis = plot.logarithmic
        ? logarithmicAxis(Math.min(...ys), Math.max(...ys))
        : linearAxis(0, Math.max(...ys));
    const last = (plot.names?.length ?? 0) - 1;
    const xAxis = plot.names === undefined
        ? linearAxis(Math.min(...xs), Math.max(...xs))
        : {
            low: 0,
            high: last,
            ticks: plot.names.map((_, index) => index),
            at: (value) => (last === 0 ? 0.5 : value / last),
        };
    const x = (value) => place(LEFT + xAxis.at(value) * (WIDTH - LEFT - RIGHT));
    const y = (value) => place(HEIGHT - BOTTOM - yAxis.at(value) * (HEIGHT - TOP - BOTTOM));
    const xText = (value) => plot.names?.[value] ?? tickText(value);
    return [
        `<figure>${caption}`,
        `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeText(plot.title)}">`,
        ...yAxis.ticks.map((tick) => `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${y(tick)}" y2="${y(tick)}"/>` +
            `<text class="tick" x="${LEFT - 8}" y="${y(tick)}" dy="0.35em" text-anchor="end">${tickText(tick)}</text>`),
        ...xAxis.ticks.map((tick) => `<text class="tick" x="${x(tick)}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${escapeText(xText(tick))}</text>`),
        `<text class="axis" x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escapeText(plot.xLabel)}</text>`,
        `<text class="axis" transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle">${escapeText(plot.yLabel)}</text>`,
        ...series.map((one) => {
            const path = one.points.map((point) => `${x(point.x)},${y(point.y)}`).join(' ');
            const marks = one.points.map((point) => {
                const told = `${one.name}: ${xText(point.x)}, ${figure(point.y)}`;
                return `<g transform="translate(${x(point.x)} ${y(point.y)})"><title>${escapeText(told)}</title>${marker(one.shape)}</g>`;
            });
            const line = one.loose === true || one.points.length < 2 ? '' : `<polyline points="${path}"/>`;
            const hollow = one.loose === true ? ' hollow' : '';
            return `<g class="series ${one.look}${hollow}">${line}${marks.join('')}</g>`;
        }),
        ...series
            .filter(({ loose }) => loose !== true)
            .map((one, index) => {
            const at = `translate(${WIDTH - RIGHT + 24} ${TOP + 12 + 20 * index})`;
            return (`<g class="series ${one.look}" transform="${at}"><polyline points="-10,0 10,0"/>` +
                `${marker(one.shape)}<text class="legend" x="18" dy="0.35em">${escapeText(one.name)}</text></g>`);
        }),
        '</svg></figure>',
    ].join('\n');
}
function shaped(series) {
    let shape = -1;
    return series.map((one) => ({ ...one, shape: one.loose === true ? shape : ++shape }));
}
const isDrawable = ({ x, y }, { logarithmic }) => Number.isFinite(x) && Number.isFinite(y) && (logarithmic !== true || y > 0);
const place = (value) => value.toFixed(1);
const tickText = (value) => String(Number(value.toPrecision(4)));
const MARKERS = [
    '<circle r="3.5"/>',
    '<rect x="-3.2" y="-3.2" width="6.4" height="6.4"/>',
    '<path d="M0-4.4 4 3H-4Z"/>',
    '<path d="M0-4.6 4.6 0 0 4.6-4.6 0Z"/>',
    '<path d="M0 4.4 4-3H-4Z"/>',
];
const marker = (index) => MARKERS[index % MARKERS.length];
//# sourceMappingURL=svg-plot.js.map