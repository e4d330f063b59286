/**
 * What a model is opened with: the flags of `foretoken serve`, under the names that they have there. They are read by the
 * same code, so that what is checked there is checked here, and what is unset comes from the same environment variables.
 */
import { CommanderError } from 'commander';
import { ForetokenError } from '../base/errors.js';
import { emptyProgram } from '../cli/empty-program.js';
import { MODEL_SOURCES } from '../cli/flags/engine.js';
import { addServeFlags, type GivenServeFlags, type ServeFlags, withFirstModel } from '../cli/flags/serve.js';
import { plainError } from '../cli/usage.js';

/** The ones that most programs need; docs/cli-serve.md has all of them. */
export interface OpenOptions {
  /** Draft model, GGUF; `none` for none. Undefined: one that comes with Foretoken for this model, if there is one. */
  readonly draft?: string;
  /** Tokens of context over all requests together; undefined: as the model was trained, up to 4,096 a request. */
  readonly ctxSize?: number;
  /** Requests that run at the same time; undefined: 4. */
  readonly parallel?: number;
  /** Threads that compute; undefined: the physical cores. */
  readonly threads?: number;
  readonly gpu?: 'none' | 'cuda' | 'vulkan' | 'metal';
  /** `auto`, `off` or `fixed:K`; undefined: `auto`. */
  readonly speculation?: string;
  /** false: the fastest kernels; near ties may fall either way. */
  readonly exact?: boolean;
  /** Any other flag of `serve`, such as `cacheTypeK`, `lora` (a list) or `temp`. */
  readonly [flag: string]: OptionValue;
}

export type OptionValue = string | number | boolean | readonly string[] | undefined;

/** About listening, which nobody does here. */
const OF_LISTENING: readonly string[] = [
  'host',
  'port',
  'apiKey',
  'apiKeyFile',
  'openMetrics',
  'allowedHost',
  'corsOrigin',
];

/**
 * @param model GGUF file; `demo` for the bundled one; undefined: as `options.hfRepo` says
 * @throws ForetokenError `invalid_option`
 */
export async function serveFlags(model: string | undefined, options: OpenOptions): Promise<ServeFlags> {
  const args = Object.entries({ ...options, model }).flatMap(([name, value]) => argumentsOf(name, value));
  let flags: GivenServeFlags | undefined;
  const program = emptyProgram(MODEL_SOURCES);
  const serve = program.command('serve').action((given: GivenServeFlags) => {
    flags = given;
  });
  addServeFlags(serve);
  for (const command of [program, serve])
    command.exitOverride().configureOutput({ writeErr: () => undefined });
  try {
    await program.parseAsync(['serve', ...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new ForetokenError(
      'invalid_option',
      `${plainError(error.message)} (options are the flags of foretoken serve).`,
      {
        cause: error,
      },
    );
  }
  return withFirstModel(flags!);
}

/** `ctxSize: 4096` as `--ctx-size=4096`. */
function argumentsOf(name: string, value: OptionValue): readonly string[] {
  if (OF_LISTENING.includes(name))
    throw new ForetokenError(
      'invalid_option',
      `${name}: a model that is opened listens nowhere; leave it out.`,
      {
        param: name,
      },
    );
  const flag = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (!/^[a-z][a-z0-9-]*$/.test(flag))
    throw new ForetokenError('invalid_option', `${JSON.stringify(name)} is no option.`, { param: name });
  if (value === undefined) return [];
  if (typeof value === 'boolean') return [value ? `--${flag}` : `--no-${flag}`];
  return [value].flat().map((one) => `--${flag}=${String(one)}`);
}
