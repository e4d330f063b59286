import assert from 'node:assert/strict';
import { it } from 'node:test';
import { samplingMetadata } from './sampling-metadata.js';
const of = (values) => samplingMetadata((key) => values[key.replace('general.sampling.', '')]);
it('what a file says of sampling, as numbers of few digits', () => {
    assert.deepEqual(of({
        temp: '0.600000',
        top_k: '20',
        top_p: '0.949999988079071',
        min_p: '0',
        penalty_repeat: '1.1',
        penalty_last_n: '64',
    }), { temperature: 0.6, topK: 20, topP: 0.95, minP: 0, repeatPenalty: 1.1, repeatLastN: 64 });
});
it('nothing where it says nothing, or what makes no sense', () => {
    assert.deepEqual(of({}), {});
    assert.deepEqual(of({ temp: '-1', top_k: '2.5', top_p: 'nan', min_p: '', penalty_repeat: '0', penalty_last_n: '-1' }), {});
});
//# sourceMappingURL=sampling-metadata.test.js.map