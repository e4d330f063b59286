import { choice, EMPTY, repeat, rule, sequence } from './gbnf.js';
import { keyOf } from './code-points.js';
/** Sets of more ranges than this get a rule, so that they are written once. */
const MOST_RANGES_INLINE = 6;
export function automatonNode(grammar, hint, automaton, 
/** How a character of a set is written. */
written) {
    return new AutomatonWriter(grammar, hint, automaton, written).write();
}
class AutomatonWriter {
    grammar;
    hint;
    automaton;
    written;
    arrivals;
    names = new Map();
    unwritten = [];
    characters = new Map();
    constructor(grammar, hint, automaton, written) {
        this.grammar = grammar;
        this.hint = hint;
        this.automaton = automaton;
        this.written = written;
        const arrivals = automaton.map(() => 0);
        arrivals[0] = 1;
        for (const { edges } of automaton)
            for (const { to } of edges)
                arrivals[to] += 1;
        this.arrivals = arrivals;
    }
    write() {
        const node = this.from(0);
        for (const at of this.unwritten)
            this.grammar.define(this.names.get(at), this.body(at));
        return node;
    }
    /** What may be written from a state on; rules for the places where ways part are left for later. */
    from(start) {
        const parts = [];
        let at = start;
        let equal;
        const flush = () => {
            if (equal)
                parts.push(this.counted(equal.edge.set, equal.count, equal.count));
            equal = undefined;
        };
        for (;;) {
            const { accepts, edges } = this.automaton[at];
            const [edge] = edges;
            if (!edge)
                break;
            if (accepts || edges.length > 1 || this.arrivals[at] > 1) {
                flush();
                parts.push(this.named(at));
                break;
            }
            if (equal && keyOf(equal.edge.set) === keyOf(edge.set))
                equal.count += 1;
            else {
                flush();
                equal = { edge, count: 1 };
            }
            at = edge.to;
        }
        flush();
        return sequence(...parts);
    }
    named(at) {
        const optional = this.optionalRun(at);
        if (optional)
            return optional;
        let name = this.names.get(at);
        if (name === undefined) {
            name = this.grammar.reserve(this.hint);
            this.names.set(at, name);
            this.unwritten.push(at);
        }
        return rule(name);
    }
    body(at) {
        const { accepts, edges } = this.automaton[at];
        const ways = edges
            .filter(({ to }) => to !== at)
            .map(({ set, to }) => sequence(this.character(set), this.from(to)));
        if (accepts)
            ways.push(EMPTY);
        const again = edges.find(({ to }) => to === at);
        const onward = ways.length === 1 ? ways[0] : choice(...ways);
        return again ? sequence(repeat(this.character(again.set), 0, Infinity), onward) : onward;
    }
    /** `x{0,n}`: states that may all end and of which each leads to the next by the same characters. */
    optionalRun(start) {
        let at = start;
        let length = 0;
        let set;
        for (;;) {
            const { accepts, edges } = this.automaton[at];
            const [edge] = edges;
            if (!accepts || edges.length > 1 || (length > 0 && this.arrivals[at] > 1))
                return undefined;
            if (!edge)
                break;
            if (set !== undefined && keyOf(set) !== keyOf(edge.set))
                return undefined;
            set = edge.set;
            length += 1;
            at = edge.to;
            if (at === start)
                return undefined;
        }
        return set && this.counted(set, 0, length);
    }
    counted(set, min, max) {
        const node = this.character(set);
        return max === 1 ? repeat(node, min, max) : this.grammar.repeat(this.hint, node, min, max);
    }
    character(set) {
        const key = keyOf(set);
        let node = this.characters.get(key);
        if (!node) {
            node = this.written(set);
            if (node.kind === 'choice' ||
                node.kind === 'sequence' ||
                (node.kind === 'set' && node.set.length > MOST_RANGES_INLINE))
                node = this.grammar.named('characters', node);
            this.characters.set(key, node);
        }
        return node;
    }
}
//# sourceMappingURL=automaton-rules.js.map