/**
 * GBNF text to a network: parsed, checked as a whole, and compiled from the end of each rule to its beginning, so
 * that every part knows what follows it. What stands last in a rule is not called but gone on with, so that
 * repetition by recursion at the end opens nothing that would have to be closed.
 */
import { createHash } from 'node:crypto';
import { ForetokenError } from '../base/errors.js';
import { analyse } from './analysis.js';
import { parseGbnf } from './gbnf-parser.js';
import { Automaton, EXCEEDED } from './automaton.js';
import { MOST_CONFIGURATIONS, MOST_NODES, MOST_STEPS_OF_A_BYTE } from './limits.js';
import { BYTE, BYTES, CALL, FORK, Network, packNetwork, REPEAT, RETURN, } from './network.js';
import { utf8Ranges } from './utf8-ranges.js';
const LAST_ASCII = 0x7f;
/** The node that every rule ends with. */
const END = 0;
/** @throws ForetokenError `invalid_grammar` */
export function compileGbnf(text) {
    const rules = parseGbnf(text);
    const key = createHash('sha256').update(text).digest('base64');
    const compiled = packNetwork(key, new NetworkCompiler(rules, analyse(rules)).compile());
    assertStarts(compiled);
    return compiled;
}
/** Says early what a request would meet at its first token. */
function assertStarts(compiled) {
    if (new Automaton(new Network(compiled)).start !== EXCEEDED)
        return;
    throw new ForetokenError('invalid_grammar', `The grammar can begin in too many ways: more than ${MOST_CONFIGURATIONS} at once, or more than ` +
        `${MOST_STEPS_OF_A_BYTE} steps to its first character.`, { param: 'grammar' });
}
class NetworkCompiler {
    kinds = [];
    a = [];
    b = [];
    lists = [];
    start = END;
    #rules;
    #productive;
    #nullable;
    /** [rule] the node it begins with */
    #entries = new Map();
    #open = [];
    /** Classes beyond ASCII, each compiled once like a rule of its own. */
    #classes = new Map();
    constructor(rules, { productive, nullable }) {
        this.#rules = rules;
        this.#productive = productive;
        this.#nullable = nullable;
        this.#node(RETURN);
    }
    compile() {
        const start = this.#entry(this.#rules.root);
        for (let rule = this.#open.pop(); rule !== undefined; rule = this.#open.pop()) {
            const body = this.#rules.bodies[rule];
            this.#fork(this.#entries.get(rule), this.#isProductive(body) ? [this.#compile(body, END)] : []);
        }
        this.#shorten();
        this.start = this.#resolve(start);
        return this;
    }
    /** The node where `expression`, followed by what is read from `next` on, begins. */
    #compile(expression, next) {
        switch (expression.kind) {
            case 'text': {
                let node = next;
                for (let at = expression.bytes.length - 1; at >= 0; at--)
                    node = this.#node(BYTE, expression.bytes[at] * 257, node);
                return node;
            }
            case 'set':
                return this.#set(expression.set, next);
            case 'rule': {
                const entry = this.#entry(expression.rule);
                return next === END ? entry : this.#node(CALL, entry, next);
            }
            case 'sequence': {
                let node = next;
                for (let at = expression.parts.length - 1; at >= 0; at--)
                    node = this.#compile(expression.parts[at], node);
                return node;
            }
            case 'choice':
                return this.#choice(expression.parts, next);
            case 'repeat':
                // What may be empty is there as often as anybody likes.
                return this.#repeat(expression.part, this.#nullable[expression.part.id] === 1 ? 0 : expression.min, expression.max, next);
        }
    }
    #repeat(part, min, max, next) {
        if (!this.#isProductive(part))
            return next;
        if (max === 1)
            return this.#fork(this.#node(FORK), [this.#compile(part, next), next]);
        if (max === Infinity && min <= 1) {
            const again = this.#node(FORK);
            const body = this.#compile(part, again);
            this.#fork(again, [body, next]);
            return min === 0 ? again : body;
        }
        const node = this.#node(REPEAT);
        const body = this.#compile(part, END);
        this.a[node] = this.lists.length;
        this.lists.push(body, next, min, max === Infinity ? -1 : max);
        return node;
    }
    #choice(parts, next) {
        const targets = [];
        const texts = [];
        for (const part of parts) {
            if (!this.#isProductive(part))
                continue;
            if (part.kind === 'text')
                texts.push(part.bytes);
            else
                targets.push(this.#compile(part, next));
        }
        if (texts.length > 0)
            targets.push(this.#texts(texts, next));
        return targets.length === 1 ? targets[0] : this.#fork(this.#node(FORK), targets);
    }
    /**
     * Any of several texts, as the smallest graph without alternatives for one byte, so that thousands of texts are not
     * thousands of ways to read (Daciuk et al., "Incremental Construction of Minimal Acyclic Finite-State Automata",
     * 2000).
     */
    #texts(texts, next) {
        texts.sort((left, right) => Buffer.compare(left, right));
        const made = new Map();
        /** [bytes read] ranges and nodes of the latest text's path, and whether a text ends there */
        const path = [{ edges: [], ends: false }];
        const close = (depth, text) => {
            while (path.length - 1 > depth) {
                const { edges, ends } = path.pop();
                path.at(-1).edges.push(text[path.length - 1] * 257, this.#textNode(edges, ends, next, made));
            }
        };
        let last = new Uint8Array(0);
        for (const text of texts) {
            let shared = 0;
            while (shared < last.length && shared < text.length && last[shared] === text[shared])
                shared += 1;
            close(shared, last);
            while (path.length - 1 < text.length)
                path.push({ edges: [], ends: false });
            path.at(-1).ends = true;
            last = text;
        }
        close(0, last);
        return this.#textNode(path[0].edges, path[0].ends, next, made);
    }
    #textNode(edges, ends, next, made) {
        if (edges.length === 0)
            return next;
        const key = `${ends ? '' : '-'}${edges.join()}`;
        let node = made.get(key);
        if (node === undefined) {
            node = this.#bytes(edges);
            if (ends)
                node = this.#fork(this.#node(FORK), [node, next]);
            made.set(key, node);
        }
        return node;
    }
    #set(set, next) {
        if (set.at(-1)[1] <= LAST_ASCII)
            return this.#bytes(set.flatMap(([first, last]) => [first + 256 * last, next]));
        const key = set.join(';');
        let entry = this.#classes.get(key);
        if (entry === undefined) {
            entry = this.#rows(utf8Ranges(set), 0, new Map());
            this.#classes.set(key, entry);
        }
        return next === END ? entry : this.#node(CALL, entry, next);
    }
    /** Rows of byte ranges from their n-th byte on. */
    #rows(rows, at, made) {
        const key = rows.map((row) => row.slice(at).join('-')).join(';');
        const known = made.get(key);
        if (known !== undefined)
            return known;
        const edges = [];
        for (let from = 0; from < rows.length;) {
            const [first, last] = rows[from][at];
            let to = from + 1;
            while (to < rows.length && rows[to][at][0] === first && rows[to][at][1] === last)
                to += 1;
            const group = rows.slice(from, to);
            edges.push(first + 256 * last, group[0].length === at + 1 ? END : this.#rows(group, at + 1, made));
            from = to;
        }
        const node = this.#bytes(edges);
        made.set(key, node);
        return node;
    }
    /** @param edges (first + 256 * last, node) for each range */
    #bytes(edges) {
        if (edges.length === 2)
            return this.#node(BYTE, edges[0], edges[1]);
        const node = this.#node(BYTES, this.lists.length, edges.length / 2);
        this.#list(edges);
        return node;
    }
    #fork(node, targets) {
        this.kinds[node] = FORK;
        this.a[node] = this.lists.length;
        this.b[node] = targets.length;
        this.#list(targets);
        return node;
    }
    #list(entries) {
        if (this.lists.length + entries.length > 4 * MOST_NODES)
            this.#tooLarge();
        for (const entry of entries)
            this.lists.push(entry);
    }
    #node(kind, a = 0, b = 0) {
        if (this.kinds.length >= MOST_NODES)
            this.#tooLarge();
        this.a.push(a);
        this.b.push(b);
        return this.kinds.push(kind) - 1;
    }
    #tooLarge() {
        throw new ForetokenError('invalid_grammar', `The grammar is too large: its texts, classes and groups need more than ${MOST_NODES} nodes.`, { param: 'grammar' });
    }
    #entry(rule) {
        let entry = this.#entries.get(rule);
        if (entry === undefined) {
            entry = this.#node(FORK);
            this.#entries.set(rule, entry);
            this.#open.push(rule);
        }
        return entry;
    }
    #isProductive({ id }) {
        return this.#productive[id] === 1;
    }
    /** Lets every node lead past forks that have only one way to go. */
    #shorten() {
        for (const [node, kind] of this.kinds.entries()) {
            const [a, b] = [this.a[node], this.b[node]];
            if (kind === BYTE || kind === CALL)
                this.b[node] = this.#resolve(b);
            if (kind === CALL)
                this.a[node] = this.#resolve(a);
            if (kind === BYTES)
                for (let at = a + 1; at < a + 2 * b; at += 2)
                    this.#resolveAt(at);
            if (kind === FORK)
                for (let at = a; at < a + b; at++)
                    this.#resolveAt(at);
            if (kind === REPEAT)
                for (let at = a; at < a + 2; at++)
                    this.#resolveAt(at);
        }
    }
    #resolveAt(at) {
        this.lists[at] = this.#resolve(this.lists[at]);
    }
    /** Rules that lead only to each other in a circle have been refused, so this ends. */
    #resolve(from) {
        let node = from;
        while (this.kinds[node] === FORK && this.b[node] === 1)
            node = this.lists[this.a[node]];
        // What lies between leads there at once from now on: a long chain is walked only once.
        for (let at = from; at !== node;) {
            const place = this.a[at];
            at = this.lists[place];
            this.lists[place] = node;
        }
        return node;
    }
}
//# sourceMappingURL=compile.js.map