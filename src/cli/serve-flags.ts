/** The flags that only `serve` has: where it listens, who may ask, how much at once. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ForetokenError } from '../base/errors.js';
import type { EngineFlags } from './engine-flags.js';
import { valued } from './flags.js';
import { byteCount, listOf, nonEmpty, wholeNumber } from './values.js';

export interface ServeFlags extends EngineFlags {
  readonly host: string;
  readonly port: number;
  readonly parallel: number;
  readonly queueLimit: number;
  readonly bodyLimit: number;
  readonly apiKey: readonly string[];
  readonly apiKeyFile?: string;
  readonly alias?: string;
  readonly corsOrigin: readonly string[];
  readonly shutdownGraceMs: number;
}

export function addServerFlags(command: Command): Command {
  return command
    .optionsGroup('Server:')
    .addOption(valued('--host <address>', 'address to listen on', nonEmpty('--host'), '127.0.0.1'))
    .addOption(
      valued(
        '--port <number>',
        'port to listen on',
        wholeNumber('--port', { min: 0, max: 65535, note: '0 for any free one' }),
        8080,
      ),
    )
    .addOption(
      valued(
        '--parallel <count>',
        'requests that run at the same time (also -np)',
        wholeNumber('--parallel', { min: 1, max: 256 }),
        4,
      ),
    )
    .addOption(
      valued(
        '--queue-limit <count>',
        'requests that may wait; one more is refused with status 429',
        wholeNumber('--queue-limit', { min: 0, max: 1_000_000 }),
        1024,
      ),
    )
    .addOption(
      valued(
        '--body-limit <bytes>',
        'largest request body, such as 512k or 8m',
        byteCount('--body-limit'),
        8 * 2 ** 20,
        '8m',
      ),
    )
    .addOption(
      valued(
        '--api-key <key>',
        'key that requests must bring; may be repeated',
        listOf('--api-key'),
        [],
        'none needed',
      ),
    )
    .addOption(valued('--api-key-file <file>', 'file with one such key a line', nonEmpty('--api-key-file')))
    .addOption(
      valued(
        '--alias <name>',
        "name of the model in the API (default: the file's name)",
        nonEmpty('--alias'),
      ),
    )
    .addOption(
      valued(
        '--cors-origin <origin>',
        'origin that browsers may call from, or *; may be repeated',
        listOf('--cors-origin'),
        [],
        'none',
      ),
    )
    .addOption(
      valued(
        '--shutdown-grace-ms <ms>',
        'how long requests in flight may go on after SIGTERM or Ctrl-C',
        wholeNumber('--shutdown-grace-ms', { min: 0, max: 86_400_000 }),
        30_000,
      ),
    );
}

/** @throws ForetokenError `file_not_found` or `invalid_option` */
export function apiKeys(flags: ServeFlags): readonly string[] {
  if (flags.apiKeyFile === undefined) return flags.apiKey;
  const keys = readTextFile('--api-key-file', flags.apiKeyFile)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  // An empty file would open the server to everybody, against what was asked for.
  if (keys.length === 0)
    throw new ForetokenError(
      'invalid_option',
      `--api-key-file ${flags.apiKeyFile} holds no key; write one a line.`,
      {
        param: 'api-key-file',
      },
    );
  return [...flags.apiKey, ...keys];
}

/** A text file that a flag names. @throws ForetokenError `file_not_found` */
export function readTextFile(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForetokenError('file_not_found', `${flag} cannot be read: ${reason}`, {
      param: flag.replace(/^--/, ''),
      cause,
    });
  }
}
