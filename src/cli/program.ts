/**
 * The commands and their flags. Each command's work is imported only when it runs, so that `--help` and
 * mistakes are answered at once.
 */
import type { Command } from 'commander';
import { addBenchFlags, type BenchFlags } from './flags/bench.js';
import { addBenchCompareFlags, type BenchCompareFlags } from './flags/bench-compare.js';
import { addComputeFlags, addModelFlags, MODEL_SOURCES } from './flags/engine.js';
import {
  addDraftCreateFlags,
  addDraftTrainFlags,
  type DraftCreateFlags,
  type DraftTrainFlags,
} from './flags/draft.js';
import { addAdaptFlags, addAlignFlags, type AdaptFlags } from './flags/adapt.js';
import { addDraftRegistryFlags, addJsonFlag, type DraftRegistryFlags } from './flags/draft-registry.js';
import { addExplainFlags, type ExplainFlags } from './flags/explain.js';
import { addGenerationFlags, type GenerateFlags } from './flags/generate.js';
import { addInspectFlags, type InspectFlags } from './flags/inspect.js';
import { addModelsFlags, type ModelsFlags } from './flags/models.js';
import { addSamplingFlags } from './flags/sampling.js';
import { addServeFlags, type GivenServeFlags, withFirstModel } from './flags/serve.js';
import { addSimulateFlags, type SimulateFlags } from './flags/simulate.js';
import { addSpeculationFlags } from './flags/speculation.js';
import { addJournalCommands } from './journal-program.js';
import { emptyProgram } from './empty-program.js';
import { ENVIRONMENT_NOTE } from './predict-program.js';
import { addCostCommands } from './program-costs.js';
import { addTasksCommands } from './tasks-program.js';

