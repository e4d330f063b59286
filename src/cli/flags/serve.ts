/** The flags that only `serve` has: where it listens, who may ask, how much at once. */
import { readFileSync } from 'node:fs';
import type { Command } from 'commander';
import { ForetokenError } from '../../base/errors.js';
import { DEFAULT_WATCHDOG_MS } from '../../engine/watchdog.js';
import { addComputeFlags, addModelFlags, type EngineFlags } from './engine.js';
import { valued, yesOrNo } from './flag.js';
import { addServeJournalFlags, type JournalBoundFlags } from './journal.js';
import { addSamplingFlags, type SamplingFlags } from './sampling.js';
import { addSpeculationFlags } from './speculation.js';
import { byteCount, hostNames, listOf, nonEmpty, originNames, wholeNumber } from './values.js';

export interface ServeFlags extends EngineFlags, SamplingFlags, JournalBoundFlags {
  readonly host: string;
  readonly port: number;
  readonly parallel: number;
  readonly queueLimit: number;
  readonly bodyLimit: number;
  readonly apiKey: readonly string[];
  readonly apiKeyFile?: string;
  readonly openMetrics?: boolean;
  readonly statsTexts?: boolean;
  readonly allowedHost: readonly string[];
  readonly strict?: boolean;
  readonly alias?: string;
  readonly moreModels: readonly string[];
  readonly modelsDir?: string;
  readonly modelsMaxMemory?: number;
  readonly tasksDir?: string;
  readonly corsOrigin: readonly string[];
  readonly shutdownGraceMs: number;
  readonly stallTimeoutMs: number;
  readonly watchdogMs: number;
  readonly journal?: string;
}

/** As they are given: `--model` may be repeated. */
export type GivenServeFlags = Omit<ServeFlags, 'model'> & { readonly model?: readonly string[] };

/** The first model is the server's first, and others are further ones. */
export function withFirstModel({ model: models = [], ...flags }: GivenServeFlags): ServeFlags {
  const [model, ...further] = models;
  return { ...flags, moreModels: [...further, ...flags.moreModels], ...(model !== undefined && { model }) };
}

/** All flags of `serve`. */
export const addServeFlags = (command: Command): Command =>
  addServeJournalFlags(
    addServerFlags(addSamplingFlags(addComputeFlags(addSpeculationFlags(addModelFlags(command, true))), 1)),
  );

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
        'key that requests must bring; may be repeated. Other users of this machine can read the command line: ' +
          'better FORETOKEN_API_KEY or --api-key-file',
        listOf('--api-key'),
        [],
        'none needed',
      ),
    )
    .addOption(valued('--api-key-file <file>', 'file with one such key a line', nonEmpty('--api-key-file')))
    .addOption(
      yesOrNo('--open-metrics', 'GET /metrics and GET /v1/stats need no key, for scrapers that have none'),
    )
    .addOption(
      yesOrNo(
        '--stats-texts',
        'GET /v1/stats/events tells the texts of ended requests, to everybody who has a key',
      ),
    )
    .addOption(
      valued(
        '--allowed-host <name>',
        'further name that the server is called by, such as llm.example or *.example; * for any; may be repeated. ' +
          'Requests to a name that is not its own are refused (DNS rebinding)',
        hostNames('--allowed-host'),
        [],
        'its own names',
      ),
    )
    .addOption(
      yesOrNo(
        '--strict',
        'refuse requests with fields that are not known, which are else named in a warning',
      ),
    )
    .addOption(
      valued(
        '--alias <name>',
        "name of the model in the API (default: the file's name)",
        nonEmpty('--alias'),
      ),
    )
    .addOption(
      valued(
        '--more-models <list>',
        "further models, loaded when a request's model names them: FILE or NAME=FILE, with commas or repeated",
        listOf('--more-models'),
        [],
        'none',
      ),
    )
    .addOption(
      valued(
        '--models-dir <folder>',
        "folder whose GGUF files are further models by the files' names",
        nonEmpty('--models-dir'),
      ),
    )
    .addOption(
      valued(
        '--models-max-memory <bytes>',
        'most that all loaded models may take, such as 8g; those idle longest go first (default: three quarters of ' +
          'what is free beside the first model, which stays)',
        byteCount('--models-max-memory'),
      ),
    )
    .addOption(
      valued(
        '--drafts-dir <folder>',
        'folder whose files POST /v1/drafts may load as draft models while the server runs (default: none)',
        nonEmpty('--drafts-dir'),
      ),
    )
    .addOption(
      valued(
        '--tasks-dir <folder>',
        "folder of the model's tasks and their drafts, which are loaded when they change; none for none (default: the " +
          "model's own in the cache, or what comes with Foretoken for it)",
        nonEmpty('--tasks-dir'),
      ),
    )
    .addOption(
      valued(
        '--draft-memory <bytes>',
        'most that all draft models may take together, such as 512m; unused ones go first (default: a quarter of ' +
          'what is free beside the model)',
        byteCount('--draft-memory'),
      ),
    )
    .addOption(
      valued(
        '--cors-origin <origin>',
        'origin of pages that may call, such as https://app.example, or * for all; may be repeated',
        originNames('--cors-origin'),
        [],
        'its own',
      ),
    )
    .addOption(
      valued(
        '--shutdown-grace-ms <ms>',
        'how long requests in flight may go on after SIGTERM or Ctrl-C',
        wholeNumber('--shutdown-grace-ms', { min: 0, max: 86_400_000 }),
        30_000,
      ),
    )
    .addOption(
      valued(
        '--stall-timeout-ms <ms>',
        'how long a client may leave its answer unread before it is ended',
        wholeNumber('--stall-timeout-ms', { min: 100, max: 86_400_000 }),
        30_000,
      ),
    )
    .addOption(
      valued(
        '--watchdog-ms <ms>',
        'how long one step may take before /health says that the engine hangs',
        wholeNumber('--watchdog-ms', { min: 0, max: 86_400_000, note: '0 for any time' }),
        DEFAULT_WATCHDOG_MS,
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
