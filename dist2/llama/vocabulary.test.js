import assert from 'node:assert/strict';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { LlamaModel } from './model.js';
import { DEMO_MODEL, patchedModel, specialWord, temporaryFolder } from './test-models.js';
import { Vocabulary, vocabularyDifference } from './vocabulary.js';
describe('vocabulary', () => {
    const vocabulary = Vocabulary.open(DEMO_MODEL);
    after(() => {
        vocabulary.dispose();
    });
    it('knows what the whole model knows', () => {
        const model = LlamaModel.load(DEMO_MODEL);
        const whole = Vocabulary.of(model);
        for (const key of [
            'size',
            'bos',
            'eos',
            'eot',
            'addBos',
            'contextTrain',
            'chatTemplate',
            'type',
        ])
            assert.equal(vocabulary[key], whole[key], key);
        assert.ok(vocabulary.contextTrain > 0);
        assert.equal(vocabulary.fingerprint(), whole.fingerprint());
        whole.dispose();
        model.dispose();
    });
    it('can be read on another thread, while this one goes on', async () => {
        let turns = 0;
        let over = false;
        const turn = () => {
            turns += 1;
            if (!over)
                setImmediate(turn);
        };
        setImmediate(turn);
        const elsewhere = await Vocabulary.openInBackground(DEMO_MODEL);
        over = true;
        assert.ok(turns > 0, 'nothing else ran meanwhile');
        assert.equal(elsewhere.fingerprint(), vocabulary.fingerprint());
        elsewhere.dispose();
        await assert.rejects(Vocabulary.openInBackground('/nowhere/model.gguf'), { code: 'file_not_found' });
    });
    it('gives text back as it was', () => {
        for (const text of [
            '',
            'a',
            'The quick brown fox.\n\n  Indented\tand  spaced ',
            'Grüße, Żółć, Ελλάδα, Привет',
            '日本語の文章と한국어',
            '👩‍👩‍👧‍👦 🏳️‍🌈 👍🏽',
            'nul \0 inside, and \uFEFF a mark',
            'x'.repeat(100_000),
        ])
            assert.equal(vocabulary.detokenize(vocabulary.tokenize(text)), text);
    });
    it('reads special tokens only when asked, and shows them to nobody', () => {
        const end = vocabulary.eos ?? assert.fail('the demo model has an end-of-text token');
        const spelled = vocabulary.text(end);
        assert.deepEqual([...vocabulary.tokenize(spelled, { parseSpecial: true })], [end]);
        assert.ok(!vocabulary.tokenize(spelled).includes(end));
        assert.equal(vocabulary.tokenBytes(end).length, 0);
        assert.ok(vocabulary.isEndOfGeneration(end));
    });
    it('adds the beginning only where the model wants one', () => {
        const plain = vocabulary.tokenize('text');
        const special = vocabulary.tokenize('text', { addSpecial: true });
        assert.equal(special.length, plain.length + (vocabulary.addBos ? 1 : 0));
    });
    it('has bytes for each token, the same each time', () => {
        for (let token = 0; token < vocabulary.size; token += 1)
            assert.ok(vocabulary.tokenBytes(token) === vocabulary.tokenBytes(token));
        assert.ok(!vocabulary.isEndOfGeneration(vocabulary.tokenize('word')[0]));
        assert.throws(() => vocabulary.tokenBytes(vocabulary.size), { code: 'invalid_request' });
        assert.throws(() => vocabulary.text(-1), { code: 'invalid_request' });
    });
    it('refuses use after disposal', () => {
        const gone = Vocabulary.open(DEMO_MODEL);
        gone.dispose();
        gone.dispose();
        assert.throws(() => gone.tokenize('a'), { code: 'disposed' });
        assert.throws(() => gone.chatTemplate, { code: 'disposed' });
        assert.throws(() => gone.metadata('general.name'), { code: 'disposed' });
    });
    it('says in what another vocabulary differs', () => {
        assert.equal(vocabularyDifference(vocabulary, vocabulary), undefined);
        const word = specialWord(vocabulary);
        const other = `${word.slice(0, -1)}~`;
        const file = path.join(temporaryFolder(), 'other.gguf');
        const patched = Vocabulary.open(patchedModel(file, word, other));
        const difference = vocabularyDifference(vocabulary, patched);
        assert.match(difference, /token \d+ is ".*" in the target and ".*~" in the draft/);
        assert.notEqual(patched.fingerprint(), vocabulary.fingerprint());
        patched.dispose();
    });
});
//# sourceMappingURL=vocabulary.test.js.map