export function buildProgram(setExitCode: (code: number) => void): Command {
  const program = emptyProgram(MODEL_SOURCES);

  const serve = program
    .command('serve')
    .summary('serve a model over the OpenAI API')
    .description("Serves a model over an HTTP API like OpenAI's, until Ctrl-C or SIGTERM.")
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: GivenServeFlags, command: Command) => {
      const keyOnCommandLine = command.getOptionValueSource('apiKey') === 'cli';
      await (await import('./serve.js')).serve(withFirstModel(flags), keyOnCommandLine);
    });
  addServeFlags(serve);

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
  addComputeFlags(addSpeculationFlags(addModelFlags(addSamplingFlags(addGenerationFlags(generate), 0))));

  const inspect = program
    .command('inspect')
    .summary('show what is in a GGUF file')
    .description('Shows architecture, size, vocabulary, chat template and memory need of a GGUF file.')
    .argument('<file>', 'GGUF file')
    .action(async (file: string, flags: InspectFlags) => {
      (await import('./inspect.js')).inspect(file, flags);
    });
  addInspectFlags(inspect);

  const models = program
    .command('models')
    .summary('list the models that are on this machine')
    .description(
      "Lists the models in the Hugging Face hub's cache, those fetched otherwise, and the bundled one, with what to " +
        'pass to serve them.',
    )
    .action(async (flags: ModelsFlags) => {
      (await import('./models.js')).models(flags);
    });
  addModelsFlags(models);

  const bench = program
    .command('bench')
    .summary('put load on a server and measure it')
    .description(
      "Sends requests to a server of OpenAI's API (Foretoken, llama-server, vLLM) as they would arrive, and reports " +
        "latency and throughput. Flags and figures are named as those of vLLM's bench serve.",
    )
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: BenchFlags) => {
      setExitCode(await (await import('./bench.js')).bench(flags));
    });
  addBenchFlags(bench);
  const compare = bench
    .command('compare')
    .summary('compare settings of speculation under load')
    .description(
      'Runs every setting of speculation (off, fixed lengths, auto) under every load on one server, in alternating order, ' +
        'and writes the figures as JSON and as an HTML page with plots.',
    )
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: BenchCompareFlags, command: Command) => {
      setExitCode(await (await import('./bench-compare.js')).benchCompare(flags, command));
    });
  addBenchCompareFlags(compare);

  const explain = program
    .command('explain')
    .summary('say why a step guessed as much as it did')
    .description(
      'Says in words why steps were planned as they were, from the plan log of a server (serve --plan-log) or from ' +
        'a running server, which keeps the latest 256 plans.',
    )
    .argument('<source>', 'file of a plan log, or address of a server, such as http://127.0.0.1:8080')
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (source: string, flags: ExplainFlags) => {
      await (await import('./explain.js')).explain(source, flags);
    });
  addExplainFlags(explain);

  const simulate = program
    .command('simulate')
    .summary('compare ways of guessing on a simulated machine')
    .description(
      "Runs the engine's own planner over a simulated machine in virtual time and compares ways of guessing.",
    )
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: SimulateFlags) => {
      await (await import('./simulate.js')).simulateCommand(flags);
    });
  addSimulateFlags(simulate);

  addJournalCommands(program, ENVIRONMENT_NOTE);
  addTasksCommands(program, ENVIRONMENT_NOTE);

  const draft = program
    .command('draft')
    .summary('make and train draft models')
    .description('Makes and trains draft models: small ones that guess ahead for a large one.');
  const draftCreate = draft
    .command('create')
    .summary('make an untrained draft for a model')
    .description(
      "Makes a draft for a model: a narrow network that starts from the model's own token vectors, or some of its " +
        'layers. It guesses little before it is trained.',
    )
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: DraftCreateFlags) => {
      await (await import('./draft.js')).create(flags);
    });
  addDraftCreateFlags(draftCreate);
  const draftTrain = draft
    .command('train')
    .summary("train a draft on its model's answers")
    .description(
      'Trains a draft on what the model itself answers to prompts like those it will be asked. Ctrl-C ends early ' +
        'and keeps what was learned.',
    )
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: DraftTrainFlags) => {
      setExitCode(await (await import('./draft.js')).train(flags));
    });
  addDraftTrainFlags(draftTrain);
  const draftAlign = draft
    .command('align')
    .summary("train a draft on one task's answers, and keep it for that task")
    .description(
      "Trains a draft on the model's own answers to the prompts of one task, and keeps it for that task where it guesses " +
        'better than what it started from. Ended at any moment, it goes on when it is started again.',
    )
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: AdaptFlags) => {
      setExitCode(await (await import('./adapt.js')).align(flags));
    });
  addAlignFlags(draftAlign);
  addRegistryCommands(draft, setExitCode);
  addCostCommands(program, ENVIRONMENT_NOTE);
  const adapt = program
    .command('adapt')
    .summary('train drafts for the tasks of the traffic that pay')
    .description(
      'From traffic to drafts, within a time: texts of each task, which tasks a draft of their own would pay for, their ' +
        'training, and which draft serves which task. A running server takes the result up by itself.',
    )
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: AdaptFlags) => {
      setExitCode(await (await import('./adapt.js')).adaptCommand(flags));
    });
  addAdaptFlags(adapt);
  return program;
}

function addRegistryCommands(draft: Command, setExitCode: (code: number) => void): void {
  const list = draft
    .command('list')
    .summary('list the drafts that are kept for tasks')
    .description('Lists the drafts that are kept for the tasks of a model, and which task has which.')
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: DraftRegistryFlags) => {
      (await import('./draft-registry.js')).list(flags);
    });
  addJsonFlag(addDraftRegistryFlags(list));
  const verify = draft
    .command('verify')
    .summary('check the drafts that are kept')
    .description(
      'Reads every draft that is kept for the tasks of a model and says which are missing or damaged.',
    )
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (flags: DraftRegistryFlags) => {
      setExitCode(await (await import('./draft-registry.js')).verify(flags));
    });
  addDraftRegistryFlags(verify);
  const remove = draft
    .command('remove')
    .summary('remove a draft that is kept')
    .description('Removes a draft from those that are kept for the tasks of a model.')
    .argument('<id>', 'id of the draft')
    .addHelpText('after', ENVIRONMENT_NOTE)
    .action(async (id: string, flags: DraftRegistryFlags) => {
      await (await import('./draft-registry.js')).remove(id, flags);
    });
  addDraftRegistryFlags(remove);
}
