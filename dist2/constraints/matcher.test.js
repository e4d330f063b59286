import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { token } from '../base/types.js';
import { compileGbnf } from './compile.js';
import { GrammarPool } from './grammar-pool.js';
import { accepts, acceptsByOracle, matcherOf, TestVocabulary } from './test-support.js';
const vocabulary = new TestVocabulary(['ab', 'abc', 'yes', 'no', 'é', '漢字', '": "', '😀']);
const pool = new GrammarPool(vocabulary);
const textOf = (id) => Buffer.from(vocabulary.tokenBytes(id)).toString();
const all = Array.from({ length: vocabulary.vocabularySize }, (_, id) => token(id));
/** The token of a text. */
const id = (text) => all.find((one) => textOf(one) === text && one !== vocabulary.end);
describe('a matcher', () => {
    it('allows what continues a text, and the end only where it may end', () => {
        const matcher = matcherOf('root ::= "yes" | "no"', pool);
        assert.deepEqual(all.filter((one) => matcher.allows(one)).map(textOf), ['n', 'y', 'yes', 'no']);
        matcher.accept(id('no'));
        assert.deepEqual(all.filter((one) => matcher.allows(one)), [vocabulary.end]);
        matcher.accept(token(vocabulary.end));
        assert.ok(matcher.allows(token(vocabulary.end)));
    });
    it('never allows what has no text, or is not in the vocabulary', () => {
        const matcher = matcherOf('root ::= .*', pool);
        for (const none of [vocabulary.control, -1, vocabulary.vocabularySize, NaN, 1.5])
            assert.ok(!matcher.allows(token(none)), String(none));
        assert.throws(() => {
            matcher.accept(token(vocabulary.control));
        }, /does not allow token/);
    });
    it('reads characters that tokens hold only in part', () => {
        const matcher = matcherOf('root ::= [漢😀] "é"', pool);
        assert.ok(!matcher.allows(id('漢字')));
        for (const byte of Buffer.from('漢'))
            matcher.accept(token(byte));
        assert.ok(matcher.allows(id('é')) && !matcher.allows(token(0xc2)));
        matcher.accept(token(0xc3));
        assert.deepEqual(matcher.few(), Int32Array.of(0xa9));
    });
    it('masks and lists just what it allows', () => {
        for (const gbnf of [
            'root ::= [a-z]+ "\\""',
            'root ::= .*',
            'root ::= "yes"? [0-9]',
            'root ::= [^a-x]{2}',
        ]) {
            const matcher = matcherOf(gbnf, pool);
            for (const next of ['', 'y', '1']) {
                if (next !== '') {
                    if (!matcher.allows(id(next)))
                        continue;
                    matcher.accept(id(next));
                }
                const logits = new Float32Array(vocabulary.vocabularySize).fill(1);
                matcher.mask(logits);
                const allowed = all.filter((one) => matcher.allows(one));
                assert.deepEqual(all.filter((one) => logits[one] === 1), allowed, gbnf);
                const few = matcher.few();
                if (allowed.length <= 256)
                    assert.deepEqual([...few], allowed, gbnf);
                else
                    assert.equal(few, undefined);
            }
        }
    });
    it('copies a place', () => {
        const matcher = matcherOf('root ::= "a" ("b" | "c")', pool);
        matcher.accept(id('a'));
        const copy = matcher.clone();
        matcher.accept(id('b'));
        assert.ok(!matcher.allows(id('c')) && copy.allows(id('c')));
    });
    it('is shared by those with the same text, and remembers nothing for who only waits', () => {
        const gbnf = 'root ::= [a-y]+';
        const own = new GrammarPool(vocabulary);
        const [one, other] = [matcherOf(gbnf, own), matcherOf(gbnf, own)];
        assert.equal(one.shared, other.shared);
        const waiting = own.bytes;
        assert.equal(waiting, 0);
        one.accept(id('ab'));
        const used = own.bytes;
        assert.ok(used > waiting && used < 100_000);
    });
    it('forgets grammars that were not used for long', () => {
        const own = new GrammarPool(vocabulary);
        const first = matcherOf('root ::= "x"', own);
        for (let n = 0; n < 100; n++)
            matcherOf(`root ::= "${n}"`, own);
        assert.notEqual(matcherOf('root ::= "x"', own).shared, first.shared);
        assert.ok(first.allows(id('x')), 'who has it goes on');
    });
    it('keeps its place when what was remembered grows too large and is forgotten', () => {
        // Every position is a state of its own, with a mask of its own.
        const matcher = matcherOf('root ::= ("[" ([a-z]{3000} | [a-m]{2999} "!")){2,} "]"', pool);
        const reference = 'abcde'.repeat(600);
        let largest = 0;
        const starts = new Set();
        for (const part of Array.from(`[${reference}[${reference}`)) {
            assert.ok(matcher.allows(id(part)));
            matcher.mask(new Float32Array(vocabulary.vocabularySize));
            matcher.accept(id(part));
            largest = Math.max(largest, matcher.shared.bytes);
            starts.add(matcher.tokens);
        }
        assert.ok(largest < 8 * 1024 * 1024, `${largest} bytes`);
        assert.ok(matcher.allows(id(']')) && matcher.allows(id('[')) && !matcher.allows(id('a')));
    });
    it('says that a text can be read in too many ways, and remains bounded', () => {
        // Each "a" may belong to any of the repetitions: the ways grow with the text.
        const parts = Array.from({ length: 60 }, (_, n) => `(("a" | "b${n}"){100,500})?`).join(' ');
        const matcher = matcherOf(`root ::= ${parts}`, pool);
        for (let n = 0; n < 300 && matcher.allows(id('a')); n++)
            matcher.accept(id('a'));
        assert.match(matcher.fault ?? '', /too many ways at this place/);
        assert.ok(matcher.shared.bytes < 32 * 1024 * 1024);
    });
    it('opens as many rules as a text does, without recursion of its own', () => {
        const matcher = matcherOf('root ::= "[" root? "]"', pool);
        const [open, close] = [id('['), id(']')];
        for (let depth = 0; depth < 50_000; depth++)
            matcher.accept(open);
        for (let depth = 0; depth < 50_000; depth++)
            matcher.accept(close);
        assert.ok(matcher.allows(token(vocabulary.end)));
        assert.equal(matcher.fault, undefined);
    });
    it('reads as a recogniser does that goes through the expressions', () => {
        const texts = [''];
        for (let length = 1, from = 0; length <= 5; length++) {
            const to = texts.length;
            for (; from < to; from++)
                for (const letter of ['a', 'b', 'é'])
                    texts.push(texts[from] + letter);
        }
        const grammars = [
            'root ::= ("a" | "b"){2,3} [é]?',
            'root ::= x{1,3} "b"\nx ::= "a"? "é"?',
            'root ::= (x | y)*\nx ::= "a" root "b"\ny ::= "é"',
            'root ::= "a" root | root2\nroot2 ::= "b" root2 "é" | ',
            'root ::= ("a"{0,2} "b"{0,2}){0,2} "é"{1,2}',
            'root ::= ("ab" | "a" | "abé"){1,}',
            'root ::= [^a]{2,4} | .{3} "é"',
            'root ::= ([ab]{1,2} "é"?){2}',
        ];
        for (const gbnf of grammars)
            for (const text of texts)
                assert.equal(accepts(gbnf, text), acceptsByOracle(gbnf, text), `${gbnf} with ${text}`);
    });
    it('has equal keys for equal grammars only', () => {
        assert.equal(compileGbnf('root ::= "a"').key, compileGbnf('root ::= "a"').key);
        assert.notEqual(compileGbnf('root ::= "a"').key, compileGbnf('root ::= "b"').key);
    });
});
//# sourceMappingURL=matcher.test.js.map