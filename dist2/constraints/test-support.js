/** For tests of grammars: vocabularies without a model, and a recogniser that shares nothing with the automaton. */
import { token } from '../base/types.js';
import { compileGbnf } from './compile.js';
import { parseGbnf } from './gbnf-parser.js';
import { GrammarPool } from './grammar-pool.js';
/** A vocabulary of all single bytes, some longer tokens, a control token and one that ends a generation. */
export class TestVocabulary {
    vocabularySize;
    end;
    control;
    #texts;
    constructor(longer = []) {
        this.#texts = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
        for (const text of longer)
            this.#texts.push(Buffer.from(text));
        this.control = this.#texts.push(new Uint8Array(0)) - 1;
        this.end = this.#texts.push(Buffer.from('</s>')) - 1;
        this.vocabularySize = this.#texts.length;
    }
    tokenBytes(id) {
        return this.#texts[id];
    }
    isEndOfGeneration(id) {
        return id === this.end;
    }
}
export const BYTES_ONLY = new TestVocabulary();
const bytesOnly = new GrammarPool(BYTES_ONLY);
let latest;
/** A matcher of a grammar over single bytes. */
export function matcherOf(gbnf, pool = bytesOnly) {
    if (latest?.gbnf !== gbnf)
        latest = { gbnf, compiled: compileGbnf(gbnf) };
    return pool.matcher(latest.compiled);
}
/** Whether the whole text satisfies the grammar, byte by byte. */
export function accepts(gbnf, text) {
    const matcher = matcherOf(gbnf);
    for (const byte of Buffer.from(text)) {
        if (!matcher.allows(token(byte)))
            return false;
        matcher.accept(token(byte));
    }
    return matcher.allows(token(BYTES_ONLY.end));
}
/** The same by backtracking over the expressions; for short texts. */
export function acceptsByOracle(gbnf, text) {
    const rules = parseGbnf(gbnf);
    const bytes = Buffer.from(text);
    return new Oracle(rules, bytes).ends(rules.bodies[rules.root], 0).has(bytes.length);
}
class Oracle {
    rules;
    bytes;
    #known = new Map();
    constructor(rules, bytes) {
        this.rules = rules;
        this.bytes = bytes;
    }
    /** Where texts that satisfy the expression and begin at `from` may end. */
    ends(expression, from) {
        const key = `${expression.id}:${from}`;
        let known = this.#known.get(key);
        if (known === undefined) {
            // While it is worked out it has no ends: only recursion without progress comes by here.
            this.#known.set(key, new Set());
            known = this.#find(expression, from);
            this.#known.set(key, known);
        }
        return known;
    }
    #find(expression, from) {
        switch (expression.kind) {
            case 'text': {
                const to = from + expression.bytes.length;
                return new Set(Buffer.compare(this.bytes.subarray(from, to), expression.bytes) === 0 ? [to] : []);
            }
            case 'set': {
                const character = /^./su.exec(this.bytes.subarray(from).toString('utf8'))?.[0];
                const point = character?.codePointAt(0) ?? -1;
                const to = from + Buffer.byteLength(character ?? '');
                const whole = to <= this.bytes.length && this.bytes.subarray(from, to).toString() === character;
                return new Set(whole && expression.set.some(([first, last]) => first <= point && point <= last) ? [to] : []);
            }
            case 'rule':
                return this.ends(this.rules.bodies[expression.rule], from);
            case 'sequence':
                return expression.parts.reduce((places, part) => this.#after(part, places), new Set([from]));
            case 'choice':
                return new Set(expression.parts.flatMap((part) => [...this.ends(part, from)]));
            case 'repeat': {
                const found = new Set();
                let places = new Set([from]);
                // Empty iterations aside, there are no more than bytes left; after that many nothing new comes.
                const most = Math.min(expression.max, expression.min + this.bytes.length + 1);
                for (let times = 0; times <= most && places.size > 0; times++) {
                    if (times >= expression.min)
                        for (const place of places)
                            found.add(place);
                    places = this.#after(expression.part, places);
                }
                return found;
            }
        }
    }
    #after(part, places) {
        return new Set([...places].flatMap((place) => [...this.ends(part, place)]));
    }
}
//# sourceMappingURL=test-support.js.map