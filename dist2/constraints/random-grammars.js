/** Random GBNF, for fuzzing: grammars that parse, grammars that hardly do, and texts that once were grammars. */
/** Grammars to begin from: all of the notation, and what was once too much for a server. */
const CORPUS = [
    'root ::= "yes" | "no"',
    'root ::= [a-z]+ " " [0-9]{1,3}\n',
    'root ::= e root "a" | "b"\ne ::= "x"?',
    'root ::= "a"{5,2}',
    'root ::= [z-a]',
    'root ::= ((((((("a")))))))',
    'root ::= [^"\\\\\\x00-\\x1f]* "\\"" | "\\u00e9\\U0001F600\\n"',
    'root ::= item ("," item){0,9}\nitem ::= "{" [a-f]{2,4} "}" # comment\n',
    'root ::= "[" (root ("," root)*)? "]"',
    'root ::= a b c\na ::= "x" a | \nb ::= ("y" b)?\nc ::= [é-漢]{2,}',
    'root ::= ("a"? "b"?){0,200} ([a-c]{0,50}){0,50} "!"',
    'root ::= "a" dead | .\ndead ::= "x" dead',
    'root ::= <think> !<[5]>',
];
const LETTERS = ['a', 'b', 'c', 'é', '漢', '😀', '"', '\\', '\n', ']', '-'];
const COUNTS = [0, 1, 2, 3, 5, 17, 100, 2000];
/** What mutations write. */
const PIECES = [
    ...['"', '[', ']', '(', ')', '{', '}', '|', '*', '+', '?', '.', '^', '-', '\\', '::=', '\n', ' ', '#', ','],
    ...['root', 'a', 'b', '0', '9', '{0,2000}', '{3}', '\\x', '\\u00e9', '<', '!', 'é', '😀', '\0', '\ud800'],
    ...['\n\nroot ::= ', '| |', '(root)?', '(((((', ')))))', '[^', '""', '[\\x00-\\U0010FFFF]', '\r\n'],
];
export class GrammarMaker {
    #next;
    /** Rules of the grammar that is made. */
    #rules = 0;
    /** @param next numbers in [0, 1) */
    constructor(next) {
        this.#next = next;
    }
    /** Valid, or nearly always so but for left recursion and rules that lead nowhere. */
    grammar() {
        this.#rules = 1 + this.#below(5);
        let text = '';
        for (let rule = 0; rule < this.#rules; rule++)
            text += `${rule === 0 ? 'root' : `r${rule}`} ::= ${this.#alternatives(3)}\n`;
        return text;
    }
    /** A grammar with some of it exchanged, left out or doubled. */
    mutant() {
        let text = this.#next() < 0.5 ? this.#oneOf(CORPUS) : this.grammar();
        for (let left = 1 + this.#below(6); left > 0; left--) {
            const at = this.#below(text.length + 1);
            const to = at + this.#below(this.#next() < 0.8 ? 4 : 40);
            const middle = [
                () => '',
                () => this.#oneOf(PIECES),
                () => text.slice(at, to) + text.slice(at, to),
                () => this.#oneOf(CORPUS).slice(0, this.#below(30)),
                () => text.slice(this.#below(text.length + 1)).slice(0, this.#below(20)),
                () => this.#oneOf(PIECES).repeat(1 + this.#below(60)),
            ];
            text = text.slice(0, at) + this.#oneOf(middle)() + text.slice(to);
            if (text.length > 4000)
                text = text.slice(0, 4000);
        }
        return text;
    }
    /** A text with one place changed. */
    changed(text) {
        const points = Array.from(text);
        const at = this.#below(points.length + 1);
        const letter = this.#next() < 0.5 ? this.#oneOf(LETTERS) : (points[this.#below(points.length)] ?? 'a');
        points.splice(at, this.#below(2), ...(this.#next() < 0.7 ? [letter] : []));
        return points.join('');
    }
    #alternatives(level) {
        const parts = Array.from({ length: 1 + this.#below(3) }, () => this.#sequence(level));
        return parts.join(' | ');
    }
    #sequence(level) {
        const parts = Array.from({ length: this.#next() < 0.05 ? 0 : 1 + this.#below(3) }, () => {
            const term = this.#term(level);
            return this.#next() < 0.35 ? term + this.#marks() : term;
        });
        return parts.join(' ');
    }
    #term(level) {
        const kind = this.#next();
        if (level > 0 && kind < 0.2)
            return `(${this.#alternatives(level - 1)})`;
        if (kind < 0.35)
            return this.#rule();
        if (kind < 0.4)
            return '.';
        if (kind < 0.65)
            return this.#class();
        return `"${Array.from({ length: this.#below(4) }, () => this.#letter('"\\')).join('')}"`;
    }
    #rule() {
        // Mostly a later one, so that left recursion is not all there is.
        const rule = this.#next() < 0.8 ? this.#rules - 1 - this.#below(2) : this.#below(this.#rules);
        return rule <= 0 ? (this.#next() < 0.2 ? 'root' : '"z"') : `r${rule}`;
    }
    #class() {
        const members = Array.from({ length: 1 + this.#below(3) }, () => {
            const letter = this.#oneOf(LETTERS);
            if (this.#next() > 0.4)
                return this.#written(letter, '[]-\\');
            const first = letter.codePointAt(0);
            const last = Math.min(0x10ffff, first + this.#below(this.#next() < 0.8 ? 8 : 0x9000));
            const inSurrogates = last >= 0xd800 && last <= 0xdfff;
            const end = String.fromCodePoint(inSurrogates ? 0xe000 : last);
            return `${this.#written(letter, '[]-\\')}-${this.#written(end, '[]-\\')}`;
        });
        // A caret in front would turn the class round.
        return `[${this.#next() < 0.2 ? '^' : ''}${members.join('').replace(/^\^/, '\\x5e')}]`;
    }
    #marks() {
        const kind = this.#next();
        if (kind < 0.6)
            return this.#oneOf(['*', '+', '?']);
        const least = this.#oneOf(COUNTS);
        if (kind < 0.7)
            return `{${least}}`;
        return kind < 0.8 ? `{${least},}` : `{${least},${least + this.#oneOf(COUNTS)}}`;
    }
    #letter(special) {
        return this.#written(this.#oneOf(LETTERS), special);
    }
    #written(letter, special) {
        if (letter === '\n')
            return '\\n';
        if (special.includes(letter) && letter !== '')
            return `\\${letter}`;
        return letter;
    }
    #below(limit) {
        return Math.floor(this.#next() * limit);
    }
    #oneOf(items) {
        return items[this.#below(items.length)];
    }
}
//# sourceMappingURL=random-grammars.js.map