/**
 * Reads GBNF, the notation of llama.cpp's grammars (`grammars/README.md` there): rules, texts, character classes,
 * groups, alternatives and repetitions. References to tokens (`<think>`, `<[1000]>`) are refused: a grammar here
 * restricts text.
 *
 * It differs where llama.cpp reads something else than was written: a rule that is defined twice, a range that runs
 * backwards and `{5,2}` are errors, and repetitions above 2,000 are counted, not taken for "without end".
 */
import { ForetokenError } from '../base/errors.js';
import * as codePoints from '../grammar/code-points.js';
import { MOST_MARKS, MOST_NESTING, MOST_PARTS, MOST_REPETITIONS, MOST_RULES, MOST_TEXT } from './limits.js';
const LAST_POINT = 0x10ffff;
const ALL = [
    [0, 0xd7ff],
    [0xe000, LAST_POINT],
];
const HEX_ESCAPES = { x: 2, u: 4, U: 8 };
const ESCAPES = {
    t: '\t',
    r: '\r',
    n: '\n',
    '\\': '\\',
    '"': '"',
    '[': '[',
    ']': ']',
    '-': '-',
};
const NAME = /[a-zA-Z0-9-]+/y;
const DIGITS = /[0-9]+/y;
const BLANKS = ' \t';
const BLANKS_AND_LINES = ' \t\r\n';
/** @throws ForetokenError `invalid_grammar`, with line, column and rule */
export function parseGbnf(text) {
    return new GbnfParser(text).read();
}
class GbnfParser {
    #text;
    #at = 0;
    #depth = 0;
    #expressions = 0;
    #rule = '';
    #indices = new Map();
    #names = [];
    #bodies = [];
    /** [rule] where it is first referred to. */
    #seenAt = [];
    constructor(text) {
        this.#text = text;
    }
    read() {
        const { length } = this.#text;
        if (length > MOST_TEXT)
            this.#fail(`has ${length} characters; at most ${MOST_TEXT} are read`, 0);
        const lone = /\p{Surrogate}/u.exec(this.#text);
        if (lone)
            this.#fail('has half a character (a lone surrogate)', lone.index);
        this.#skip(BLANKS_AND_LINES);
        while (this.#at < length)
            this.#readRule();
        const root = this.#indices.get('root');
        if (root === undefined || this.#bodies[root] === undefined)
            this.#fail('has no rule "root", which says what the whole text must be');
        const bodies = this.#bodies.map((body, rule) => {
            if (body !== undefined)
                return body;
            return this.#fail(`uses the rule "${this.#names[rule]}", which is not defined`, this.#seenAt[rule]);
        });
        return { names: this.#names, bodies, root, expressions: this.#expressions };
    }
    #readRule() {
        const from = this.#at;
        const name = this.#match(NAME) ?? this.#fail(`has ${this.#here()} where a rule's name should begin`);
        this.#rule = name;
        const rule = this.#ruleOf(name, from);
        this.#skip(BLANKS);
        if (!this.#text.startsWith('::=', this.#at))
            this.#fail(`has ${this.#here()} where "::=" should stand`);
        if (this.#bodies[rule] !== undefined)
            this.#fail('defines the rule a second time', from);
        this.#at += 3;
        this.#skip(BLANKS_AND_LINES);
        this.#bodies[rule] = this.#alternatives(false);
        if (this.#at < this.#text.length && !/[\r\n]/.test(this.#text[this.#at]))
            this.#fail(`has ${this.#here()} where the rule should go on or end`);
        this.#skip(BLANKS_AND_LINES);
        this.#rule = '';
    }
    #ruleOf(name, at) {
        let rule = this.#indices.get(name);
        if (rule === undefined) {
            rule = this.#names.length;
            if (rule >= MOST_RULES)
                this.#fail(`has more than ${MOST_RULES} rules`);
            this.#indices.set(name, rule);
            this.#names.push(name);
            this.#bodies.push(undefined);
            this.#seenAt.push(at);
        }
        return rule;
    }
    #alternatives(nested) {
        const parts = [this.#sequence(nested)];
        while (this.#text[this.#at] === '|') {
            this.#at += 1;
            this.#skip(BLANKS_AND_LINES);
            parts.push(this.#sequence(nested));
        }
        return parts.length === 1 ? parts[0] : this.#make({ kind: 'choice', parts });
    }
    #sequence(nested) {
        const parts = [];
        const blanks = nested ? BLANKS_AND_LINES : BLANKS;
        for (;;) {
            let part = this.#term();
            if (part === undefined)
                break;
            this.#skip(blanks);
            for (let marks = 0;; marks++) {
                const counts = this.#repetition(blanks);
                if (counts === undefined)
                    break;
                if (marks === MOST_MARKS)
                    this.#fail(`repeats one thing by more than ${MOST_MARKS} marks in a row`);
                part = this.#repeat(part, ...counts);
            }
            const joined = parts.length > 0 ? this.#join(parts.at(-1), part) : undefined;
            if (joined === undefined)
                parts.push(part);
            else
                parts[parts.length - 1] = joined;
        }
        return parts.length === 1 ? parts[0] : this.#make({ kind: 'sequence', parts });
    }
    /** Undefined where no term begins. */
    #term() {
        const from = this.#at;
        const character = this.#text.charAt(from);
        switch (character) {
            case '"':
                return this.#literal();
            case '[':
                return this.#class();
            case '.':
                this.#at += 1;
                return this.#make({ kind: 'set', set: ALL });
            case '(':
                return this.#group();
            case '<':
            case '!':
                return this.#fail('refers to a token; only text can be asked for here, so write what it stands for');
            case '*':
            case '+':
            case '?':
            case '{':
                return this.#fail(`has "${character}" with nothing before it to repeat`);
            default: {
                const name = this.#match(NAME);
                return name === undefined ? undefined : this.#make({ kind: 'rule', rule: this.#ruleOf(name, from) });
            }
        }
    }
    #group() {
        const from = this.#at;
        this.#depth += 1;
        if (this.#depth > MOST_NESTING)
            this.#fail(`nests groups deeper than ${MOST_NESTING} levels`);
        this.#at += 1;
        this.#skip(BLANKS_AND_LINES);
        const inner = this.#alternatives(true);
        if (this.#text[this.#at] !== ')') {
            if (this.#at >= this.#text.length)
                this.#fail('has a group without an end', from);
            this.#fail(`has ${this.#here()} inside a group, where it should go on or end`);
        }
        this.#at += 1;
        this.#depth -= 1;
        return inner;
    }
    #literal() {
        const from = this.#at;
        this.#at += 1;
        const points = [];
        while (this.#text[this.#at] !== '"')
            points.push(this.#character(from, 'a text'));
        this.#at += 1;
        let text = '';
        for (const point of points)
            text += String.fromCodePoint(point);
        return this.#make({ kind: 'text', bytes: Buffer.from(text, 'utf8') });
    }
    #class() {
        const from = this.#at;
        this.#at += 1;
        const negated = this.#text[this.#at] === '^';
        if (negated)
            this.#at += 1;
        const ranges = [];
        while (this.#text[this.#at] !== ']') {
            const start = this.#at;
            const first = this.#character(from, 'a character class');
            let last = first;
            if (this.#text[this.#at] === '-' && this.#text[this.#at + 1] !== ']') {
                this.#at += 1;
                last = this.#character(from, 'a character class');
                if (last < first) {
                    const range = this.#text.slice(start, this.#at);
                    this.#fail(`has the range "${range}", which runs backwards: nothing can match it`, start);
                }
            }
            ranges.push(...characters(first, last));
        }
        this.#at += 1;
        const set = codePoints.union(ranges);
        const matched = negated ? complement(set) : set;
        if (matched.length === 0)
            this.#fail('has a character class that nothing can match', from);
        return this.#make({ kind: 'set', set: matched });
    }
    /** One code point, escaped or not, of what began at `from`. */
    #character(from, inside) {
        const start = this.#at;
        const point = this.#text.codePointAt(start);
        if (point === undefined)
            return this.#fail(`has ${inside} without an end`, from);
        this.#at += point > 0xffff ? 2 : 1;
        if (point !== 0x5c)
            return point;
        const letter = this.#text[this.#at] ?? '';
        this.#at += 1;
        const plain = ESCAPES[letter];
        if (plain !== undefined)
            return plain.charCodeAt(0);
        const digits = HEX_ESCAPES[letter];
        if (digits === undefined)
            return this.#fail(`has the escape "\\${letter}"; known are \\n \\r \\t \\\\ \\" \\[ \\] \\- \\x \\u \\U`, start);
        const hex = this.#text.slice(this.#at, this.#at + digits);
        this.#at += digits;
        if (hex.length !== digits || !/^[0-9a-fA-F]+$/.test(hex))
            this.#fail(`has an escape "\\${letter}" that needs ${digits} hexadecimal digits`, start);
        const escaped = parseInt(hex, 16);
        if (escaped > LAST_POINT || (escaped >= 0xd800 && escaped <= 0xdfff))
            this.#fail(`has the escape "\\${letter}${hex}", which is no character of Unicode`, start);
        return escaped;
    }
    #repetition(blanks) {
        const from = this.#at;
        switch (this.#text.charAt(from)) {
            case '*':
                this.#step(blanks);
                return [0, Infinity];
            case '+':
                this.#step(blanks);
                return [1, Infinity];
            case '?':
                this.#step(blanks);
                return [0, 1];
            case '{':
                break;
            default:
                return undefined;
        }
        this.#step(blanks);
        const min = this.#count(blanks);
        if (min === undefined)
            this.#fail('has a repetition without a number: {m}, {m,} or {m,n} is meant', from);
        let max = min;
        if (this.#text[this.#at] === ',') {
            this.#step(blanks);
            max = this.#count(blanks) ?? Infinity;
        }
        if (this.#text[this.#at] !== '}')
            this.#fail('has a repetition without an end: } is missing', from);
        this.#step(blanks);
        if (min > max)
            this.#fail(`repeats something {${min},${max}} times: the least is more than the most, so nothing can match`, from);
        return [min, max];
    }
    #count(blanks) {
        const from = this.#at;
        const digits = this.#match(DIGITS);
        if (digits === undefined)
            return undefined;
        const count = Number(digits);
        if (count > MOST_REPETITIONS)
            this.#fail(`repeats something ${digits.slice(0, 20)} times; at most ${MOST_REPETITIONS} are counted`, from);
        this.#skip(blanks);
        return count;
    }
    #repeat(part, min, max) {
        if (max === 0)
            return this.#make({ kind: 'sequence', parts: [] });
        return min === 1 && max === 1 ? part : this.#make({ kind: 'repeat', part, min, max });
    }
    /** `x{a,b} x{c,d}` is `x{a+c,b+d}`: a thousand optional letters in a row are one counted repetition. */
    #join(left, right) {
        if (left.kind !== 'repeat' && right.kind !== 'repeat')
            return undefined;
        const [part, min, max] = left.kind === 'repeat' ? [left.part, left.min, left.max] : [left, 1, 1];
        const [other, least, most] = right.kind === 'repeat' ? [right.part, right.min, right.max] : [right, 1, 1];
        if (!isSame(part, other))
            return undefined;
        return this.#make({ kind: 'repeat', part, min: min + least, max: max + most });
    }
    #make(expression) {
        if (this.#expressions >= MOST_PARTS)
            this.#fail(`has more than ${MOST_PARTS} parts`);
        return { ...expression, id: this.#expressions++ };
    }
    #step(blanks) {
        this.#at += 1;
        this.#skip(blanks);
    }
    #skip(blanks) {
        for (let comment = false;; this.#at++) {
            const character = this.#text[this.#at];
            if (character === undefined)
                return;
            if (comment && character !== '\r' && character !== '\n')
                continue;
            comment = character === '#';
            if (!comment && !blanks.includes(character))
                return;
        }
    }
    /** What a sticky pattern finds here, if anything, is passed over. */
    #match(pattern) {
        pattern.lastIndex = this.#at;
        const found = pattern.exec(this.#text)?.[0];
        if (found === undefined || found === '')
            return undefined;
        this.#at += found.length;
        return found;
    }
    #here() {
        const point = this.#text.codePointAt(this.#at);
        return point === undefined ? 'its end' : JSON.stringify(String.fromCodePoint(point));
    }
    #fail(what, at = this.#at) {
        const before = this.#text.slice(0, at).split(/\r\n|\r|\n/);
        const place = `line ${before.length}, column ${before.at(-1).length + 1}`;
        const rule = this.#rule === '' ? '' : `, in the rule "${this.#rule.slice(0, 60)}"`;
        throw new ForetokenError('invalid_grammar', `The grammar ${what} (${place}${rule}).`, {
            param: 'grammar',
        });
    }
}
/** The characters of a range: not the surrogates, which UTF-8 has not. */
function characters(first, last) {
    return ALL.filter(([low, high]) => first <= high && last >= low).map(([low, high]) => [
        Math.max(first, low),
        Math.min(last, high),
    ]);
}
/** In one pass, as a class may have many members. */
function complement(set) {
    const rest = [];
    let next = 0;
    for (const [first, last] of set) {
        if (first > next)
            rest.push(...characters(next, first - 1));
        next = last + 1;
    }
    if (next <= LAST_POINT)
        rest.push(...characters(next, LAST_POINT));
    return rest;
}
/** Of what is short enough to compare. */
function isSame(left, right) {
    if (left.kind === 'rule')
        return right.kind === 'rule' && left.rule === right.rule;
    if (left.kind === 'text')
        return right.kind === 'text' && left.bytes.length > 0 && Buffer.compare(left.bytes, right.bytes) === 0;
    if (left.kind !== 'set' || right.kind !== 'set' || left.set.length !== right.set.length)
        return false;
    return left.set.every(([first, last], at) => right.set[at][0] === first && right.set[at][1] === last);
}
//# sourceMappingURL=gbnf-parser.js.map