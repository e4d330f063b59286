/** The flags that say what guesses and how far, shared by `serve` and `generate`, and what they mean to the engine. */
import path from 'node:path';
import type { Command } from 'commander';
import { ForetokenError } from '../../base/errors.js';
import {
  allowedModes,
  modeText,
  MOST_GUESSES,
  parseMode,
  type WrittenMode,
} from '../../engine/speculation-mode.js';
import { PROPOSERS, type EngineOptions, type ModelOptions, type ProposerName } from '../../engine/types.js';
import { usualDraft } from '../../drafts/shipped.js';
import { valued } from './flag.js';
import { listOf, nonEmpty, oneOf, refuse, wholeNumber } from './values.js';

export interface SpeculationFlags {
  readonly draft?: string;
  readonly speculation: WrittenMode;
  readonly proposers?: readonly ProposerName[];
  readonly draftMax?: number;
  readonly lookupMinNgram: number;
  readonly suffixMib: number;
  readonly calibration: NonNullable<ModelOptions['calibration']>;
  readonly planLog?: string;
  readonly kvUnified?: boolean;
  /** `serve` only: drafts may come later. */
  readonly draftsDir?: string;
  readonly draftMemory?: number;
}

const DRAFT_MAX = 16;
const MEBIBYTE = 2 ** 20;

function speculationMode(value: string): WrittenMode {
  return parseMode(value) ?? refuse('--speculation', value, allowedModes(value));
}

function proposerList(value: string, previous: readonly ProposerName[] = []): readonly ProposerName[] {
  const named = listOf('--proposers')(value).map(
    (name) =>
      PROPOSERS.find((proposer) => proposer === name) ??
      refuse('--proposers', value, `one or several of ${PROPOSERS.join(', ')}, with commas between them`),
  );
  return [...new Set([...previous, ...named])];
}

export function addSpeculationFlags(command: Command): Command {
  return command
    .optionsGroup('Speculation (changes the speed, never the text):')
    .addOption(
      valued(
        '--speculation <mode>',
        `auto (at every step as many guesses as pay), fixed:K (always K, up to ${MOST_GUESSES}), off (none, whatever ` +
          'requests ask for)',
        speculationMode,
        { mode: 'auto', length: undefined } satisfies WrittenMode,
        'auto',
      ),
    )
    .addOption(
      valued(
        '-d, --draft <file>',
        'GGUF file of a draft model with the same vocabulary, or "none" (default: one that comes with Foretoken for ' +
          'the model; also -md, --model-draft)',
        nonEmpty('--draft'),
      ),
    )
    .addOption(
      valued(
        '--proposers <list>',
        `what may guess: ${PROPOSERS.join(', ')}; may be repeated (default: all that can; tree can with a draft and ` +
          '--kv-unified)',
        proposerList,
      ),
    )
    .addOption(
      valued(
        '--draft-max <tokens>',
        `most tokens guessed in a row in auto (default: ${DRAFT_MAX}; also --spec-draft-n-max)`,
        wholeNumber('--draft-max', { min: 1, max: MOST_GUESSES }),
      ),
    )
    .addOption(
      valued(
        '--lookup-min-ngram <tokens>',
        'tokens that must be the same before a lookup is trusted',
        wholeNumber('--lookup-min-ngram', { min: 1, max: 16 }),
        2,
      ),
    )
    .addOption(
      valued(
        '--suffix-mib <size>',
        'MiB of memory for earlier outputs, from which suffix guesses',
        wholeNumber('--suffix-mib', { min: 1, max: 2048 }),
        32,
      ),
    )
    .addOption(
      valued(
        '--calibration <how>',
        'what steps cost: auto (as measured earlier on this machine, or now), fresh (measured now), off (learned ' +
          'on the way)',
        oneOf('--calibration', ['auto', 'fresh', 'off']),
        'auto',
      ),
    )
    .addOption(
      valued(
        '--plan-log <file>',
        "append every step's plan to a file, as JSON lines",
        nonEmpty('--plan-log'),
      ),
    );
}

export interface SpeculationSetup {
  readonly draftPath: string | undefined;
  readonly speculation: EngineOptions['speculation'];
}

/** @throws ForetokenError `invalid_option` when flags contradict each other. */
export function speculationSetup(flags: SpeculationFlags, modelPath: string): SpeculationSetup {
  refuseContradictions(flags);
  const { mode, length } = flags.speculation;
  const draftPath = draftOf(flags, modelPath);
  const refusals = refusalsOf(flags, draftPath);
  for (const name of flags.proposers ?? []) {
    const reason = refusals[name];
    if (reason !== undefined) throw contradiction('proposers', `--proposers ${name} ${reason}`);
  }
  const able = PROPOSERS.filter((name) => refusals[name] === undefined);
  return {
    draftPath,
    speculation: {
      mode,
      length: length ?? flags.draftMax ?? DRAFT_MAX,
      proposers: mode === 'off' ? [] : (flags.proposers ?? able),
      lookupMinNgram: flags.lookupMinNgram,
      suffixBytes: flags.suffixMib * MEBIBYTE,
      ...(flags.draftMemory !== undefined && { draftBytes: flags.draftMemory }),
    },
  };
}

function refuseContradictions({ speculation, draft, proposers, draftMax }: SpeculationFlags): void {
  const written = `--speculation ${modeText(speculation)}`;
  if (speculation.mode === 'fixed' && draftMax !== undefined)
    throw contradiction('draft-max', `--draft-max bounds what auto chooses; leave it or ${written} out.`);
  const namesDraft = draft !== undefined && draft !== 'none';
  if (speculation.mode === 'off') {
    const given = [
      ...(namesDraft ? ['draft'] : []),
      ...(proposers === undefined ? [] : ['proposers']),
      ...(draftMax === undefined ? [] : ['draft-max']),
    ];
    const [first] = given;
    if (first !== undefined)
      throw contradiction(first, `--${first} says how to guess, and ${written} lets nothing guess.`);
  }
  if (namesDraft && proposers !== undefined && !usesDraft(proposers))
    throw contradiction(
      'proposers',
      `--draft ${draft} has nothing to do: --proposers ${proposers.join(',')} leaves draft out.`,
    );
}

const usesDraft = (proposers: readonly ProposerName[]): boolean =>
  proposers.includes('draft') || proposers.includes('tree');

/** A draft that may not guess would only take memory. */
function draftOf({ draft, speculation, proposers }: SpeculationFlags, modelPath: string): string | undefined {
  if (draft === 'none' || speculation.mode === 'off') return undefined;
  if (proposers !== undefined && !usesDraft(proposers)) return undefined;
  return draft === undefined ? usualDraft(modelPath) : path.resolve(draft);
}

/** Why a proposer cannot guess with these flags, and how to mend it. */
function refusalsOf(
  { kvUnified, draftsDir }: SpeculationFlags,
  draftPath: string | undefined,
): Partial<Record<ProposerName, string>> {
  if (draftPath === undefined && draftsDir === undefined) {
    const reason = 'needs a draft model; name one with --draft.';
    return { draft: reason, tree: reason };
  }
  if (kvUnified === true) return {};
  return { tree: 'needs one pool of context cells for all requests; add --kv-unified.' };
}

const contradiction = (param: string, message: string): ForetokenError =>
  new ForetokenError('invalid_option', message, { param });
