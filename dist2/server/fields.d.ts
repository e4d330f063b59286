/**
 * Reads a request body field by field. Every refusal names the field, what is allowed and what was given; a
 * field that is null counts as absent, as OpenAI's clients send it.
 */
import { ForetokenError } from '../base/errors.js';
/** Which numbers a field takes; half-open where `above` stands for `min`. */
export interface NumberRule {
    readonly integer?: boolean;
    readonly min?: number;
    /** Exclusive lower limit. */
    readonly above?: number;
    readonly max?: number;
}
export declare class Fields {
    #private;
    private constructor();
    /** The fields of a parsed body. */
    static ofBody(body: unknown): Fields;
    /** The fields of an object somewhere in the body, `path` saying where. */
    static ofObject(value: unknown, path: string): Fields;
    /** A field's place in the body, for messages. */
    path(name: string): string;
    /** The field as it came; undefined for null. */
    raw(name: string): unknown;
    /**
     * Refuses every field that is not known: a misspelt option must not be silently ignored.
     * @param unsupported fields that have a meaning elsewhere, with the reason why not here; null is let through
     */
    refuseUnknown(known: readonly string[], unsupported?: Readonly<Record<string, string>>): void;
    /**
     * Fields that are not known are left out of account and named, so that clients of other servers are served and
     * nobody is left to wonder; those that are `unsupported` are refused all the same.
     * @param strict refuse them all
     * @returns what to warn of, one text a field
     */
    nameUnknown(known: readonly string[], unsupported: Readonly<Record<string, string>>, strict: boolean): readonly string[];
    number(name: string, rule: NumberRule): number | undefined;
    boolean(name: string): boolean | undefined;
    string(name: string): string | undefined;
    requiredString(name: string): string;
    oneOf<Choice extends string>(name: string, choices: readonly Choice[]): Choice | undefined;
    object(name: string): Fields | undefined;
    /** All entries, for objects whose keys are data. */
    entries(): [string, unknown][];
}
export declare function requireNumber(value: unknown, path: string, rule: NumberRule): number;
/** Token ids that the vocabulary has. */
export declare function requireTokens(value: unknown, path: string, vocabularySize: number): readonly number[];
/** The error for a field whose value is not what is allowed. */
export declare function invalid(path: string, allowed: string, given: unknown): ForetokenError;
export declare function isObject(value: unknown): value is Readonly<Record<string, unknown>>;
/** A given value in few words: it may be megabytes long. */
export declare function show(value: unknown): string;
