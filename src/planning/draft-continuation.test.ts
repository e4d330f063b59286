import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AcceptanceModel } from '../acceptance/acceptance-model.js';
import { ONLY_DRAFT, type CostTable } from '../costs/cost-table.js';
import { FREE, FREE_MODEL, oneDraft } from '../costs/test-machines.js';
import { paysTogether, worthOf, type DraftTerms } from './draft-continuation.js';

/** A GPU: up to 200 tokens cost no more than one, in the target and in the draft. */
const FLAT: CostTable = {
  ...FREE,
  target: { ...FREE_MODEL, curve: { tokens: [1, 200], ms: [6, 6] } },
  drafts: oneDraft({ tokens: [1, 200], ms: [0.5, 0.5] }),
};

function rates() {
  const request = new AcceptanceModel().request(0);
  for (let step = 0; step < 400; step++) request.observe('draft', [4, 4, 4], 1, true);
  return request;
}

/** What going on is worth to one of `drafting` requests after a guess that half of the time stands. */
function worths(drafting: number, price: number): { terms: DraftTerms; worth: readonly number[] } {
  const terms: DraftTerms = { costs: FLAT, draft: FLAT.drafts[ONLY_DRAFT], price, drafting };
  return { terms, worth: worthOf(terms, rates(), 8, 100, 16)(0.1) };
}

describe('terms', () => {
  it('goes on where one decode serves many to whom it promises little each', () => {
    const price = 5;
    const { terms, worth } = worths(16, price);
    assert.ok(worth[0]! > 0, 'beside the others a guess more costs nothing');
    assert.ok(worth[0]! < price * 0.5, 'alone it is not worth a decode');
    const pays = paysTogether(terms);
    assert.equal(pays(new Array<readonly number[]>(16).fill(worth)), 16 * worth[0]! > price * 0.5);
    assert.equal(pays([worth]), false);
    assert.equal(pays([]), false);
  });

  it('goes on to the size of the batch before, and not beyond, where another size is dear', () => {
    const costs: CostTable = { ...FLAT, target: { ...FLAT.target, resizeMs: 1 } };
    const worthAfter = (previousTokens: number | undefined): readonly number[] => {
      const terms: DraftTerms = {
        ...{ costs, draft: costs.drafts[ONLY_DRAFT], price: 0.3, drafting: 1, previousTokens },
      };
      return worthOf(terms, rates(), 8, 100, 1)(4);
    };
    const [free] = worthAfter(undefined);
    assert.ok(worthAfter(3)[0]! >= free!, 'one more makes it as large as before');
    assert.ok(worthAfter(2)[0]! < free! - 0.08, 'one more makes it larger');
  });

  it('ends where nothing is worth its time', () => {
    const { terms, worth } = worths(1, 50);
    assert.equal(paysTogether(terms)([worth]), false);
  });

  it('has nothing to offer at the most that may be guessed', () => {
    const terms: DraftTerms = { costs: FLAT, draft: FLAT.drafts[ONLY_DRAFT], price: 1, drafting: 1 };
    assert.deepEqual(worthOf(terms, rates(), 1, 100, 1)(4), []);
  });
});
