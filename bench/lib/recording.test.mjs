/** Recording with the engine's own prompt lookup, as built. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { LookupProposer } from '../../dist/speculation/lookup.js';
import { Proposal } from '../../dist/speculation/proposal.js';
import { lookupRuns } from './recording.mjs';

it('counts what lookup proposes at every position, and how much of it is right in a row', () => {
  const proposer = new LookupProposer(2);
  const record = () =>
    lookupRuns(proposer, () => new Proposal(), Int32Array.from([1, 2, 3, 4, 5, 1, 2]), [3, 4, 9, 9], 3);
  const expected = { lookup: [2, 1, 0, 0], lookupProposed: [3, 3, 3, 0] };
  assert.deepEqual(record(), expected);
  // Nothing is kept from one text to the next.
  assert.deepEqual(record(), expected);
});
