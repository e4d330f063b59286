/** A grammar as its parser reads it: rules of expressions over UTF-8 text. */
import type { CodePoints } from '../grammar/code-points.js';
/** `id` is unique within the grammar, counted from 0. */
export type Expression = {
    readonly id: number;
} & ({
    readonly kind: 'text';
    readonly bytes: Uint8Array;
} | {
    readonly kind: 'set';
    readonly set: CodePoints;
} | {
    readonly kind: 'rule';
    readonly rule: number;
} | {
    readonly kind: 'sequence';
    readonly parts: readonly Expression[];
} | {
    readonly kind: 'choice';
    readonly parts: readonly Expression[];
}
/** `max` may be Infinity. */
 | {
    readonly kind: 'repeat';
    readonly part: Expression;
    readonly min: number;
    readonly max: number;
});
export interface GrammarRules {
    /** [rule] */
    readonly names: readonly string[];
    /** [rule] */
    readonly bodies: readonly Expression[];
    /** Index of the rule `root`. */
    readonly root: number;
    /** Expressions in all. */
    readonly expressions: number;
}
