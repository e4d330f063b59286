/** A model with everything that answers for it, before anybody listens: what `serve` and the library have in common. */
import { requireOwnNames } from '../server/further-models.js';
import { ForetokenError } from '../base/errors.js';
import type { EngineHandle } from '../engine/types.js';
import { buildServer, type ServerApp } from '../server/server.js';
import { ThreadedCodec } from '../server/threaded-codec.js';
import { TaskClassifier } from '../tasks/classifier/classifier.js';
import { JournalWriter } from '../tasks/journal/writer.js';
import { taskSource } from '../tasks/router/knowledge.js';
import { engineSetup, nameOf, type EngineSetup } from './flags/engine.js';
import { givenSampling } from './flags/sampling.js';
import type { ServeFlags } from './flags/serve.js';
import { boundFor, furtherModels } from './further-models.js';
import { start, type StartHooks } from './start.js';
import { taskDraftsOf } from './task-drafts.js';
import { version } from './version.js';

export interface ServedModel {
  readonly app: ServerApp;
  readonly engine: EngineHandle;
  readonly setup: EngineSetup;
  readonly modelId: string;
  /** Frees what is left when the app is closed. */
  dispose(): void;
}

interface Surroundings {
  /** API keys that requests must bring; none: everybody may ask. */
  readonly keys: readonly string[];
  readonly hooks: StartHooks;
  /** Told what goes on, where it is no warning. */
  readonly note: (text: string) => void;
}

/** @param flags with files for what they name on the hub (`withModels`) */
export async function servedModel(
  flags: ServeFlags,
  { keys, hooks, note }: Surroundings,
): Promise<ServedModel> {
  const { say } = hooks;
  const setup = engineSetup(flags, flags);
  const { modelPath } = setup.model;
  const modelId = flags.alias ?? nameOf(modelPath);
  const further = furtherModels(flags, modelPath);
  requireOwnNames(modelId, further);
  const journal = await journalOf(flags, say);
  const { engine, text, textSetup } = await start(setup, flags, hooks).catch(async (error: unknown) => {
    await journal?.close();
    throw error;
  });
  const codec = new ThreadedCodec(text, textSetup);
  const taskDrafts = engine.info.canSpeculate ? taskDraftsOf(flags, setup) : undefined;
  const app = buildServer({
    journal,
    engine,
    codec,
    modelId,
    modelPath,
    furtherModels: further,
    furtherModelsBytes: boundFor(flags, modelPath),
    draftsDir: flags.draftsDir,
    taskDrafts,
    tasks: taskDrafts && taskSource(taskDrafts, (file) => TaskClassifier.read(file)),
    onTaskProblem: say,
    onDraftsReloaded: ({ loaded, unloaded, problems }) => {
      problems.forEach(say);
      // Those that come with Foretoken come and go as they are needed.
      if (loaded.length > 0 && taskDrafts?.onDemand !== true)
        note(`drafts of tasks loaded: ${loaded.join(', ')}`);
      if (unloaded.length > 0) note(`drafts of tasks unloaded: ${unloaded.join(', ')}`);
    },
    apiKeys: keys,
    openMetrics: flags.openMetrics ?? false,
    statsTexts: flags.statsTexts ?? false,
    listensOn: flags.host,
    allowedHosts: flags.allowedHost,
    corsOrigins: flags.corsOrigin,
    bodyLimitBytes: flags.bodyLimit,
    shutdownGraceMs: flags.shutdownGraceMs,
    stallTimeoutMs: flags.stallTimeoutMs,
    sampling: { ...text.samplingDefaults, ...givenSampling(flags) },
    strict: flags.strict ?? false,
    systemFingerprint: `foretoken-${version()}`,
    onInternalError: (error) => {
      say(`${error.code}: ${error.message}`);
    },
  });
  if (text.chatFallback !== undefined) say(text.chatFallback.warning);
  if (engine.info.exactness !== 'exact' && flags.exact !== false) {
    say(
      `texts are equal up to rounding: ${engine.info.exactnessReason}. Where two tokens are nearly tied, text can ` +
        'differ with speculation or under load; every answer says so (docs/lossless.md).',
    );
  }
  return {
    app,
    engine,
    setup,
    modelId,
    dispose: () => {
      codec.close();
      text.dispose();
    },
  };
}

/** Said loudly: what users write is stored. */
async function journalOf(
  { journal: folder, journalMaxMb, journalMaxDays, redact }: ServeFlags,
  say: (warning: string) => void,
): Promise<JournalWriter | undefined> {
  if (folder === undefined) {
    if (redact.length > 0)
      throw new ForetokenError(
        'invalid_option',
        '--redact takes something out of the journal, and there is none: add --journal FOLDER.',
        { param: 'redact' },
      );
    return undefined;
  }
  const options = { maxBytes: journalMaxMb * 2 ** 20, maxDays: journalMaxDays, redact };
  const journal = await JournalWriter.open(folder, options, say);
  say(
    `THE JOURNAL IS ON: what users write and what they are answered is stored in ${folder}, for up to ` +
      `${journalMaxDays} days and ${journalMaxMb} MiB. Addresses, keys and numbers are taken out as far as patterns ` +
      'find them (docs/journal.md); tell your users. foretoken journal purge deletes it.',
  );
  return journal;
}
