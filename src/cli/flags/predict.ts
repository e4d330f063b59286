/** The flags of `predict` for language models. */
import type { Command } from 'commander';
import { CACHE_TYPES } from '../../llama/cache-types.js';
import { valued, yesOrNo } from './flag.js';
import { nonEmpty, oneOf, wholeNumber } from './values.js';

export interface PredictGgufFlags {
  readonly hfRepo?: string;
  readonly hfFile?: string;
  readonly offline?: boolean;
  readonly ctxSize: number;
  readonly parallel: number;
  readonly threads: number;
  readonly promptTokens: number;
  readonly exact?: boolean;
  readonly cacheTypeK?: string;
  readonly cacheTypeV?: string;
  readonly device?: string;
  readonly json?: boolean;
}

const CACHE_NAMES = CACHE_TYPES.map((type) => type.toLowerCase());

export function addPredictGgufFlags(command: Command): Command {
  return command
    .optionsGroup('Language models (GGUF):')
    .addOption(
      valued(
        '--hf-repo <name>',
        'model of the Hugging Face hub, user/model or user/model:quant, of which only the head is read (also -hf)',
        nonEmpty('--hf-repo'),
      ),
    )
    .addOption(
      valued(
        '--hf-file <path>',
        'file of that repository, where no quant tells which (also -hff)',
        nonEmpty('--hf-file'),
      ),
    )
    .addOption(yesOrNo('--offline', 'ask the hub nothing: take the model as it is in the cache'))
    .addOption(
      valued(
        '-c, --ctx-size <tokens>',
        'tokens of context over all requests together',
        wholeNumber('--ctx-size', { min: 0, max: 2 ** 24, note: '0 to choose' }),
        0,
        '0: as the model was trained, up to 4096 a request',
      ),
    )
    .addOption(
      valued(
        '--parallel <count>',
        'requests that run at the same time (also -np)',
        wholeNumber('--parallel', { min: 1, max: 256 }),
        1,
      ),
    )
    .addOption(
      valued(
        '-t, --threads <count>',
        'threads that compute',
        wholeNumber('--threads', { min: 0, max: 1024, note: '0 for the physical cores' }),
        0,
        '0: physical cores',
      ),
    )
    .addOption(
      valued(
        '--prompt-tokens <count>',
        'length of the prompt whose time to the first token is told',
        wholeNumber('--prompt-tokens', { min: 1, max: 2 ** 20 }),
        512,
      ),
    )
    .addOption(yesOrNo('--no-exact', 'with the fastest kernels, as serve --no-exact'))
    .addOption(
      valued(
        '--cache-type-k <type>',
        `type of the keys in the KV cache: ${CACHE_NAMES.join(', ')} (also -ctk; default: f16)`,
        oneOf('--cache-type-k', CACHE_NAMES),
      ),
    )
    .addOption(
      valued(
        '--cache-type-v <type>',
        'type of the values (also -ctv; default: f16)',
        oneOf('--cache-type-v', CACHE_NAMES),
      ),
    )
    .addOption(
      valued(
        '--device <name>',
        'a device by its data sheet instead of this machine (foretoken devices lists them)',
        nonEmpty('--device'),
      ),
    )
    .addOption(yesOrNo('--json', 'print as JSON, for programs'));
}
