export const text = (value) => ({ kind: 'text', text: value });
export const oneOf = (set) => ({ kind: 'set', set });
export const rule = (name) => ({ kind: 'rule', name });
export const sequence = (...nodes) => {
    const flat = nodes.flatMap((node) => (node.kind === 'sequence' ? node.nodes : [node]));
    return flat.length === 1 ? flat[0] : { kind: 'sequence', nodes: flat };
};
export const choice = (...nodes) => {
    const flat = nodes.flatMap((node) => (node.kind === 'choice' ? node.nodes : [node]));
    return flat.length === 1 ? flat[0] : { kind: 'choice', nodes: flat };
};
export const EMPTY = sequence();
export const optional = (node) => ({ kind: 'repeat', node, min: 0, max: 1 });
/** For single characters and rules; anything larger goes through `GbnfGrammar.repeat`. */
export const repeat = (node, min, max) => max === 0 ? EMPTY : min === 1 && max === 1 ? node : { kind: 'repeat', node, min, max };
/** The native parser expands `x{m,n}` into n rules, and reads a larger n as "without end". */
const MOST_REPETITIONS_OF_ONE = 2_000;
const BLOCK = 1_000;
const MOST_REPETITIONS = 100_000;
/** All expansions together: about 100 bytes and 0.2 µs each, every time a request is given its grammar. */
const MOST_EXPANSIONS = 50_000;
const MOST_RULES = 20_000;
/** What a grammar's text may take. */
const MOST_CHARACTERS = 2_000_000;
/** What is wrong with a grammar, and the rule where it shows. */
export class GrammarFault extends Error {
    rule;
    constructor(message, ruleName) {
        super(message);
        this.rule = ruleName;
    }
}
export class GbnfGrammar {
    rules = new Map();
    /** Names that `reserve` does not give away. */
    taken;
    nameByContent = new Map();
    /** The next number to try for names of one beginning. */
    nextNumber = new Map();
    expansions = 0;
    constructor(taken) {
        this.taken = new Set(taken);
    }
    /** A free rule name like `hint`, to be given its content by `define`. */
    reserve(hint) {
        const base = hint.replace(/[^a-zA-Z0-9-]+/g, '-').slice(0, 40) || 'rule';
        let name = base;
        let number = this.nextNumber.get(base) ?? 2;
        while (this.rules.has(name) || this.taken.has(name))
            name = `${base}-${number++}`;
        this.nextNumber.set(base, number);
        this.define(name, EMPTY);
        return name;
    }
    define(name, node) {
        this.rules.set(name, node);
        if (this.rules.size > MOST_RULES)
            throw new GrammarFault(`it needs more than ${MOST_RULES} rules`, name);
    }
    has(name) {
        return this.rules.has(name);
    }
    /** Makes a rule of a node, or finds the one that has the same content. */
    named(hint, node) {
        if (node.kind === 'rule')
            return node;
        const content = renderNode(node);
        const known = this.nameByContent.get(content);
        if (known !== undefined)
            return rule(known);
        const name = this.reserve(hint);
        this.define(name, node);
        this.nameByContent.set(content, name);
        return rule(name);
    }
    /** `node` from `min` to `max` times; `max` may be Infinity. */
    repeat(hint, node, min, max) {
        if (max === 0)
            return EMPTY;
        if (min > MOST_REPETITIONS || (max > MOST_REPETITIONS && max !== Infinity))
            throw new GrammarFault(`it repeats something up to ${max === Infinity ? min : max} times; at most ${MOST_REPETITIONS} can be counted`, hint);
        const single = node.kind === 'set' ? node : this.named(hint, node);
        if (min <= MOST_REPETITIONS_OF_ONE && (max <= MOST_REPETITIONS_OF_ONE || max === Infinity)) {
            return this.counted(hint, single, min, max);
        }
        const block = this.named(`${hint}-block`, this.counted(hint, single, BLOCK, BLOCK));
        const parts = [];
        for (let left = min; left > 0; left -= BLOCK)
            parts.push(left >= BLOCK ? block : this.counted(hint, single, left, left));
        if (max === Infinity)
            return sequence(...parts, repeat(single, 0, Infinity));
        // Of the optional rest, either less than a block is left to come, or a whole block and then the rest.
        let rest = this.counted(hint, single, 0, (max - min) % BLOCK);
        const partOfBlock = this.named(`${hint}-part`, this.counted(hint, single, 0, BLOCK - 1));
        for (let left = max - min; left >= BLOCK; left -= BLOCK) {
            this.count(2, hint);
            rest = this.named(`${hint}-rest`, choice(sequence(block, rest), partOfBlock));
        }
        return sequence(...parts, rest);
    }
    counted(hint, node, min, max) {
        if (max > 1) {
            const content = renderNode(repeat(node, min, max));
            const known = this.nameByContent.get(content);
            if (known !== undefined)
                return rule(known);
            this.count(max === Infinity ? min : max, hint);
            if (max > 8 && max !== Infinity)
                return this.named(`${hint}-${min === max ? min : `${min}-${max}`}`, repeat(node, min, max));
        }
        return repeat(node, min, max);
    }
    count(expansions, hint) {
        this.expansions += expansions;
        if (this.expansions > MOST_EXPANSIONS)
            throw new GrammarFault(`its repetitions (minLength, maxLength, minItems, maxItems, pattern quantifiers) add up to more than ${MOST_EXPANSIONS}`, hint);
    }
    /** The grammar itself. @throws GrammarFault */
    checked() {
        this.check();
        return this.rules;
    }
    /** The text of the grammar; `root` first. @throws GrammarFault */
    render() {
        this.check();
        const names = ['root', ...[...this.rules.keys()].filter((name) => name !== 'root')];
        const lines = [];
        let characters = 0;
        for (const name of names) {
            const line = `${name} ::= ${renderNode(this.rules.get(name)) || '""'}\n`;
            characters += line.length;
            if (characters > MOST_CHARACTERS)
                throw new GrammarFault(`its grammar is longer than ${MOST_CHARACTERS} characters`, name);
            lines.push(line);
        }
        return lines.join('');
    }
    check() {
        const finite = this.namesWhere(finiteNode);
        for (const name of this.rules.keys())
            if (!finite.has(name))
                throw new GrammarFault('it refers to itself without an end', name);
        const nullable = this.namesWhere(nullableNode);
        for (const [name, node] of this.rules)
            if (repeatsEmptiness(node, nullable))
                throw new GrammarFault('it repeats, without a limit, something that may be empty', name);
        const circle = this.leftRecursive(nullable);
        if (circle !== undefined)
            throw new GrammarFault('it refers to itself before anything is written', circle);
    }
    /** A rule that may begin with itself. Without recursion: chains of rules may be long. */
    leftRecursive(nullable) {
        const state = new Map();
        for (const start of this.rules.keys()) {
            const path = [];
            const enter = (name) => {
                state.set(name, 'open');
                path.push({ name, ahead: firstRules(this.rules.get(name), nullable) });
            };
            if (!state.has(start))
                enter(start);
            while (path.length > 0) {
                const { name, ahead } = path.at(-1);
                const next = ahead.pop();
                if (next === undefined) {
                    state.set(name, 'done');
                    path.pop();
                }
                else if (state.get(next) === 'open')
                    return next;
                else if (!state.has(next))
                    enter(next);
            }
        }
        return undefined;
    }
    /**
     * Least fixed point: the rules of which a property holds, given the rules of which it holds already. Each
     * rule is looked at again when one that it names has joined.
     */
    namesWhere(property) {
        const users = new Map();
        for (const [name, node] of this.rules)
            for (const used of namedIn(node)) {
                const present = users.get(used);
                if (present)
                    present.add(name);
                else
                    users.set(used, new Set([name]));
            }
        const known = new Set();
        const queue = [...this.rules.keys()];
        for (const name of queue) {
            if (known.has(name) || !property(this.rules.get(name), known))
                continue;
            known.add(name);
            for (const user of users.get(name) ?? [])
                if (!known.has(user))
                    queue.push(user);
        }
        return known;
    }
}
function namedIn(node) {
    if (node.kind === 'rule')
        return [node.name];
    if (node.kind === 'sequence' || node.kind === 'choice')
        return node.nodes.flatMap(namedIn);
    return node.kind === 'repeat' ? namedIn(node.node) : [];
}
/** True when some finite text satisfies the node. */
function finiteNode(node, known) {
    switch (node.kind) {
        case 'text':
        case 'set':
            return true;
        case 'rule':
            return known.has(node.name);
        case 'sequence':
            return node.nodes.every((part) => finiteNode(part, known));
        case 'choice':
            return node.nodes.some((part) => finiteNode(part, known));
        case 'repeat':
            return node.min === 0 || finiteNode(node.node, known);
    }
}
/** True when the empty text satisfies the node. */
function nullableNode(node, known) {
    switch (node.kind) {
        case 'text':
            return node.text === '';
        case 'set':
            return false;
        case 'rule':
            return known.has(node.name);
        case 'sequence':
            return node.nodes.every((part) => nullableNode(part, known));
        case 'choice':
            return node.nodes.some((part) => nullableNode(part, known));
        case 'repeat':
            return node.min === 0 || nullableNode(node.node, known);
    }
}
/** The native parser turns `x*` into a rule that begins with x; with an empty x that rule begins with itself. */
function repeatsEmptiness(node, nullable) {
    if (node.kind === 'sequence' || node.kind === 'choice')
        return node.nodes.some((part) => repeatsEmptiness(part, nullable));
    if (node.kind !== 'repeat')
        return false;
    return ((node.max === Infinity && nullableNode(node.node, nullable)) || repeatsEmptiness(node.node, nullable));
}
/** The rules that may stand at the very beginning of a node. */
function firstRules(node, nullable) {
    switch (node.kind) {
        case 'text':
        case 'set':
            return [];
        case 'rule':
            return [node.name];
        case 'choice':
            return node.nodes.flatMap((part) => firstRules(part, nullable));
        case 'repeat':
            return firstRules(node.node, nullable);
        case 'sequence': {
            const found = [];
            for (const part of node.nodes) {
                found.push(...firstRules(part, nullable));
                if (!nullableNode(part, nullable))
                    break;
            }
            return found;
        }
    }
}
function renderNode(node, inside = 'rule') {
    switch (node.kind) {
        case 'text':
            return inside === 'repeat' && Array.from(node.text).length !== 1
                ? `("${escapeText(node.text)}")`
                : `"${escapeText(node.text)}"`;
        case 'set':
            return `[${node.set.map(([first, last]) => renderRange(first, last)).join('')}]`;
        case 'rule':
            return node.name;
        case 'sequence': {
            const parts = joinTexts(node.nodes).map((part) => renderNode(part, 'sequence'));
            return inside === 'repeat' ? `(${parts.join(' ')})` : parts.join(' ');
        }
        case 'choice': {
            // The empty alternative goes first: after a `|` at a line's end the native parser reads on into the next rule.
            const parts = node.nodes
                .map((part) => renderNode(part, 'sequence'))
                .sort((a, b) => Number(b === '') - Number(a === ''));
            return inside === 'rule' ? parts.join(' | ') : `(${parts.join(' | ')})`;
        }
        case 'repeat': {
            const inner = renderNode(node.node, 'repeat');
            return (node.node.kind === 'repeat' ? `(${inner})` : inner) + renderCount(node.min, node.max);
        }
    }
}
function renderCount(min, max) {
    if (min === 0 && max === 1)
        return '?';
    if (max === Infinity)
        return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
    return min === max ? `{${min}}` : `{${min},${max}}`;
}
function joinTexts(nodes) {
    const joined = [];
    for (const node of nodes) {
        const previous = joined.at(-1);
        if (node.kind === 'text' && previous?.kind === 'text')
            joined[joined.length - 1] = text(previous.text + node.text);
        else if (!(node.kind === 'text' && node.text === ''))
            joined.push(node);
    }
    return joined;
}
const hex = (point, digits) => point.toString(16).toUpperCase().padStart(digits, '0');
function escapePoint(point, special) {
    if (special.includes(String.fromCodePoint(point)))
        return `\\${String.fromCodePoint(point)}`;
    if (point < 0x20 || point === 0x7f || point === 0x5e)
        return `\\x${hex(point, 2)}`;
    if (point < 0x7f)
        return String.fromCodePoint(point);
    return point <= 0xffff ? `\\u${hex(point, 4)}` : `\\U${hex(point, 8)}`;
}
const escapeText = (value) => Array.from(value, (character) => escapePoint(character.codePointAt(0), '"\\')).join('');
function renderRange(first, last) {
    const from = escapePoint(first, '[]-\\');
    if (first === last)
        return from;
    return `${from}${last === first + 1 ? '' : '-'}${escapePoint(last, '[]-\\')}`;
}
//# sourceMappingURL=gbnf.js.map