/**
 * What is wrong with a grammar as a whole, found before anything runs: a rule that begins with itself, also behind
 * parts that may be empty, would never come to its first character; a rule that no finite text satisfies leads
 * nowhere. All of it is linear in the grammar's size and goes through rules without recursion.
 */
import { ForetokenError } from '../base/errors.js';
/** @throws ForetokenError `invalid_grammar`, which names the rule */
export function analyse(rules) {
    const dependencies = new Dependencies(rules);
    const nullable = dependencies.leastFixpoint(({ kind }) => kind === 'text-empty');
    refuseLeftRecursion(rules, nullable);
    const productive = dependencies.leastFixpoint(() => true);
    if (productive[rules.bodies[rules.root].id] === 0)
        fail('leads nowhere: no finite text satisfies the rule "root"');
    return { productive, nullable };
}
class Dependencies {
    #parts;
    /** [part] those that depend on it */
    #parents;
    constructor({ bodies, expressions }) {
        const parts = new Array(expressions);
        for (const body of bodies)
            forEachExpression(body, (expression) => {
                parts[expression.id] = partOf(expression, bodies);
            });
        // Some numbers were given to expressions that were then joined with others.
        for (let id = 0; id < expressions; id++)
            parts[id] ??= { kind: 'any', children: [] };
        this.#parts = parts;
        this.#parents = Array.from({ length: expressions }, () => []);
        for (let id = 0; id < expressions; id++)
            for (const child of parts[id].children)
                this.#parents[child].push(id);
    }
    leastFixpoint(leaf) {
        const holds = new Uint8Array(this.#parts.length);
        const missing = new Int32Array(this.#parts.length);
        const open = [];
        const found = (id) => {
            if (holds[id] === 1)
                return;
            holds[id] = 1;
            open.push(id);
        };
        this.#parts.forEach((part, id) => {
            const { kind, children } = part;
            missing[id] = kind === 'all' ? children.length : 1;
            if (kind === 'always' || (kind === 'all' && children.length === 0))
                found(id);
            else if ((kind === 'text' || kind === 'text-empty') && leaf(part))
                found(id);
        });
        for (let id = open.pop(); id !== undefined; id = open.pop()) {
            for (const parent of this.#parents[id]) {
                missing[parent] -= 1;
                if (missing[parent] <= 0)
                    found(parent);
            }
        }
        return holds;
    }
}
function partOf(expression, bodies) {
    switch (expression.kind) {
        case 'text':
            return { kind: expression.bytes.length === 0 ? 'text-empty' : 'text', children: [] };
        case 'set':
            return { kind: 'text', children: [] };
        case 'rule':
            return { kind: 'any', children: [bodies[expression.rule].id] };
        case 'sequence':
            return { kind: 'all', children: expression.parts.map(({ id }) => id) };
        case 'choice':
            return { kind: 'any', children: expression.parts.map(({ id }) => id) };
        case 'repeat':
            return expression.min === 0
                ? { kind: 'always', children: [] }
                : { kind: 'any', children: [expression.part.id] };
    }
}
/** Groups are nested no deeper than the parser allows, so this may call itself. */
function forEachExpression(expression, visit) {
    visit(expression);
    if (expression.kind === 'sequence' || expression.kind === 'choice')
        for (const part of expression.parts)
            forEachExpression(part, visit);
    else if (expression.kind === 'repeat')
        forEachExpression(expression.part, visit);
}
/** The rules that may stand at the very beginning of an expression. */
function firstRules(expression, nullable, found) {
    switch (expression.kind) {
        case 'text':
        case 'set':
            return;
        case 'rule':
            found.push(expression.rule);
            return;
        case 'repeat':
            firstRules(expression.part, nullable, found);
            return;
        case 'choice':
            for (const part of expression.parts)
                firstRules(part, nullable, found);
            return;
        case 'sequence':
            for (const part of expression.parts) {
                firstRules(part, nullable, found);
                if (nullable[part.id] === 0)
                    return;
            }
    }
}
function refuseLeftRecursion({ names, bodies }, nullable) {
    const first = bodies.map((body) => {
        const found = [];
        firstRules(body, nullable, found);
        return found;
    });
    /** [rule] 0 not looked at, 1 on the path, 2 done */
    const state = new Uint8Array(bodies.length);
    const path = [];
    for (let start = 0; start < bodies.length; start++) {
        if (state[start] !== 0)
            continue;
        path.push({ rule: start, next: 0 });
        state[start] = 1;
        while (path.length > 0) {
            const top = path.at(-1);
            const rule = first[top.rule][top.next++];
            if (rule === undefined) {
                state[top.rule] = 2;
                path.pop();
            }
            else if (state[rule] === 1) {
                const from = path.findIndex((step) => step.rule === rule);
                const steps = path.slice(from).map((step) => names[step.rule]);
                const shown = steps.length > 6 ? [...steps.slice(0, 3), '…', ...steps.slice(-2)] : steps;
                fail(`refers to itself before anything is written: the rule "${names[rule]}" may begin with itself ` +
                    `(${[...shown, names[rule]].join(' -> ')}); write the repetition at the end instead`);
            }
            else if (state[rule] === 0) {
                state[rule] = 1;
                path.push({ rule, next: 0 });
            }
        }
    }
}
function fail(what) {
    throw new ForetokenError('invalid_grammar', `The grammar ${what}.`, { param: 'grammar' });
}
//# sourceMappingURL=analysis.js.map