/**
 * The commands and their flags. Each command's work is imported only when it runs, so that `--help` and
 * mistakes are answered at once.
 */
import { Command } from 'commander';
import { addComputeFlags, addModelFlags, addSpeculationFlags } from './engine-flags.js';
import { readBooleanEnvironment } from './flags.js';
import { addGenerationFlags, type GenerateFlags } from './generate-flags.js';
import { addServerFlags, type ServeFlags } from './serve-flags.js';
import { version } from './version.js';

const ENVIRONMENT_NOTE =
  '\nEvery flag can be given as an environment variable, too; flags on the command line win.';

export function buildProgram(setExitCode: (code: number) => void): Command {
  const program = new Command('foretoken')
    .description(
      'Serves any GGUF language model faster than the model alone can run, with exactly the same text.',
    )
    .version(version())
    .enablePositionalOptions()
    .hook('preAction', (_program, command) => {
      readBooleanEnvironment(command);
    });

  const serve = program
    .command('serve')
    .summary('serve a model over the OpenAI API')
    .description("Serves a model over an HTTP API like OpenAI's, until Ctrl-C or SIGTERM.")
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: ServeFlags) => {
      await (await import('./serve.js')).serve(flags);
    });
  addServerFlags(addComputeFlags(addSpeculationFlags(addModelFlags(serve))));

  const generate = program
    .command('generate')
    .summary('answer one prompt on the terminal')
    .description(
      'Answers a prompt and streams the text to the terminal, where tokens that were guessed right are shaded.',
    )
    .argument('[prompt]', 'what to answer; without it, or as -, standard input')
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (prompt: string | undefined, flags: GenerateFlags) => {
      setExitCode(await (await import('./generate.js')).generate(prompt, flags));
    });
  addComputeFlags(addSpeculationFlags(addModelFlags(addGenerationFlags(generate))));

  return program;
}
