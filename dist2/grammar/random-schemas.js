/**
 * Random JSON schemas, for tests of the converter: every keyword that it takes, nested, alone and together, as
 * pydantic, zod and OpenAPI write them. Many allow nothing and are refused; a grammar that comes of the others
 * must write only what is valid.
 */
const NAMES = ['a', 'b', 'id', 'name', 'x-1', 'über', '__proto__', 'constructor', 'a b', 'toString', '"q"'];
const FORMATS = [
    ...['date', 'time', 'date-time', 'duration', 'uuid', 'email', 'hostname', 'ipv4', 'ipv6', 'uri', 'url'],
    ...[
        'uri-reference',
        'json-pointer',
        'relative-json-pointer',
        'regex',
        'byte',
        'password',
        'binary',
        'path',
    ],
    ...['int32', 'float', 'constructor', '__proto__', 'phone', 'idn-email', 'uuid4', 'iso-time'],
];
const PATTERNS = [
    '^[A-Z]{2}\\d+$',
    '^\\p{L}+$',
    '^[a-z]{1,3}$',
    'ab+|^c$',
    '^(?:a|bc){2,3}.$',
    '^(?!\\.)(?!.*\\.\\.)[a-z.]{1,12}$',
    '^(?=.*\\d)(?=.*[a-z])[a-z\\d]{4,8}$',
    '^[^a-z"]?[\\s"\\\\]\\S$',
    '\\d',
    'x',
    '^x-',
    '(^|,)y(,|$)',
    '^(?<year>\\d{4})-(?<month>\\d\\d)$',
    '^[\\w.-]+@[\\w-]+$',
    '^\\u{1F600}|\\uD83D\\uDE01$',
    '^.{0,5}$',
    '^$|^[01]+$',
];
const NUMBERS = [-1e9, -100.5, -7, -1, -0.25, 0, 0.01, 0.3, 1, 2.5, 9, 10, 99, 1000, 2 ** 31, 1e12];
const STEPS = [1, 2, 3, 5, 7, 10, 100, 0.5, 0.25, 0.01, 0.1, 2.5, 86_400, 0.001, 12];
const VALUES = [
    ...['', 'a', 'b', 'red', 'Grün', '"', '\\', '\n', '😀', 'abc', 'abd', 'a-long-value', '12', 'null'],
    ...[0, 1, -1, 3.5, 10, 1e6, null, true, false],
    ...[[], [1, 'a'], {}, { a: 1 }, { b: [null] }],
];
const MOST_LEVELS = 4;
export class SchemaMaker {
    next;
    definitions = new Map();
    /** @param next numbers in [0, 1) */
    constructor(next) {
        this.next = next;
    }
    /** A whole document. */
    document() {
        this.definitions = new Map();
        if (this.chance(0.3)) {
            const name = this.pick(['node', '__proto__', 'a/b~c', 'constructor']);
            this.definitions.set(name, recursive(name));
            this.definitions.set('plain', this.schema(2));
        }
        const schema = this.schema(0);
        return this.definitions.size === 0 ? schema : { ...schema, $defs: Object.fromEntries(this.definitions) };
    }
    below(count) {
        return Math.floor(this.next() * count);
    }
    chance(share) {
        return this.next() < share;
    }
    pick(list) {
        return list[this.below(list.length)];
    }
    some(list, most) {
        const count = 1 + this.below(most);
        return [...new Set(Array.from({ length: count }, () => this.pick(list)))];
    }
    /** Keywords by chance: `keyword: [share, value]`. */
    maybe(keywords) {
        return Object.fromEntries(Object.entries(keywords).flatMap(([keyword, [share, value]]) => this.chance(share) ? [[keyword, value()]] : []));
    }
    schema(level) {
        const simple = [text, text, number, number, constants, primitive];
        const nested = [object, object, list, list, set, union, all, exclusive, typed, negated];
        const makers = level >= MOST_LEVELS ? simple : [...simple, ...nested];
        const names = [...this.definitions.keys()];
        if (names.length > 0 && level > 0 && this.chance(0.15)) {
            return { $ref: pointerTo(this.pick(names)), ...this.notes() };
        }
        const schema = this.pick(makers)(this, level);
        return { ...schema, ...this.notes(), ...(typeof schema['type'] === 'string' ? this.nullable() : {}) };
    }
    nullable() {
        return this.maybe({ nullable: [0.1, () => true] });
    }
    notes() {
        return this.maybe({
            title: [0.1, () => 'A title'],
            description: [0.1, () => 'what it is'],
            default: [0.05, () => null],
            examples: [0.05, () => [1, 'a']],
            deprecated: [0.05, () => true],
            readOnly: [0.05, () => true],
            writeOnly: [0.05, () => true],
            'x-order': [0.05, () => 3],
            contentEncoding: [0.03, () => 'base64'],
            $comment: [0.03, () => 'generated'],
        });
    }
}
const pointerTo = (name) => `#/$defs/${encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
const recursive = (name) => ({
    type: 'object',
    properties: {
        value: { type: 'integer' },
        next: { anyOf: [{ $ref: pointerTo(name) }, { type: 'null' }] },
    },
    required: ['value'],
});
const text = (maker) => {
    const [min, max] = [maker.below(6), 3 + maker.below(30)];
    return {
        type: 'string',
        ...maker.maybe({
            pattern: [0.4, () => maker.pick(PATTERNS)],
            format: [0.35, () => maker.pick(FORMATS)],
            minLength: [0.3, () => min],
            maxLength: [0.3, () => min + max],
        }),
    };
};
const number = (maker) => ({
    type: maker.pick(['integer', 'number']),
    ...maker.maybe({
        minimum: [0.3, () => maker.pick(NUMBERS)],
        exclusiveMinimum: [0.15, () => maker.pick(NUMBERS)],
        maximum: [0.3, () => maker.pick(NUMBERS)],
        exclusiveMaximum: [0.15, () => maker.pick(NUMBERS)],
        multipleOf: [0.3, () => maker.pick(STEPS)],
        format: [0.3, () => maker.pick(['int32', 'int64', 'float', 'double', 'date', 'uint8', 'byte'])],
    }),
});
const constants = (maker) => {
    if (maker.chance(0.3))
        return { const: maker.pick(VALUES) };
    const many = maker.chance(0.2) ? Array.from({ length: 40 }, (_, i) => `value ${i * 7}`) : [];
    return { enum: [...maker.some(VALUES, 8), ...many], ...maker.maybe({ maxLength: [0.1, () => 5] }) };
};
const primitive = (maker) => {
    if (maker.chance(0.1))
        return {};
    return { type: maker.pick(['boolean', 'null', 'string', 'object', 'array']) };
};
const object = (maker, level) => {
    const keys = maker.some(NAMES, 5);
    const open = () => maker.pick([true, false, maker.schema(level + 2)]);
    const below = () => (maker.chance(0.05) ? maker.chance(0.5) : maker.schema(level + 1));
    const few = maker.below(3);
    return {
        type: 'object',
        ...maker.maybe({
            properties: [0.8, () => Object.fromEntries(keys.map((key) => [key, below()]))],
            required: [0.5, () => maker.some(maker.chance(0.9) ? keys : NAMES, 3)],
            additionalProperties: [0.4, open],
            patternProperties: [
                0.25,
                () => Object.fromEntries(maker.some(PATTERNS, 3).map((pattern) => [pattern, maker.schema(level + 2)])),
            ],
            propertyNames: [
                0.2,
                () => maker.pick([
                    { pattern: maker.pick(PATTERNS) },
                    { maxLength: 4 },
                    { type: 'string', minLength: 1, maxLength: 12 },
                    { enum: ['a', 'b', 'id', 'zz'] },
                    { anyOf: [{ const: 'a' }, { format: 'uuid' }] },
                ]),
            ],
            minProperties: [0.15, () => few],
            maxProperties: [0.15, () => few + maker.below(4)],
        }),
    };
};
const list = (maker, level) => {
    const least = maker.below(3);
    return {
        type: 'array',
        ...maker.maybe({
            items: [0.8, () => (maker.chance(0.1) ? maker.chance(0.5) : maker.schema(level + 1))],
            prefixItems: [0.2, () => [maker.schema(level + 1), maker.schema(level + 1)]],
            minItems: [0.3, () => least],
            maxItems: [0.3, () => least + maker.below(4)],
        }),
    };
};
const set = (maker, level) => {
    const least = maker.below(3);
    return {
        type: 'array',
        uniqueItems: true,
        ...maker.maybe({
            items: [0.95, () => maker.schema(level + 1)],
            minItems: [0.4, () => least],
            maxItems: [0.4, () => least + maker.below(9)],
        }),
    };
};
const union = (maker, level) => ({
    anyOf: Array.from({ length: 1 + maker.below(3) }, () => maker.schema(level + 1)),
    ...(maker.chance(0.15) ? object(maker, level + 2) : {}),
});
const all = (maker, level) => {
    const make = maker.pick([text, number, object, list, constants]);
    return { allOf: Array.from({ length: 1 + maker.below(3) }, () => make(maker, level + 1)) };
};
const exclusive = (maker, level) => ({
    oneOf: [
        { type: 'object', properties: { kind: { const: 'a' }, a: maker.schema(level + 2) }, required: ['kind'] },
        { type: 'object', properties: { kind: { enum: ['b', 'c'] }, b: {} }, required: ['kind'] },
        { ...text(maker, level + 1) },
        ...(maker.chance(0.5) ? [{ type: 'array', items: maker.schema(level + 2) }] : []),
    ],
    ...maker.maybe({ discriminator: [0.5, () => ({ propertyName: 'kind' })] }),
});
const typed = (maker, level) => ({
    ...text(maker, level),
    ...number(maker, level),
    type: maker.some(['string', 'number', 'integer', 'null', 'boolean'], 3),
    minLength: 0,
    minimum: -5,
});
const negated = (maker, level) => ({
    ...maker.pick([text, number, primitive, constants])(maker, level),
    not: maker.pick([
        { type: 'null' },
        { type: maker.some(['integer', 'string', 'boolean'], 2) },
        { const: maker.pick(VALUES) },
        { enum: maker.some(VALUES, 4) },
        { type: 'string', pattern: maker.pick(PATTERNS) },
        { pattern: '^a' },
    ]),
});
//# sourceMappingURL=random-schemas.js.map