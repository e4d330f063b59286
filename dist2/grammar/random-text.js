/** Repetitions without an end are tried up to this often. */
const USUAL_REPETITIONS = 3;
/** Least number of characters of each rule's texts. */
export function leastLengths(rules) {
    const least = new Map([...rules.keys()].map((name) => [name, Infinity]));
    for (let changed = true; changed;) {
        changed = false;
        for (const [name, node] of rules) {
            const length = leastLength(node, least);
            if (length < least.get(name)) {
                least.set(name, length);
                changed = true;
            }
        }
    }
    return least;
}
function leastLength(node, least) {
    switch (node.kind) {
        case 'text':
            return node.text.length;
        case 'set':
            return 1;
        case 'rule':
            return least.get(node.name) ?? Infinity;
        case 'sequence':
            return node.nodes.reduce((sum, part) => sum + leastLength(part, least), 0);
        case 'choice':
            return Math.min(...node.nodes.map((part) => leastLength(part, least)));
        case 'repeat':
            return node.min === 0 ? 0 : node.min * leastLength(node.node, least);
    }
}
/**
 * A text that the rules allow, from `root`. Beyond about `usual` characters it takes the shortest way to the
 * end. Edges of character ranges and of counts come more often than their middle.
 *
 * @param next numbers in [0, 1)
 */
export function randomText(rules, least, next, usual = 400) {
    const below = (count) => Math.floor(next() * count);
    const written = [];
    const ahead = [{ kind: 'rule', name: 'root' }];
    for (let node = ahead.pop(); node; node = ahead.pop()) {
        const hurry = written.length > usual;
        switch (node.kind) {
            case 'text':
                written.push(node.text);
                break;
            case 'set': {
                const [first, last] = node.set[below(node.set.length)];
                const way = below(4);
                const point = way === 0 ? first : way === 1 ? last : first + below(last - first + 1);
                written.push(String.fromCodePoint(point));
                break;
            }
            case 'rule':
                ahead.push(rules.get(node.name));
                break;
            case 'sequence':
                for (const part of node.nodes.toReversed())
                    ahead.push(part);
                break;
            case 'choice': {
                const lengths = hurry ? node.nodes.map((part) => leastLength(part, least)) : undefined;
                const chosen = lengths ? lengths.indexOf(Math.min(...lengths)) : below(node.nodes.length);
                ahead.push(node.nodes[chosen]);
                break;
            }
            case 'repeat': {
                const { min } = node;
                const max = Math.min(node.max, min + (node.max === Infinity ? USUAL_REPETITIONS : 2_000));
                const way = below(4);
                const count = hurry || way === 0 ? min : way === 1 ? max : min + below(Math.min(max - min, 8) + 1);
                for (let i = 0; i < count; i++)
                    ahead.push(node.node);
                break;
            }
        }
    }
    return written.join('');
}
//# sourceMappingURL=random-text.js.map