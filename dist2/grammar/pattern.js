/**
 * Patterns of a schema (ECMAScript regular expressions, read as with the `u` flag) as expressions of `regex.ts`.
 *
 * An end that is not anchored may be preceded or followed by anything. Anchors are characters of their own, so
 * they may stand anywhere; look-ahead outside groups is an intersection with what follows. Look-behind,
 * back-references and word boundaries are refused.
 */
import { AutomatonFault } from './budget.js';
import * as codePoints from './code-points.js';
import { END, START } from './regex.js';
import { propertySet } from './unicode.js';
const MOST_CHARACTERS = 32_768;
const MOST_GROUPS_DEEP = 32;
/** After equal neighbours were joined: a sequence is followed as deep as it has parts that may be empty. */
const MOST_PARTS = 2_000;
/** What looking up the characters of a Unicode property takes beside the other work: about 50 ms. */
const STEPS_OF_PROPERTY = 300_000;
const MOST_REPETITIONS = 100_000;
const DIGITS = codePoints.range('0', '9');
const WORD = codePoints.union(DIGITS, codePoints.range('a', 'z'), codePoints.range('A', 'Z'), codePoints.of('_'));
const BLANK = codePoints.of('\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff');
const NOT_DOT = codePoints.of('\n\r\u2028\u2029');
const CLASS_ESCAPES = new Map([
    ['d', DIGITS],
    ['D', codePoints.complement(DIGITS)],
    ['w', WORD],
    ['W', codePoints.complement(WORD)],
    ['s', BLANK],
    ['S', codePoints.complement(BLANK)],
]);
const CONTROL_ESCAPES = new Map([
    ['t', '\t'],
    ['n', '\n'],
    ['r', '\r'],
    ['f', '\f'],
    ['v', '\v'],
    ['0', '\0'],
]);
/** Why a pattern cannot be used, in words that follow "the pattern". */
export class PatternFault extends AutomatonFault {
}
/**
 * The texts in which a pattern is found, each between `START` and `END`; with `whole`, only those of which the
 * match is all.
 *
 * @throws PatternFault
 */
