/**
 * The bounds of grammars. All count characters, nodes or units of work, never time, so that a grammar is answered
 * alike on every machine. docs/api.md states those that a user can meet.
 */
/** Characters of a grammar's text. */
export declare const MOST_TEXT = 2000000;
export declare const MOST_RULES = 50000;
/** Parts of all rules together: texts, classes, references, groups, repetitions. */
export declare const MOST_PARTS = 500000;
/** Groups within groups. */
export declare const MOST_NESTING = 100;
/** Of one `{m,n}`. */
export declare const MOST_REPETITIONS = 1000000;
/** Repetition marks in a row, as in `"a"?*`. */
export declare const MOST_MARKS = 8;
/** Nodes of the network that a grammar becomes, about 8 to 24 bytes each. */
export declare const MOST_NODES = 1000000;
/** Ways in which a text can be read at the same time. */
export declare const MOST_CONFIGURATIONS = 4096;
/** Looked at while one byte is read. */
export declare const MOST_STEPS_OF_A_BYTE = 50000;
/** The same, over all bytes that one mask over the vocabulary reads for the first time. */
export declare const MOST_STEPS_OF_A_MASK = 500000;
/** And while it is found out whether only a few tokens may come. */
export declare const MOST_STEPS_OF_A_LIST = 20000;
/** Rules that are open at the same time, over all that is remembered. */
export declare const MOST_FRAMES = 400000;
/** What is remembered of one grammar is forgotten from this size on, except where it stands. */
export declare const KEPT_BYTES: number;
/** Tokens that are listed rather than masked. */
export declare const MOST_FEW = 256;
/** Grammars whose automata an engine keeps for requests to come, and their bytes. */
export declare const KEPT_GRAMMARS = 64;
export declare const KEPT_BYTES_OF_ALL: number;
