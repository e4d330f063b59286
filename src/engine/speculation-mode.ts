/** How a mode of speculation is written, on the command line and in requests alike: `auto`, `off`, `fixed:K`. */
import { PROPOSERS, type SpeculationMode } from './types.js';

/** Most guesses a step that can be asked for. */
export const MOST_GUESSES = 64;

export interface WrittenMode {
  readonly mode: SpeculationMode;
  /** `fixed`: guesses a step; undefined for the others. */
  readonly length: number | undefined;
}

/** Undefined for what is no mode; `allowedModes` then says what is. */
export function parseMode(text: string): WrittenMode | undefined {
  if (text === 'auto' || text === 'off') return { mode: text, length: undefined };
  const length = Number(/^fixed:(\d{1,3})$/.exec(text)?.[1]);
  return length >= 1 && length <= MOST_GUESSES ? { mode: 'fixed', length } : undefined;
}

/** The mode as `parseMode` reads it. */
export const modeText = ({ mode, length }: WrittenMode): string =>
  mode === 'fixed' ? `fixed:${length}` : mode;

/** What a mode may be, with a hint at what was likely meant by what was given instead. */
export function allowedModes(given: unknown): string {
  const allowed = `auto, off or fixed:K with K from 1 to ${MOST_GUESSES}`;
  if (typeof given !== 'string') return allowed;
  if (/^fixed:0+$/.test(given)) return `${allowed} (for no guesses say off)`;
  if (PROPOSERS.some((name) => name === given)) return `${allowed} (what may guess is said by proposers)`;
  return allowed;
}
