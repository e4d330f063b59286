/** Modes as they are written. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { allowedModes, modeText, parseMode } from './speculation-mode.js';
it('modes are read as they are written', () => {
    for (const [text, mode, length] of [
        ['auto', 'auto', undefined],
        ['off', 'off', undefined],
        ['fixed:1', 'fixed', 1],
        ['fixed:64', 'fixed', 64],
    ]) {
        const parsed = parseMode(text);
        assert.deepEqual(parsed, { mode, length });
        assert.equal(modeText(parsed), text);
    }
});
it('what is no mode is refused with what is, and a hint at what was meant', () => {
    const others = [
        '',
        'on',
        'AUTO',
        ' auto',
        'fixed',
        'fixed:',
        'fixed:x',
        'fixed:65',
        'fixed:1.5',
        'fixed:-1',
    ];
    for (const text of others) {
        assert.equal(parseMode(text), undefined, text);
        assert.equal(allowedModes(text), 'auto, off or fixed:K with K from 1 to 64');
    }
    assert.equal(parseMode('fixed:0'), undefined);
    assert.match(allowedModes('fixed:0'), /for no guesses say off/);
    assert.equal(parseMode('draft'), undefined);
    assert.match(allowedModes('draft'), /what may guess is said by proposers/);
    assert.match(allowedModes(5), /^auto, off or fixed:K/);
});
//# sourceMappingURL=speculation-mode.test.js.map