import assert from 'node:assert/strict';
import { it } from 'node:test';
import { plainLine, plainLines } from './plain-line.js';
it('is one line without control characters', () => {
    assert.equal(plainLine('plain, with é and 字 and 😀'), 'plain, with é and 字 and 😀');
    assert.equal(plainLine(' two\n  lines\r\nand more \n'), 'two lines and more');
    assert.equal(plainLine('a\u001b[31mred\u0007'), 'a\\x1b[31mred\\x07');
    assert.equal(plainLine('a\rb\tc\u0085d\u009be'), 'a\\x0db\\x09c\\x85d\\x9be');
    assert.equal(plainLine('a\u2028b\u202ec\u2066d'), 'a\\u2028b\\u202ec\\u2066d');
    assert.equal(plainLine('half \ud800 pair'), 'half \\ud800 pair');
    for (let code = 0; code < 0x3000; code++) {
        const line = plainLine(`x${String.fromCharCode(code)}y`);
        assert.ok(!/\p{Cc}|\p{Zl}|\p{Zp}/u.test(line), code.toString(16));
    }
});
it('is bounded, and fast on text that is all blanks', () => {
    const long = plainLine(`begin${'x'.repeat(10_000_000)}end`, 100);
    assert.ok(long.length < 150 && long.startsWith('begin') && long.endsWith('end'), long);
    assert.match(long, /9999908 characters left out/);
    assert.ok(plainLine(`a${' '.repeat(5_000_000)}b`).length < 2100);
    assert.ok(plainLine('\u001b'.repeat(3000)).length <= 4 * 2100);
});
it('leaves the lines of a text of several', () => {
    assert.equal(plainLines('at a\n  at \u001bb'), 'at a\n  at \\x1bb');
});
//# sourceMappingURL=plain-line.test.js.map