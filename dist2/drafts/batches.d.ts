/**
 * Packs the texts of a corpus into training batches of one shape: rows filled with whole texts, and a fixed
 * number of positions whose next token is trained. Those are answer tokens, with the target's distribution as
 * label; places left over go to prompt tokens, which teach the language around the answers.
 */
import type { BatchShape, TrainingBatch } from '../llama/training/training.js';
import type { CorpusText } from './corpus.js';
/** Share of the label that goes to the target's first choice alone: acceptance asks for nothing else. */
export declare const FIRST_CHOICE_SHARE = 0.3;
export declare function shuffle<T>(items: T[], random: () => number): T[];
/** The batches of one pass over `texts`, in a new order each time; texts longer than a row lose their end. */
export declare function makeBatches(texts: readonly CorpusText[], shape: BatchShape, random: () => number): Generator<TrainingBatch>;
