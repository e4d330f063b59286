import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CERTAIN } from '../base/grammar.js';
import { token } from '../base/types.js';
import { GrammarPool } from '../constraints/grammar-pool.js';
import { matcherOf, TestVocabulary } from '../constraints/test-support.js';
import { GrammarProposer } from './grammar.js';
import { taskOf } from './test-support.js';
const vocabulary = new TestVocabulary(['name', '":', '": ', ' "', 'na', 'age', ', ']);
const all = Array.from({ length: vocabulary.vocabularySize }, (_, id) => id);
const textOf = (id) => Buffer.from(vocabulary.tokenBytes(id)).toString();
const id = (text) => all.find((one) => textOf(one) === text && one !== vocabulary.end);
function guessed(grammar, text, maxTokens = 8) {
    const task = taskOf(text, { grammar, maxTokens });
    new GrammarProposer().propose([task]);
    const { tokens, signals, sources } = task.proposal;
    assert.ok(sources.every((source) => source === 'grammar'));
    return { texts: tokens.map(textOf), signals };
}
/** Writes a text as a request does. */
function write(grammar, texts) {
    let previous = -1;
    for (const text of texts) {
        grammar.learn(previous, token(id(text)));
        grammar.accept(token(id(text)));
        previous = id(text);
    }
}
describe('guesses from a grammar', () => {
    const gbnf = 'root ::= "{" ws "\\"name\\":" ws [0-9] "," ws "\\"age\\":" ws [0-9] "}"\nws ::= " "?';
    const pool = new GrammarPool(vocabulary);
    it('spell what is forced by the longest tokens, and know what is certain', () => {
        const grammar = matcherOf('root ::= "x" "name" [0-9]', new GrammarPool(vocabulary));
        // The first token is certain: nothing else begins with x.
        assert.deepEqual(guessed(grammar, [1]), { texts: ['x', 'name'], signals: [CERTAIN, 4] });
        assert.deepEqual(guessed(grammar, [1], 1).texts, ['x']);
    });
    it('are none where much is allowed, and none of the end', () => {
        assert.deepEqual(guessed(matcherOf('root ::= .*', pool), [1]).texts, []);
        assert.deepEqual(guessed(matcherOf('root ::= "x"', pool), [1]).texts, ['x']);
    });
    it('are what came in the same state before, of any request, and after the same token elsewhere', () => {
        const own = new GrammarPool(vocabulary);
        const first = matcherOf(gbnf, own);
        assert.deepEqual(guessed(first, [1]).texts, ['{']);
        write(first, ['{', ' "', 'name', '": ', '7']);
        // After the digit comes a comma; which blank follows is not known yet.
        assert.deepEqual(guessed(first, [id('7')], 1).texts, [',']);
        write(first, [', ', '"']);
        // In a state that is new, what came after the same token elsewhere: not here, as no name stands before.
        assert.deepEqual(guessed(first, [id('"')], 2).texts, ['age', '": ']);
        const second = matcherOf(gbnf, own);
        assert.deepEqual(guessed(second, [1]).texts, ['{', ' "', 'name', '": ', '7', ', ', '"', 'age']);
    });
    it('leave the place of the request where it was', () => {
        const grammar = matcherOf('root ::= "name"', pool);
        guessed(grammar, [1]);
        assert.ok(grammar.allows(token(id('name'))));
    });
});
//# sourceMappingURL=grammar.test.js.map