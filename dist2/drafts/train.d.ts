import { TENSOR_TYPE } from '../gguf/types.js';
import { type CorpusText } from './corpus.js';
export interface TrainDraftOptions {
    /** Draft to start from; its weights may be of any type that can be read (F32, F16, BF16, Q8_0). */
    readonly draft: string;
    /** Files of `generateCorpus`. */
    readonly corpus: readonly string[];
    /** Where the trained draft goes; written at checkpoints, too. */
    readonly output: string;
    readonly type?: keyof typeof TENSOR_TYPE;
    /** Passes over the corpus. */
    readonly epochs?: number;
    /** Ends training, with its schedule, after this time, where `epochs` would take longer. */
    readonly minutes?: number;
    readonly learningRate?: number;
    readonly tokensPerRow?: number;
    /** Rows of a batch (default: 2, or what fits beside a large vocabulary). */
    readonly rows?: number;
    readonly threads?: number;
    readonly seed?: number;
    /** Text for the metadata key `foretoken.draft.recipe`. */
    readonly recipe?: string;
    readonly onProgress?: (progress: TrainingProgress) => void;
    readonly signal?: AbortSignal;
}
export interface TrainingProgress {
    readonly epoch: number;
    readonly step: number;
    /** 0 to 1 of what was asked for. */
    readonly done: number;
    /** Mean of the last steps, nats a token, against the target's distribution. */
    readonly loss: number;
    /** On texts not trained on, of the last checkpoint; undefined before the first. */
    readonly validationLoss: number | undefined;
    readonly tokensPerSecond: number;
    readonly learningRate: number;
}
export interface TrainingResult {
    readonly steps: number;
    readonly tokens: number;
    readonly seconds: number;
    readonly loss: number;
    readonly validationLoss: number;
    /** Texts that were not trained on. */
    readonly heldOut: readonly CorpusText[];
}
/** Fewest texts: with fewer none would be held out, and nothing could be said of what was learned. */
export declare const LEAST_TEXTS = 10;
/**
 * The event loop stays free during training. Aborting saves what was learned until then.
 * @throws ForetokenError `invalid_option`, `unsupported_architecture`, `file_not_found`, `invalid_gguf`
 */
export declare function trainDraft(options: TrainDraftOptions): Promise<TrainingResult>;
/** @param count texts, or prompts that will become texts. @throws ForetokenError `invalid_option` */
export declare function requireTexts(count: number, param: 'corpus' | 'prompts'): void;
/** Share of the highest learning rate at `done` (0 to 1). */
export declare function schedule(done: number): number;
