/** Values of flags. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { seed } from './values.js';

it('seeds are those of requests: 64 bits, of which the lower half reaches the engine', () => {
  const read = seed('--seed');
  for (const [given, wanted] of [
    ['-1', -1],
    ['0', 0],
    [' +7 ', 7],
    ['4294967295', 4294967295],
    ['4294967296', 0],
    ['9007199254740993', 1],
    ['18446744073709551615', 4294967295],
  ] as const)
    assert.equal(read(given), wanted, given);
  for (const given of ['', '-2', '1.5', '0x10', '1e3', '18446744073709551616', '9'.repeat(40)])
    assert.throws(() => read(given), { code: 'invalid_option', message: /2\^64 - 1/ });
});
