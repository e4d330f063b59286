/** The flags of `profile gguf`. */
import type { Command } from 'commander';
import { RANDOM_TYPES } from '../../abacus/gguf/random-types.js';
import { valued } from './flag.js';
import { listOf, nonEmpty, wholeNumber } from './values.js';

export interface ProfileGgufFlags {
  readonly out?: string;
  readonly models: readonly string[];
  readonly types: readonly string[];
  readonly shapes: number;
  readonly seed: number;
  readonly seconds: number;
  readonly threadCounts: readonly string[];
}

export function addProfileGgufFlags(command: Command): Command {
  return command
    .addOption(
      valued(
        '-o, --out <file>',
        "CSV file to write or to go on with (default: the machine's own profile in the cache folder)",
        nonEmpty('--out'),
      ),
    )
    .addOption(
      valued(
        '--models <file>',
        'GGUF file to time instead of random models; may be repeated',
        listOf('--models'),
        [],
        'none',
      ),
    )
    .addOption(
      valued(
        '--types <type>',
        `types of weights to time, of ${RANDOM_TYPES.join(', ')}; may be repeated`,
        listOf('--types'),
        [],
        'all',
      ),
    )
    .addOption(
      valued(
        '--shapes <count>',
        'random models of each type',
        wholeNumber('--shapes', { min: 1, max: 1000 }),
        4,
      ),
    )
    .addOption(
      valued(
        '--seed <number>',
        'from which the shapes are drawn',
        wholeNumber('--seed', { min: 1, max: 1_000_000 }),
        1,
      ),
    )
    .addOption(
      valued(
        '--seconds <count>',
        'time after which no other model is begun; a further run goes on',
        wholeNumber('--seconds', { min: 1, max: 100_000 }),
        240,
      ),
    )
    .addOption(
      valued(
        '--thread-counts <count>',
        'threads to time with; may be repeated',
        listOf('--thread-counts'),
        [],
        '1 and the physical cores',
      ),
    );
}
