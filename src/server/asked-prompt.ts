/** A prompt on its way to the engine, with the words that it came as. */
import type { ChatMessage } from './codec.js';

/** Undefined where it came as tokens. */
export type AskedWords = readonly ChatMessage[] | string | undefined;

export interface AskedPrompt {
  readonly tokens: Int32Array;
  readonly words: AskedWords;
}
