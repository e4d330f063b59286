/**
 * Sizes measured in rounds on a machine whose pace drifts: how large each is beside the others, the rounds' own
 * pace taken out (median polish: Tukey, "Exploratory Data Analysis", 1977, chapter 11; here with gaps). Medians,
 * so that single hiccups do no harm.
 */
/** Each pass brings names and rounds closer to agreement; three are mostly enough. */
const PASSES = 6;
/** The value of each name at the rounds' usual pace. */
export function medianPolish(samples) {
    const logs = samples.map(({ name, round, value }) => ({ name, round, log: Math.log(value) }));
    let names = effects(logs, ({ name, log }) => [name, log]);
    for (let pass = 0; pass < PASSES; pass++) {
        const rounds = effects(logs, ({ name, round, log }) => [round, log - names.get(name)]);
        const usual = low([...rounds.values()]);
        names = effects(logs, ({ name, round, log }) => [name, log - (rounds.get(round) - usual)]);
    }
    return new Map([...names].map(([name, log]) => [name, Math.exp(log)]));
}
/** What is typical of that which each key gets. */
function effects(items, keyed) {
    const groups = new Map();
    for (const item of items) {
        const [key, value] = keyed(item);
        const group = groups.get(key);
        if (group === undefined)
            groups.set(key, [value]);
        else
            group.push(value);
    }
    return new Map([...groups].map(([key, values]) => [key, low(values)]));
}
/** A little below the middle: what others took only ever adds. */
function low(values) {
    values.sort((a, b) => a - b);
    return values[Math.floor((values.length - 1) / 3)] ?? 0;
}
//# sourceMappingURL=median-polish.js.map