/**
 * What may be guessed for a request: its wish within what the engine allows. And how a mode of speculation is written,
 * on the command line and in requests alike: `auto`, `off`, `fixed:K`.
 */
import type { DraftId } from '../base/draft-id.js';

/** `auto` lets goodput decide at every step, `fixed` always guesses the same number, `off` none. */
export type SpeculationMode = 'auto' | 'off' | 'fixed';

/**
 * What may guess: the request's own text, earlier outputs, the request's grammar, the draft model; `tree` tries second choices of the
 * draft and a looked-up text beside its first (one pool of KV cells only).
 */
export const PROPOSERS = ['lookup', 'suffix', 'grammar', 'draft', 'tree'] as const;
export type ProposerName = (typeof PROPOSERS)[number];

/** A request's own wish; what is undefined is as the engine's options say. */
export interface SpeculationWish {
  readonly mode: SpeculationMode | undefined;
  /** `fixed`: guesses a step; `auto`: most guesses a step. */
  readonly length: number | undefined;
  /** Those of the engine's proposers that may guess. */
  readonly proposers: readonly ProposerName[] | undefined;
  /** The draft model that guesses for it; undefined: the first there is. */
  readonly draft?: DraftId | undefined;
  /** The draft is only preferred: where it has gone meanwhile, the first guesses. Undefined: the request is refused then. */
  readonly orFirst?: boolean | undefined;
}

export const AS_THE_ENGINE: SpeculationWish = { mode: undefined, length: undefined, proposers: undefined };

/** Why nothing is ever guessed for a request, as is known from its beginning. */
export type NeverSpeculated =
  | 'off for this server'
  | 'off by request'
  | 'the model cannot take back tokens'
  | 'no proposer can guess here'
  | 'none of the proposers that it allows can guess here';

export interface AllowedSpeculation {
  readonly mode: SpeculationMode;
  /** As `SpeculationWish.length`, where the request does not say. */
  readonly length: number;
  readonly proposers: readonly ProposerName[];
  /** Set when nothing is guessed, whatever the mode. */
  readonly never: NeverSpeculated | undefined;
}

/**
 * @param able what can guess in the engine
 * @param canTruncate whether its model can take guesses back
 */
export function allowedSpeculation(
  wish: SpeculationWish,
  options: { readonly mode: SpeculationMode; readonly length: number },
  able: readonly ProposerName[],
  canTruncate: boolean,
): AllowedSpeculation {
  const mode = options.mode === 'off' ? 'off' : (wish.mode ?? options.mode);
  const proposers = able.filter((name) => wish.proposers?.includes(name) ?? true);
  const never = (): NeverSpeculated | undefined => {
    if (options.mode === 'off') return 'off for this server';
    if (mode === 'off') return 'off by request';
    if (!canTruncate) return 'the model cannot take back tokens';
    if (able.length === 0) return 'no proposer can guess here';
    return proposers.length === 0 ? 'none of the proposers that it allows can guess here' : undefined;
  };
  return { mode, length: options.length, proposers, never: never() };
}

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