export function patternRegex(regexes, pattern, whole = false) {
    if (pattern.length > MOST_CHARACTERS)
        throw new PatternFault(`is longer than ${MOST_CHARACTERS} characters`);
    try {
        new RegExp(pattern, 'u');
    }
    catch (error) {
        // Escapes such as `\-` are valid only without the u flag, and common.
        try {
            new RegExp(pattern);
        }
        catch {
            throw new PatternFault(`is no regular expression (${error.message.slice(0, 200)})`);
        }
    }
    return new PatternReader(regexes, pattern, whole).read();
}
class PatternReader {
    regexes;
    whole;
    characters;
    at = 0;
    depth = 0;
    /** Anchors and look-ahead of this alternative so far; not all orders of them can be told by marks at the ends. */
    seen = { ahead: false, end: false, anchors: 0 };
    inAhead = false;
    start;
    end;
    constructor(regexes, pattern, whole) {
        this.regexes = regexes;
        this.whole = whole;
        this.characters = Array.from(pattern);
        this.start = regexes.set([[START, START]]);
        this.end = regexes.set([[END, END]]);
    }
    read() {
        const { regexes, start, end } = this;
        const anything = this.whole ? regexes.empty : regexes.anyText;
        const [before, after] = [regexes.concat(start, anything), regexes.concat(anything, end)];
        const alternatives = [];
        do {
            this.seen = { ahead: false, end: false, anchors: 0 };
            const terms = this.terms();
            const [opens, closes] = [terms[0]?.regex === start, terms.at(-1)?.regex === end];
            if (this.seen.anchors === Number(opens) + Number(closes)) {
                const middle = this.joined(terms, closes ? regexes.empty : after);
                alternatives.push(opens ? middle : regexes.concat(before, middle));
                continue;
            }
            // With anchors elsewhere, a match that has one stands at that end, and one that has not has it around.
            const [left, right] = [regexes.or([regexes.empty, before]), regexes.or([regexes.empty, after])];
            const texts = regexes.concat(start, regexes.concat(regexes.anyText, end));
            alternatives.push(regexes.and([regexes.concat(left, this.joined(terms, right)), texts]));
        } while (this.eat('|'));
        if (this.peek() !== undefined)
            throw new PatternFault('closes a group that was not opened');
        return regexes.or(alternatives);
    }
    peek() {
        return this.characters[this.at];
    }
    eat(expected) {
        if (this.peek() !== expected)
            return false;
        this.at += 1;
        return true;
    }
    next() {
        const character = this.characters[this.at++];
        if (character === undefined)
            throw new PatternFault('ends too early');
        return character;
    }
    /** Up to `|`, `)` or the end. */
    terms() {
        const terms = [];
        for (;;) {
            const character = this.peek();
            if (character === undefined || character === '|' || character === ')')
                break;
            const term = this.term();
            const previous = terms.at(-1);
            // `x?x?x?` is x{0,3}: as one part it is one small node.
            if (previous && previous.regex === term.regex && !previous.ahead && !term.ahead) {
                if (term.regex === this.start || term.regex === this.end)
                    continue;
                terms[terms.length - 1] = {
                    regex: term.regex,
                    min: previous.min + term.min,
                    max: previous.max + term.max,
                };
            }
            else
                terms.push(term);
        }
        if (terms.length > MOST_PARTS)
            throw new PatternFault(`has more than ${MOST_PARTS} parts in a row`);
        return terms;
    }
    joined(terms, after) {
        return terms.reduceRight((rest, { regex, min, max, ahead }) => {
            if (!ahead)
                return this.regexes.concat(this.regexes.repeat(regex, min, max), rest);
            const begins = this.regexes.concat(regex, this.regexes.everything);
            return this.regexes.and([ahead === 'must' ? begins : this.regexes.not(begins), rest]);
        }, after);
    }
    term() {
        const character = this.next();
        if (character === '(')
            return this.group();
        return this.quantified(this.atom(character));
    }
    atom(character) {
        if (character === '^') {
            if (this.inAhead || this.seen.ahead)
                throw new PatternFault('has "^" inside or after a look-ahead, which is not supported');
            this.seen.anchors += 1;
            return this.start;
        }
        if (character === '$') {
            if (!this.inAhead) {
                this.seen.end = true;
                this.seen.anchors += 1;
            }
            return this.end;
        }
        if (character === '[')
            return this.regexes.set(this.characterClass());
        if (character === '.')
            return this.regexes.set(codePoints.complement(NOT_DOT));
        if (character !== '\\')
            return this.regexes.set(codePoints.of(character));
        const escaped = this.escape();
        return this.regexes.set(typeof escaped === 'string' ? codePoints.of(escaped) : escaped);
    }
    group() {
        let ahead;
        if (this.eat('?')) {
            if (this.eat('<')) {
                if (this.peek() === '=' || this.peek() === '!')
                    throw new PatternFault('uses look-behind ("(?<="), which is not supported');
                while (this.next() !== '>')
                    ;
            }
            else if (this.eat('='))
                ahead = 'must';
            else if (this.eat('!'))
                ahead = 'must not';
            else if (!this.eat(':'))
                throw new PatternFault('uses flags in a group ("(?i:"), which are not supported');
        }
        if (ahead && this.depth > 0)
            throw new PatternFault('uses look-ahead inside a group, which is not supported; outside of groups it works');
        if (ahead && this.seen.end)
            throw new PatternFault('has look-ahead after "$", which is not supported');
        if (ahead)
            this.seen.ahead = this.inAhead = true;
        this.depth += 1;
        if (this.depth > MOST_GROUPS_DEEP)
            throw new PatternFault(`nests more than ${MOST_GROUPS_DEEP} groups`);
        const alternatives = [];
        do
            alternatives.push(this.joined(this.terms(), this.regexes.empty));
        while (this.eat('|'));
        if (!this.eat(')'))
            throw new PatternFault('has a group without an end');
        this.depth -= 1;
        const regex = this.regexes.or(alternatives);
        if (!ahead)
            return this.quantified(regex);
        this.inAhead = false;
        if (this.quantifier())
            throw new PatternFault('repeats a look-ahead, which is not supported');
        return { regex, min: 1, max: 1, ahead };
    }
    quantified(regex) {
        const counts = this.quantifier();
        if (!counts)
            return { regex, min: 1, max: 1 };
        this.eat('?'); // Lazy or greedy, the texts that match are the same.
        const [min, max] = counts;
        if (min > MOST_REPETITIONS || (max > MOST_REPETITIONS && max !== Infinity))
            throw new PatternFault(`repeats something ${max === Infinity ? min : max} times; at most ${MOST_REPETITIONS} can be counted`);
        return { regex, min, max };
    }
    quantifier() {
        if (this.eat('*'))
            return [0, Infinity];
        if (this.eat('+'))
            return [1, Infinity];
        if (this.eat('?'))
            return [0, 1];
        if (this.peek() !== '{')
            return undefined;
        const counts = /^\{(\d+)(,(\d*))?\}/.exec(this.characters.slice(this.at, this.at + 24).join(''));
        if (!counts)
            return undefined;
        this.at += counts[0].length;
        const min = Number(counts[1]);
        return [min, counts[2] === undefined ? min : counts[3] ? Number(counts[3]) : Infinity];
    }
    characterClass() {
        const negated = this.eat('^');
        const sets = [];
        while (!this.eat(']')) {
            const from = this.classMember();
            if (this.peek() === '-' && this.characters[this.at + 1] !== ']') {
                this.at += 1;
                const to = this.classMember();
                if (typeof from !== 'string' || typeof to !== 'string')
                    throw new PatternFault('has a range between character classes, such as [\\w-z]');
                sets.push(codePoints.range(from, to));
            }
            else
                sets.push(typeof from === 'string' ? codePoints.of(from) : from);
        }
        const set = codePoints.intersect(codePoints.union(...sets), codePoints.ALL);
        return negated ? codePoints.complement(set) : set;
    }
    classMember() {
        const character = this.next();
        if (character !== '\\')
            return character;
        return this.eat('b') ? '\b' : this.escape();
    }
    /** What follows a backslash: one character, or a class of them. */
    escape() {
        const letter = this.next();
        const set = CLASS_ESCAPES.get(letter);
        if (set)
            return set;
        const control = CONTROL_ESCAPES.get(letter);
        if (control !== undefined)
            return control;
        if (letter === 'p' || letter === 'P')
            return this.property(letter === 'P');
        if (letter === 'x')
            return this.codePoint(2);
        if (letter === 'u')
            return this.unicodeEscape();
        if (letter === 'c' && /^[a-zA-Z]$/.test(this.peek() ?? ''))
            return String.fromCharCode(this.next().charCodeAt(0) % 32);
        if (/[a-zA-Z1-9]/.test(letter))
            throw new PatternFault(`uses \\${letter}; supported are \\d \\w \\s \\p, their opposites, \\t \\n \\r \\f \\v \\x \\u and escaped punctuation`);
        return letter;
    }
    property(negated) {
        const end = this.characters.indexOf('}', this.at);
        const name = this.eat('{') && end > 0 ? this.characters.slice(this.at, end).join('') : '';
        this.regexes.budget.spendOnce(`property ${name}`, STEPS_OF_PROPERTY);
        const set = propertySet(name);
        if (!set)
            throw new PatternFault(`uses \\p{${name.slice(0, 80)}}, which is no Unicode property`);
        this.at = end + 1;
        return negated ? codePoints.complement(set) : set;
    }
    unicodeEscape() {
        if (this.eat('{')) {
            const end = this.characters.indexOf('}', this.at);
            const character = this.codePoint(end - this.at);
            this.at += 1;
            return character;
        }
        // Two escapes of halves are one character.
        const pair = /^d[89ab][\da-f]{2}\\u(d[c-f][\da-f]{2})/i.exec(this.characters.slice(this.at, this.at + 10).join(''));
        if (!pair)
            return this.codePoint(4);
        const high = parseInt(pair[0].slice(0, 4), 16);
        this.at += 10;
        return String.fromCharCode(high, parseInt(pair[1], 16));
    }
    codePoint(digits) {
        const text = this.characters.slice(this.at, this.at + digits).join('');
        const value = /^[0-9a-fA-F]{1,6}$/.test(text) ? parseInt(text, 16) : -1;
        if (text.length !== digits || value < 0 || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
            throw new PatternFault('has an escape that is no whole Unicode character');
        this.at += digits;
        return String.fromCodePoint(value);
    }
}
//# sourceMappingURL=pattern.js.map