/**
 * The bounds of grammars. All count characters, nodes or units of work, never time, so that a grammar is answered
 * alike on every machine. docs/api.md states those that a user can meet.
 */
/** Characters of a grammar's text. */
export const MOST_TEXT = 2_000_000;
export const MOST_RULES = 50_000;
/** Parts of all rules together: texts, classes, references, groups, repetitions. */
export const MOST_PARTS = 500_000;
/** Groups within groups. */
export const MOST_NESTING = 100;
/** Of one `{m,n}`. */
export const MOST_REPETITIONS = 1_000_000;
/** Repetition marks in a row, as in `"a"?*`. */
export const MOST_MARKS = 8;
/** Nodes of the network that a grammar becomes, about 8 to 24 bytes each. */
export const MOST_NODES = 1_000_000;
/** Ways in which a text can be read at the same time. */
export const MOST_CONFIGURATIONS = 4_096;
/** Looked at while one byte is read. */
export const MOST_STEPS_OF_A_BYTE = 50_000;
/** The same, over all bytes that one mask over the vocabulary reads for the first time. */
export const MOST_STEPS_OF_A_MASK = 500_000;
/** And while it is found out whether only a few tokens may come. */
export const MOST_STEPS_OF_A_LIST = 20_000;
/** Rules that are open at the same time, over all that is remembered. */
export const MOST_FRAMES = 400_000;
/** What is remembered of one grammar is forgotten from this size on, except where it stands. */
export const KEPT_BYTES = 4 * 1024 * 1024;
/** Tokens that are listed rather than masked. */
export const MOST_FEW = 256;
/** Grammars whose automata an engine keeps for requests to come, and their bytes. */
export const KEPT_GRAMMARS = 64;
export const KEPT_BYTES_OF_ALL = 48 * 1024 * 1024;
//# sourceMappingURL=limits.js.map