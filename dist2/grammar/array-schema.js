import { choice, EMPTY, sequence, text } from './gbnf.js';
import { SPACE } from './json.js';
import { pointerInto, refuse } from './schema.js';
import { distinctItems, kindsOf } from './unique.js';
const COMMA = sequence(text(','), SPACE);
export function arrayNode(conversion, schema, place) {
    const { path, hint } = place;
    const given = (schema['prefixItems'] ?? []);
    const end = given.indexOf(false);
    const prefix = end < 0 ? given : given.slice(0, end);
    const { items } = schema;
    const open = end < 0 && (items === undefined ? prefix.length === 0 : items !== false);
    const most = Math.min((schema['maxItems'] ?? Infinity), open ? Infinity : prefix.length);
    const least = (schema['minItems'] ?? Math.min(prefix.length, most));
    if (least > most)
        refuse(path, `it needs at least ${least} items ("minItems") but may have only ${most}`);
    const list = (content) => sequence(text('['), SPACE, content, SPACE, text(']'));
    if (most === 0)
        return sequence(text('['), SPACE, text(']'));
    const itemPlace = { path: pointerInto(path, 'items'), level: place.level + 1, hint: `${hint}-item` };
    if (schema['uniqueItems'] === true && most > 1) {
        if (prefix.length > 0)
            refuse(path, '"uniqueItems" beside "prefixItems" is not supported; leave one of them out');
        const kinds = kindsOf(conversion, items ?? true, least, itemPlace);
        return list(distinctItems(conversion, kinds, least, most, place));
    }
    const fixed = prefix.slice(0, most).map((item, index) => {
        const node = conversion.node(item, {
            path: pointerInto(path, 'prefixItems', index),
            level: place.level + 1,
            hint: `${hint}-${index}`,
        });
        return index === 0 ? node : sequence(COMMA, node);
    });
    let content = EMPTY;
    if (most > prefix.length)
        content = equalItems(conversion, conversion.node(items ?? true, itemPlace), {
            least: least - prefix.length,
            most: most - prefix.length,
            first: prefix.length === 0,
            place: itemPlace,
        });
    for (const [index, item] of [...fixed.entries()].reverse()) {
        content = sequence(item, content);
        if (index >= least)
            content = conversion.grammar.named(`${hint}-rest`, choice(content, EMPTY));
        else if (index % 16 === 0)
            content = conversion.grammar.named(`${hint}-rest`, content);
    }
    return list(content);
}
function equalItems(conversion, node, { least, most, first, place }) {
    const item = conversion.place(node, place);
    const begun = first ? 1 : 0;
    const more = conversion.grammar.repeat(`${place.hint}-next`, sequence(COMMA, item), Math.max(0, least - begun), most - begun);
    if (!first)
        return more;
    return least <= 0 ? choice(EMPTY, sequence(item, more)) : sequence(item, more);
}
//# sourceMappingURL=array-schema.js.map