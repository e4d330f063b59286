/** What guesses with a fixed length; `suffix` needs to be allowed, as it remembers answers (see below). */
export declare const FIXED_PROPOSERS: readonly ["draft", "lookup", "suffix"];
type FixedProposer = (typeof FIXED_PROPOSERS)[number];
export interface Setting {
    readonly name: string;
    readonly kind: 'off' | 'control' | 'fixed' | 'auto';
    /** Of `fixed`. */
    readonly proposer: FixedProposer | undefined;
    /** Guesses a step of `fixed`; 0 of `off` and `control`; undefined of `auto`, which chooses. */
    readonly length: number | undefined;
}
/** `fixed:K` is short for `draft:K`. Undefined for what is no setting. */
export declare function parseSetting(text: string): Setting | undefined;
export declare const defaultSettings: (hasDraft: boolean) => Setting[];
/**
 * What `auto` may choose from. Without `suffix`: every setting answers the same prompts, and suffix would find
 * them answered by the setting before it. The prompts have no grammar, from which `grammar` would guess.
 */
export declare const autoProposers: (available: readonly string[], withSuffix: boolean) => string[];
/** The field `speculation` of a setting's requests. */
export declare function speculationField(setting: Setting, auto: readonly string[]): unknown;
export {};
