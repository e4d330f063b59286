import { type DraftVerdict } from '../drafts/verdict.js';
/** Measures and says what the draft is worth here; a failure to measure is said, too, and is no failure of the command. */
export declare function verdict(target: string, draft: string, options: {
    readonly prompts?: readonly Int32Array[];
    readonly threads: number;
    readonly signal?: AbortSignal;
}): Promise<void>;
export declare function verdictText({ prompts, right, timesAsFast, paying }: DraftVerdict): string;
