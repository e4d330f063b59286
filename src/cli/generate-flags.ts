/** The flags that only `generate` has: what to ask, how to choose words, how to show them. */
import type { Command } from 'commander';
import { ForetokenError } from '../base/errors.js';
import type { SamplingOptions } from '../engine/types.js';
import { compileGbnf } from '../constraints/compile.js';
import { compileSource } from '../constraints/grammar-source.js';
import type { CompiledGrammar } from '../constraints/network.js';
import type { EngineFlags } from './engine-flags.js';
import { valued, yesOrNo } from './flags.js';
import { readTextFile } from './serve-flags.js';
import { decimalNumber, nonEmpty, refuse, repeated, wholeNumber } from './values.js';

export interface GenerateFlags extends EngineFlags {
  readonly system?: string;
  readonly raw?: boolean;
  readonly predict: number;
  readonly stop: readonly string[];
  readonly temp: number;
  readonly topK: number;
  readonly topP: number;
  readonly minP: number;
  readonly seed: number;
  readonly jsonSchema?: string;
  readonly grammarFile?: string;
  readonly compare?: boolean;
}

const MOST_SEED = 2 ** 32 - 1;

function tokenLimit(value: string): number {
  const allowed = { min: -1, max: 2 ** 24, note: '-1 for as many as fit' };
  const limit = wholeNumber('--predict', allowed)(value);
  return limit === 0 ? refuse('--predict', value, 'at least 1 (or -1 for as many as fit)') : limit;
}

export function addGenerationFlags(command: Command): Command {
  return command
    .optionsGroup('Text:')
    .addOption(
      valued('-s, --system <text>', 'instructions before the prompt (also -sys)', (text: string) => text),
    )
    .addOption(yesOrNo('--raw', 'continue the prompt as it is, without the chat template'))
    .addOption(
      valued(
        '-n, --predict <tokens>',
        'most tokens to write (also --n-predict)',
        tokenLimit,
        -1,
        '-1: until the end',
      ),
    )
    .addOption(
      valued('--stop <text>', 'end before this text; may be repeated', repeated('--stop'), [], 'none'),
    )
    .addOption(
      valued('--json-schema <file>', 'write JSON that this JSON schema allows', nonEmpty('--json-schema')),
    )
    .addOption(
      valued('--grammar-file <file>', 'write only what this GBNF grammar allows', nonEmpty('--grammar-file')),
    )
    .addOption(
      yesOrNo('--compare', 'write with speculation off and on, and check that both texts are the same'),
    )
    .optionsGroup('Sampling:')
    .addOption(
      valued(
        '--temp <number>',
        'randomness (also --temperature)',
        decimalNumber('--temp', { min: 0, max: 10, note: '0 for always the likeliest token' }),
        0,
        '0: always the likeliest token',
      ),
    )
    .addOption(
      valued(
        '--top-k <count>',
        'choose among the likeliest tokens only',
        wholeNumber('--top-k', { min: 0, max: 10_000_000, note: '0 for off' }),
        0,
        '0: off',
      ),
    )
    .addOption(
      valued(
        '--top-p <share>',
        'choose among the likeliest tokens that make up this share',
        decimalNumber('--top-p', { min: 0.000001, max: 1, note: '1 for off' }),
        1,
        '1: off',
      ),
    )
    .addOption(
      valued(
        '--min-p <share>',
        'drop tokens less likely than this share of the likeliest',
        decimalNumber('--min-p', { min: 0, max: 1, note: '0 for off' }),
        0,
        '0: off',
      ),
    )
    .addOption(
      valued(
        '--seed <number>',
        'the same seed gives the same text',
        wholeNumber('--seed', { min: -1, max: MOST_SEED, note: '-1 for a new one' }),
        -1,
        '-1: a new one',
      ),
    );
}

export function samplingOf(flags: GenerateFlags): SamplingOptions {
  return {
    temperature: flags.temp,
    topK: flags.topK,
    topP: flags.topP,
    minP: flags.minP,
    presencePenalty: 0,
    frequencyPenalty: 0,
    repeatPenalty: 1,
    repeatLastN: 64,
    logitBias: [],
    seed: flags.seed === -1 ? Math.floor(Math.random() * MOST_SEED) : flags.seed,
  };
}

/**
 * The grammar of `--json-schema` or `--grammar-file`; undefined without either.
 * @throws ForetokenError `invalid_option`, `invalid_json`, `invalid_schema`, `invalid_grammar`, `file_not_found`
 */
export function grammarOf(flags: GenerateFlags): CompiledGrammar | undefined {
  const { jsonSchema, grammarFile } = flags;
  if (jsonSchema !== undefined && grammarFile !== undefined)
    throw new ForetokenError(
      'invalid_option',
      '--json-schema and --grammar-file contradict each other; give one.',
      {
        param: 'grammar-file',
      },
    );
  if (grammarFile !== undefined) return compileGbnf(readTextFile('--grammar-file', grammarFile));
  if (jsonSchema === undefined) return undefined;
  const text = readTextFile('--json-schema', jsonSchema);
  let schema: unknown;
  try {
    schema = JSON.parse(text);
  } catch (cause) {
    throw new ForetokenError(
      'invalid_json',
      `--json-schema ${jsonSchema} is not JSON: ${(cause as Error).message}`,
      {
        param: 'json-schema',
        cause,
      },
    );
  }
  return compileSource({ kind: 'schema', schema, param: 'json-schema' });
}
