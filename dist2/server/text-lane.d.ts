import { type PlainError } from '../base/errors.js';
import type { Gpu } from '../llama/packages.js';
import type { ChatEnding, ChatMessage } from './codec.js';
export interface TextSetup {
    readonly modelPath: string;
    /** Jinja text in place of the model's own template. */
    readonly chatTemplate?: string | undefined;
    /** Of which kind the native library is; the process has one. */
    readonly gpu: Gpu;
}
export type TextJob = {
    readonly type: 'tokenize';
    readonly text: string;
    readonly addSpecial: boolean;
    readonly parseSpecial: boolean;
} | {
    readonly type: 'detokenize';
    readonly tokens: readonly number[];
} | {
    readonly type: 'encodePair';
    readonly query: string;
    readonly document: string;
} | {
    readonly type: 'encodeChat';
    readonly messages: readonly ChatMessage[];
    readonly extra: Readonly<Record<string, unknown>>;
    readonly ending?: ChatEnding | undefined;
}
/** Answered as JSON. */
 | {
    readonly type: 'callSyntax';
};
export interface TextAnswer {
    readonly result?: Int32Array | string | undefined;
    readonly error?: PlainError;
}
export declare class TextLane {
    #private;
    constructor(setup: TextSetup, options?: {
        readonly limitMs?: number;
        readonly mostWaiting?: number;
        /** Another program for the thread; for tests of what happens when it hangs or dies. */
        readonly program?: URL;
    });
    /** Opens the vocabulary before the first job needs it. */
    start(): void;
    /**
     * @param size characters or tokens
     * @throws ForetokenError `queue_full`, `cancelled` (by `gone`), `invalid_request` (took too long), `shutting_down`
     */
    run(job: TextJob, size: number, gone?: AbortSignal): Promise<Int32Array | string>;
    /** Answers what waits, and ends the thread. */
    close(): void;
}
