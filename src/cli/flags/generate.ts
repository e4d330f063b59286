/** The flags that only `generate` has: what to ask, how to choose words, how to show them. */
import { randomInt } from 'node:crypto';
import type { Command } from 'commander';
import { ForetokenError } from '../../base/errors.js';
import { GREEDY, type SamplingDefaults, type SamplingOptions } from '../../base/sampling-options.js';
import { compileGbnf } from '../../constraints/compile.js';
import { compileSource } from '../../constraints/grammar-source.js';
import type { CompiledGrammar } from '../../constraints/network.js';
import type { EngineFlags } from './engine.js';
import { valued, yesOrNo } from './flag.js';
import { givenSampling, type SamplingFlags } from './sampling.js';
import { readTextFile } from './serve.js';
import { nonEmpty, refuse, repeated, seed, wholeNumber } from './values.js';

export interface GenerateFlags extends EngineFlags, SamplingFlags {
  readonly system?: string;
  readonly raw?: boolean;
  readonly predict: number;
  readonly stop: readonly string[];
  /** As it reaches the engine; -1: a new one. */
  readonly seed: number;
  readonly jsonSchema?: string;
  readonly grammarFile?: string;
  readonly compare?: boolean;
}

/** Tokens, some 750 words. */
export const DEFAULT_PREDICT = 1024;

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
        DEFAULT_PREDICT,
        `${DEFAULT_PREDICT}; -1: until the end, loops included`,
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
      valued('--seed <number>', 'the same seed gives the same text', seed('--seed'), -1, '-1: a new one'),
    );
}

/** @param ofModel what the model's file says */
export function samplingOf(flags: GenerateFlags, ofModel: Partial<SamplingDefaults>): SamplingOptions {
  return {
    ...GREEDY,
    ...ofModel,
    ...givenSampling(flags),
    seed: flags.seed === -1 ? randomInt(2 ** 32) : flags.seed,
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
