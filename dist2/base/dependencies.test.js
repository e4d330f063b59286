/** Every locked dependency runs on the versions of Node that `engines` promises. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { it } from 'node:test';
const read = (name) => JSON.parse(readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8'));
/** The first release that is promised, and the even majors after it. */
const PROMISED = [
    [20, 19, 0],
    [22, 22, 0],
    [24, 12, 0],
    [26, 0, 0],
];
const numbers = (text) => {
    const [major = 0, minor = 0, patch = 0] = text.split('.').map(Number);
    return [major, minor, patch];
};
const compare = (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
/** One comparator of npm's ranges, such as `>=18`, `^20.19.0` or `20`. */
function holds(comparator, version) {
    const [, operator, text, rest] = /^(>=|<=|>|<|\^|~|=|)v?(\d+(?:\.\d+){0,2})((?:\.[x*])*)$/.exec(comparator) ?? [];
    if (text === undefined || rest === undefined)
        throw new Error(`a range that this test does not read: ${comparator}`);
    const limit = numbers(text);
    const order = compare(version, limit);
    const given = text.split('.').length;
    const sameUpTo = (count) => limit.slice(0, count).every((part, at) => part === version[at]);
    switch (operator) {
        case '>=':
            return order >= 0;
        case '<=':
            return order <= 0 || sameUpTo(given);
        case '>':
            return order > 0 && !sameUpTo(given);
        case '<':
            return order < 0;
        case '^':
            return order >= 0 && sameUpTo(1);
        case '~':
            return order >= 0 && sameUpTo(Math.min(given, 2));
        case '=':
        case undefined:
        default:
            return sameUpTo(given);
    }
}
const allows = (range, version) => range.split('||').some((part) => {
    const comparators = part
        .trim()
        .replace(/(>=|<=|>|<|\^|~|=)\s+/g, '$1')
        .split(/\s+/)
        .filter((one) => one !== '' && one !== '*');
    return comparators.every((one) => holds(one, version));
});
it('reads ranges as npm does', () => {
    for (const [range, yes, no] of [
        ['>=18', '18.0.0', '17.9.9'],
        ['^20.19.0 || >=24', '20.20.0', '22.1.0'],
        ['>= 10.x', '11.0.0', '9.0.0'],
        ['20 || >=22', '20.1.2', '21.0.0'],
        ['>=18 <22', '20.0.0', '22.0.0'],
        ['~20.19', '20.19.5', '20.20.0'],
        ['*', '1.0.0', undefined],
    ]) {
        assert.ok(allows(range, numbers(yes)), `${range} takes ${yes}`);
        if (no !== undefined)
            assert.ok(!allows(range, numbers(no)), `${range} does not take ${no}`);
    }
});
it('no locked package wants another Node than is promised', () => {
    const { engines } = read('package.json');
    assert.equal(engines.node, '>=20.19', 'PROMISED is about another range');
    const { packages } = read('package-lock.json');
    const ranges = Object.entries(packages).flatMap(([name, { version, engines: own }]) => own?.node === undefined ? [] : [{ name: `${name} ${version ?? ''}`, range: own.node }]);
    assert.ok(ranges.length > 50, 'found hardly any ranges');
    const refused = ranges.flatMap(({ name, range }) => PROMISED.filter((version) => !allows(range, version)).map((version) => `${name} wants ${range}, not ${version.join('.')}`));
    assert.deepEqual(refused, []);
});
//# sourceMappingURL=dependencies.test.js.map