/**
 * Random grammars and schemas through all of this folder: each is read or refused in words, and what is read is
 * followed at random, with what must hold at every step. The same seed gives the same cases.
 *
 * Judged by what shares nothing with the automaton: a recogniser over the expressions, texts that the converter's own
 * rules write, and whatever validator the caller brings.
 */
import { ForetokenError } from '../base/errors.js';
import { randomNumbers } from '../base/random.js';
import { token } from '../base/types.js';
import { jsonSchemaRules, jsonSchemaToGbnf } from '../grammar/json-schema.js';
import { SchemaMaker } from '../grammar/random-schemas.js';
import { leastLengths, randomText } from '../grammar/random-text.js';
import { compileGbnf } from './compile.js';
import { GrammarPool } from './grammar-pool.js';
import { GrammarMaker } from './random-grammars.js';
import { acceptsByOracle, TestVocabulary } from './test-support.js';
const LONGEST_WALK = 24;
const vocabulary = new TestVocabulary([
    ...[
        'ab',
        'abc',
        'bc',
        'é',
        '漢',
        '漢é',
        '😀',
        '"a',
        '":',
        '{"',
        '"}',
        'true',
        'null',
        '12',
        '  ',
        '\\n',
        ']]',
    ],
]);
const END = token(vocabulary.end);
/** @throws Error that holds the case, at the first thing that does not hold */
export function fuzzGrammars(options) {
    const report = {
        ...{ cases: 0, read: 0, refused: 0, exceeded: 0, judged: 0, slowestMs: 0, slowest: '', mostBytes: 0 },
    };
    const pool = new GrammarPool(vocabulary);
    for (let number = 0; number < options.cases; number++) {
        const next = randomNumbers(options.seed + number);
        const one = new FuzzCase(pool, report, next, options);
        const startMs = performance.now();
        try {
            one.run();
        }
        catch (error) {
            const where = `case ${options.seed + number} (${JSON.stringify(one.told)})`;
            throw new Error(`${where}: ${String(error.stack)}`, { cause: error });
        }
        let ms = performance.now() - startMs;
        if (ms > report.slowestMs) {
            // On a busy machine it may have stood still: what it takes of the processor counts.
            const again = { ...report };
            const before = process.cpuUsage();
            new FuzzCase(new GrammarPool(vocabulary), again, randomNumbers(options.seed + number), options).run();
            const { user, system } = process.cpuUsage(before);
            ms = Math.min(ms, (user + system) / 1000);
        }
        if (ms > report.slowestMs)
            Object.assign(report, { slowestMs: ms, slowest: one.told.slice(0, 500) });
        report.cases += 1;
        report.mostBytes = Math.max(report.mostBytes, pool.bytes);
        options.onCase?.(report);
    }
    return report;
}
class FuzzCase {
    /** The grammar or schema. */
    told = '';
    #pool;
    #report;
    #next;
    #maker;
    #options;
    constructor(pool, report, next, options) {
        this.#pool = pool;
        this.#report = report;
        this.#next = next;
        this.#maker = new GrammarMaker(next);
        this.#options = options;
    }
    run() {
        if (this.#next() < this.#options.schemas)
            this.#schema();
        else
            this.#gbnf(this.#next() < 0.6 ? this.#maker.grammar() : this.#maker.mutant());
    }
    #gbnf(text) {
        this.told = text;
        const matcher = this.#read('invalid_grammar', () => this.#pool.matcher(compileGbnf(text)));
        if (matcher === undefined)
            return;
        for (let walks = 0; walks < 2; walks++) {
            const written = this.#walk(matcher.clone());
            if (written === undefined)
                continue;
            const whole = written.toString('utf8');
            if (!Buffer.from(whole).equals(written))
                throw new Error(`no UTF-8: ${written.toString('hex')}`);
            this.#judge(text, matcher, whole);
            this.#judge(text, matcher, this.#maker.changed(whole));
        }
    }
    #schema() {
        const schema = new SchemaMaker(this.#next).document();
        this.told = JSON.stringify(schema);
        const rules = this.#read('invalid_schema', () => jsonSchemaRules(schema));
        if (rules === undefined)
            return;
        const matcher = this.#pool.matcher(compileGbnf(jsonSchemaToGbnf(schema)));
        const least = leastLengths(rules);
        const validate = this.#options.validate?.(schema);
        this.#walk(matcher.clone());
        for (let texts = 0; texts < 2; texts++) {
            const text = randomText(rules, least, this.#next);
            if (!accepts(matcher.clone(), text))
                throw new Error(`refuses ${JSON.stringify(text)}`);
            this.#report.judged += 1;
            const changed = this.#maker.changed(text);
            if (validate !== undefined && accepts(matcher.clone(), changed) && !validate(changed))
                throw new Error(`accepts ${JSON.stringify(changed)}`);
        }
    }
    #read(code, read) {
        try {
            const result = read();
            this.#report.read += 1;
            return result;
        }
        catch (error) {
            if (!(error instanceof ForetokenError) || error.code !== code)
                throw error;
            this.#report.refused += 1;
            return undefined;
        }
    }
    /** Writes what is allowed, at random. @returns the bytes of a whole text; undefined where it did not end */
    #walk(matcher) {
        const parts = [];
        for (let written = 0; written < LONGEST_WALK; written++) {
            const allowed = this.#allowed(matcher);
            if (matcher.fault !== undefined) {
                this.#report.exceeded += 1;
                return undefined;
            }
            // All bytes are tokens and what leads nowhere was left out: something always goes on.
            if (allowed.length === 0)
                throw new Error(`dead end after ${Buffer.concat(parts).toString('hex')}`);
            const ends = allowed.includes(END);
            if (ends && (allowed.length === 1 || this.#next() < 0.4))
                return Buffer.concat(parts);
            const others = allowed.filter((one) => one !== END);
            const chosen = others[Math.floor(this.#next() * others.length)];
            if (!matcher.allows(chosen))
                throw new Error(`token ${chosen} is masked in, and not allowed`);
            matcher.accept(chosen);
            parts.push(vocabulary.tokenBytes(chosen));
        }
        return undefined;
    }
    #allowed(matcher) {
        const few = matcher.few();
        if (few !== undefined && this.#next() < 0.8)
            return Array.from(few, token);
        const logits = new Float32Array(vocabulary.vocabularySize);
        matcher.mask(logits);
        const allowed = Array.from(logits.keys(), token).filter((one) => logits[one] === 0);
        if (matcher.fault !== undefined)
            return [];
        if (few !== undefined && few.join() !== allowed.join())
            throw new Error('the list and the mask differ');
        const tried = token(Math.floor(this.#next() * vocabulary.vocabularySize));
        if (matcher.allows(tried) !== (logits[tried] === 0))
            throw new Error(`the mask and allows() differ in token ${tried}`);
        return allowed;
    }
    #judge(gbnf, from, text) {
        if (text.length > LONGEST_WALK || /\p{Surrogate}/u.test(text))
            return;
        const matcher = from.clone();
        const accepted = accepts(matcher, text);
        if (matcher.fault !== undefined)
            return;
        this.#report.judged += 1;
        if (accepted !== acceptsByOracle(gbnf, text))
            throw new Error(`${accepted ? 'accepts' : 'refuses'} ${JSON.stringify(text)}`);
    }
}
function accepts(matcher, text) {
    for (const byte of Buffer.from(text)) {
        if (!matcher.allows(token(byte)))
            return false;
        matcher.accept(token(byte));
    }
    return matcher.allows(END);
}
//# sourceMappingURL=fuzz.js.map