/** Arguments with other spellings replaced; what follows `--` is text. */
export declare function normaliseArguments(args: readonly string[]): string[];
/** The other spellings of a flag, for its help. */
export declare const otherSpellings: (flag: string) => string[];
