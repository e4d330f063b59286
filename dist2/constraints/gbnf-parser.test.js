import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { token } from '../base/types.js';
import { compileGbnf } from './compile.js';
import { parseGbnf } from './gbnf-parser.js';
import { accepts, matcherOf } from './test-support.js';
const messageOf = (gbnf) => {
    try {
        compileGbnf(gbnf);
    }
    catch (error) {
        assert.ok(error instanceof ForetokenError && error.code === 'invalid_grammar', String(error));
        assert.equal(error.param, 'grammar');
        return error.message;
    }
    return assert.fail(`no error: ${gbnf.slice(0, 100)}`);
};
describe('GBNF', () => {
    const cases = [
        ['root ::= "yes" | "no"', ['yes', 'no'], ['', 'y', 'yesno', 'maybe']],
        ['root ::= | "a"', ['', 'a'], ['aa']],
        ['root ::= ("a" | )\n', ['', 'a'], ['aa']],
        ['root ::= "a" |\n "b"', ['a', 'b'], ['ab']],
        ['root ::=\n  "a" # comment\n# another\nother ::= "b"', ['a'], ['b']],
        ['root ::= (\n"a"\n "b"\n)', ['ab'], ['a']],
        ['root ::= [a-c]+ [^0-9\\]] [x-]*', ['ay', 'cbaz-x', 'aa'], ['a', 'a0', 'a]']],
        ['root ::= "\\x41\\u00e9\\U0001F600\\n\\t\\r\\\\\\"\\[\\]\\-"', ['Aé😀\n\t\r\\"[]-'], ['A']],
        ['root ::= [\\x41-\\x43\\u00e9] .', ['Bx', 'é😀', 'A\n'], ['D.', 'B', 'Bxy']],
        ['root ::= [漢-\\uE000]', ['漢', '\ud7ff', '\ue000'], ['\ue001', 'a']],
        ['root ::= [^a]', ['b', '😀', '\0', '\u{10ffff}'], ['a', '']],
        ['root ::= [à-ÿ] [Ѐ-😀]', ['àЀ', 'ÿ😀', 'ê中'], ['aЀ', 'à😁', 'à\u{3ff}']],
        ['root ::= "ab"{2}', ['abab'], ['ab', 'ababab']],
        ['root ::= "a"{ 2 , 4 } "b"{2,} "c"{0,1}', ['aabb', 'aaaabbbbc'], ['abb', 'aab', 'aaaaabb']],
        ['root ::= "a"{0} "b"{0,0} "c"{1}', ['c'], ['ac', '']],
        ['root ::= ("a"? "b"?){2,3}', ['', 'ab', 'ababab', 'ba', 'bbb'], ['abababa', 'bbbb', 'c']],
        ['root ::= ("a"*)* ("b"+)?', ['', 'aaa', 'aab'], ['aba']],
        ['root ::= "a"?*+', ['', 'aaaa'], ['b']],
        ['root ::= [a-z]? [a-z]? [a-z]{1,2} [a-z]', ['ab', 'abcde'], ['a', 'abcdef']],
        ['root ::= "a" root "b" | "c"', ['c', 'acb', 'aacbb'], ['ac', 'acbb', '']],
        ['root ::= a-1 B\na-1 ::= "x"\nB ::= "y"', ['xy'], ['x']],
        ['root ::= "a" dead | "b"\ndead ::= "x" dead', ['b'], ['a', 'ax']],
    ];
    for (const [gbnf, yes, no] of cases)
        it(`reads ${JSON.stringify(gbnf)}`, () => {
            for (const text of yes)
                assert.ok(accepts(gbnf, text), `refuses ${JSON.stringify(text)}`);
            for (const text of no)
                assert.ok(!accepts(gbnf, text), `accepts ${JSON.stringify(text)}`);
        });
    it('reads no surrogates, which a range may span', () => {
        const matcher = matcherOf('root ::= [漢-\\uE000] | [^a]');
        matcher.accept(token(0xed));
        assert.ok(matcher.allows(token(0x9f)) && !matcher.allows(token(0xa0)));
    });
    it('counts repetitions of any size without unrolling them', () => {
        const gbnf = `root ::= ${'[a-z]{0,2000} [0-9]{500,1000} '.repeat(10)}"!"`;
        assert.ok(compileGbnf(gbnf).words.byteLength < 4096);
        const digits = '7'.repeat(5000);
        assert.ok(accepts(gbnf, `${digits}!`));
        assert.ok(!accepts(gbnf, `${digits.slice(1)}!`));
        assert.ok(accepts('root ::= "ab"{3000}', 'ab'.repeat(3000)));
        assert.ok(!accepts('root ::= "ab"{3000,}', 'ab'.repeat(2999)));
    });
    const wrong = [
        ['', /no rule "root"/],
        ['expr ::= "a"', /no rule "root"/],
        ['root', /its end where "::=" should stand \(line 1, column 5, in the rule "root"\)/],
        ['root ::= "a', /text without an end \(line 1, column 10/],
        ['root ::= "a"\nb ::= [a', /class without an end \(line 2, column 7, in the rule "b"\)/],
        ['root ::= (((', /group without an end/],
        ['root ::= "a" )', /"\)" where the rule should go on or end/],
        ['root ::= ("a" ]', /inside a group/],
        ['root ::= other', /uses the rule "other", which is not defined \(line 1, column 10/],
        ['root ::= "a"\nroot ::= "b"', /second time \(line 2, column 1/],
        ['root ::= *', /nothing before it to repeat/],
        ['root ::= "a"{', /repetition without a number/],
        ['root ::= "a"{1,2', /repetition without an end/],
        ['root ::= "a"{5,2}', /\{5,2\} times: the least is more than the most/],
        ['root ::= "a"{99999999}', /99999999 times; at most 1000000/],
        ['root ::= [z-a]', /"z-a", which runs backwards: nothing can match/],
        ['root ::= []', /nothing can match/],
        ['root ::= [^\\x00-\\U0010FFFF]', /nothing can match/],
        ['root ::= "\\q"', /escape "\\q"/],
        ['root ::= "\\x4"', /needs 2 hexadecimal digits/],
        ['root ::= "\\ud800"', /no character of Unicode/],
        ['root ::= "\\UFFFFFFFF"', /no character of Unicode/],
        ['root ::= "\ud800"', /lone surrogate/],
        ['root ::= <think>', /refers to a token/],
        ['root ::= !<[5]>', /refers to a token/],
        ['ro_ot ::= "a"', /where "::=" should stand/],
        [`root ::= "a"${'?'.repeat(1000)}`, /marks in a row/],
        [`root ::= ${'('.repeat(20_000)}"a"${')'.repeat(20_000)}`, /nests groups deeper than 100 levels/],
        [`root ::= ${'"a" '.repeat(600_000)}`, /characters; at most/],
        [`root ::= ${'[^b]a'.repeat(300_000)}\na ::= "a"`, /more than 500000 parts/],
        [`root ::= "a"\n${Array.from({ length: 60_000 }, (_, i) => `r${i}::="b"\n`).join('')}`, /50000 rules/],
        ['root ::= root "a" | "b"', /"root" may begin with itself \(root -> root\)/],
        ['root ::= e root "a" | "b"\ne ::= "x"?', /"root" may begin with itself \(root -> root\)/],
        ['root ::= "a" b\nb ::= c{0,3} "x"\nc ::= ("y"* b)?', /"b" may begin with itself \(b -> c -> b\)/],
        ['root ::= "a"\nunused ::= unused', /"unused" may begin with itself/],
        ['root ::= "a" root', /no finite text satisfies the rule "root"/],
        ['root ::= a b\na ::= "x" | "y"\nb ::= "z" b', /no finite text/],
        [
            `root ::= ${Array.from({ length: 9_000 }, (_, i) => `("a" | [${i % 2 ? 'bc' : 'de'}])?`).join(' ')}`,
            /can begin in too many ways/,
        ],
    ];
    for (const [gbnf, message] of wrong)
        it(`refuses ${JSON.stringify(gbnf.slice(0, 60))}`, () => {
            assert.match(messageOf(gbnf), message);
        });
    it('reads chains of rules as long as it allows', () => {
        const count = 20_000;
        const chain = (body) => `root ::= r0\n${Array.from({ length: count }, (_, i) => `r${i} ::= ${body(`r${i + 1}`)}\n`).join('')}r${count} ::= "a"`;
        assert.ok(accepts(chain((next) => next), 'a'));
        assert.ok(accepts(chain((next) => `"x" ${next}`), `${'x'.repeat(count)}a`));
        assert.match(messageOf(chain((next) => next).replace(/r20000 ::= "a"/, 'r20000 ::= r0 "a"')), /begin with itself \(r0 -> r1 -> r2 -> … -> /);
    });
    it('joins repetitions of the same class', () => {
        const { bodies, root } = parseGbnf(`root ::= ${'[a-z ]? '.repeat(3000)}`);
        assert.equal(bodies[root].kind, 'repeat');
    });
});
//# sourceMappingURL=gbnf-parser.test.js.map