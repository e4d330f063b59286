import * as codePoints from './code-points.js';
/** Stand for the beginning and the end of a text, so that anchors are characters like others. */
export const START = 0x110000;
export const END = 0x110001;
const UNIVERSE = codePoints.union(codePoints.ALL, [[START, END]]);
export class Regexes {
    budget;
    byContent = new Map();
    edgesById = new Map();
    none = this.intern('none', false, { kind: 'none' });
    empty = this.intern('empty', true, { kind: 'empty' });
    /** Any text, with or without the marks of its ends. */
    everything = this.repeat(this.set(UNIVERSE), 0, Infinity);
    anyText = this.repeat(this.set(codePoints.ALL), 0, Infinity);
    constructor(budget) {
        this.budget = budget;
    }
    intern(key, nullable, content) {
        const known = this.byContent.get(key);
        if (known)
            return known;
        const made = { ...content, id: this.byContent.size, nullable };
        this.byContent.set(key, made);
        return made;
    }
    set(set) {
        if (set.length === 0)
            return this.none;
        return this.intern(`[${codePoints.keyOf(set)}`, false, { kind: 'set', set });
    }
    concat(first, rest) {
        if (first === this.none || rest === this.none)
            return this.none;
        if (first === this.empty)
            return rest;
        if (rest === this.empty)
            return first;
        const nullable = first.nullable && rest.nullable;
        return this.intern(`.${first.id},${rest.id}`, nullable, { kind: 'concat', first, rest });
    }
    or(parts) {
        const { list, key } = this.members(parts, 'or', this.none);
        if (list.includes(this.everything))
            return this.everything;
        if (list.length <= 1)
            return list[0] ?? this.none;
        const nullable = list.some((part) => part.nullable);
        return this.intern(`|${key}`, nullable, { kind: 'or', parts: list });
    }
    and(parts) {
        const { list, key } = this.members(parts, 'and', this.everything);
        if (list.includes(this.none))
            return this.none;
        if (list.length <= 1)
            return list[0] ?? this.everything;
        const nullable = list.every((part) => part.nullable);
        return this.intern(`&${key}`, nullable, { kind: 'and', parts: list });
    }
    not(part) {
        if (part.kind === 'not')
            return part.part;
        if (part === this.none)
            return this.everything;
        if (part === this.everything)
            return this.none;
        return this.intern(`!${part.id}`, !part.nullable, { kind: 'not', part });
    }
    repeat(part, min, max) {
        if (max === 0 || part === this.empty)
            return this.empty;
        if (part === this.none)
            return min === 0 ? this.empty : this.none;
        if (min === 1 && max === 1)
            return part;
        const least = part.nullable ? 0 : min;
        if (part.kind === 'repeat' && part.min <= 1 && part.max === Infinity && (least <= 1 || part.min === 0))
            return this.repeat(part.part, least === 0 ? 0 : part.min, Infinity);
        return this.intern(`*${part.id},${least},${max}`, least === 0, { kind: 'repeat', part, min: least, max });
    }
    text(value) {
        return Array.from(value).reduceRight((rest, character) => this.concat(this.set(codePoints.of(character)), rest), this.empty);
    }
    /** Flat, sorted, each once, without the neutral one. */
    members(parts, kind, neutral) {
        const flat = new Map();
        for (const part of parts)
            for (const member of part.kind === kind ? part.parts : [part])
                if (member !== neutral)
                    flat.set(member.id, member);
        this.budget.spend(flat.size + 1);
        const list = [...flat.values()].sort((a, b) => a.id - b.id);
        return { list, key: list.map(({ id }) => id).join() };
    }
    /** Where each character leads from here; characters of no edge lead nowhere. */
    edges(regex) {
        const known = this.edgesById.get(regex.id);
        if (known)
            return known;
        const edges = this.leaving(regex);
        this.budget.spend(1 + edges.reduce((sum, { set }) => sum + set.length, 0));
        this.edgesById.set(regex.id, edges);
        return edges;
    }
    leaving(regex) {
        switch (regex.kind) {
            case 'none':
            case 'empty':
                return [];
            case 'set':
                return [{ set: regex.set, to: this.empty }];
            case 'concat': {
                const first = this.then(regex.first, regex.rest);
                return regex.first.nullable ? this.overlay([first, this.edges(regex.rest)]) : first;
            }
            case 'or':
                return this.overlay(regex.parts.map((part) => this.edges(part)));
            case 'and':
                return regex.parts.slice(1).reduce((edges, part) => {
                    const pairs = [];
                    for (const one of edges)
                        for (const other of this.edges(part)) {
                            this.budget.spend(1);
                            const set = codePoints.intersect(one.set, other.set);
                            if (set.length > 0)
                                pairs.push({ set, to: this.and([one.to, other.to]) });
                        }
                    return this.joined(pairs);
                }, this.edges(regex.parts[0]));
            case 'not': {
                const edges = this.edges(regex.part);
                const others = codePoints.subtract(UNIVERSE, codePoints.union(...edges.map(({ set }) => set)));
                const negated = edges.map(({ set, to }) => ({ set, to: this.not(to) }));
                return this.joined([...negated, { set: others, to: this.everything }]);
            }
            case 'repeat':
                return this.then(regex.part, this.repeat(regex.part, Math.max(0, regex.min - 1), regex.max - 1));
        }
    }
    then(first, rest) {
        return this.joined(this.edges(first).map(({ set, to }) => ({ set, to: this.concat(to, rest) })));
    }
    /** Edges with one target as one; those that lead to nothing left out. */
    joined(edges) {
        const sets = new Map();
        for (const { set, to } of edges) {
            if (to === this.none || set.length === 0)
                continue;
            const present = sets.get(to);
            if (present)
                present.push(set);
            else
                sets.set(to, [set]);
        }
        return [...sets].map(([to, all]) => ({ set: all.length === 1 ? all[0] : codePoints.union(...all), to }));
    }
    /** Several lists of edges as one: where sets overlap, either target may go on. */
    overlay(lists) {
        const events = [];
        for (const { set, to } of lists.flat())
            for (const [first, last] of set)
                events.push({ at: first, to, step: 1 }, { at: last + 1, to, step: -1 });
        this.budget.spend(events.length);
        events.sort((a, b) => a.at - b.at);
        const open = new Map();
        const edges = [];
        for (let i = 0; i < events.length;) {
            const { at } = events[i];
            for (; i < events.length && events[i].at === at; i++) {
                const { to, step } = events[i];
                const count = (open.get(to) ?? 0) + step;
                if (count === 0)
                    open.delete(to);
                else
                    open.set(to, count);
            }
            if (open.size > 0)
                edges.push({ set: [[at, events[i].at - 1]], to: this.or([...open.keys()]) });
        }
        return this.joined(edges);
    }
}
//# sourceMappingURL=regex.js.map