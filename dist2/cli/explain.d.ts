import type { ExplainFlags } from './flags/explain.js';
/** @param source file of a plan log (`serve --plan-log`), or the address of a server */
export declare function explain(source: string, flags: ExplainFlags): Promise<void>;
