/** The environment variable of a flag: `--ctx-size` is `FORETOKEN_CTX_SIZE`. */
export declare const environmentName: (flag: string) => string;
export declare function refuse(flag: string, value: string, allowed: string): never;
interface Range {
    readonly min: number;
    readonly max: number;
    /** What a special value means, for the message: "0 for all cores". */
    readonly note?: string;
}
export declare const wholeNumber: (flag: string, { min, max, note }: Range) => (value: string) => number;
export declare const decimalNumber: (flag: string, { min, max, note }: Range) => (value: string) => number;
/** Bytes, with `k`, `m` or `g` behind the number for the binary multiples. */
export declare const byteCount: (flag: string) => (value: string) => number;
export declare const oneOf: <T extends string>(flag: string, choices: readonly T[]) => (value: string) => T;
export declare const nonEmpty: (flag: string) => (value: string) => string;
/** A flag that may be repeated; its values, and that of its environment variable, may be lists with commas. */
export declare const listOf: (flag: string) => (value: string, previous?: readonly string[]) => readonly string[];
/** Names of hosts, without scheme, port or path: `llm.example`, `*.example`, an address, or `*`. */
export declare const hostNames: (flag: string) => (value: string, previous?: readonly string[]) => readonly string[];
/** Origins as browsers send them, `https://app.example`; `*` and `null` are taken, too. */
export declare const originNames: (flag: string) => (value: string, previous?: readonly string[]) => readonly string[];
/** A flag that may be repeated and whose value is taken as it is. */
export declare const repeated: (flag: string) => (value: string, previous?: readonly string[]) => readonly string[];
/** The environment's yes or no for a flag without a value. */
export declare function booleanText(flag: string, value: string): boolean;
/** Layers of a network: `2,6,8` or `0-3`. */
export declare const layerList: (flag: string) => (value: string) => readonly number[];
export {};
