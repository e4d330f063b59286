/** `foretoken serve`: the model behind an HTTP API, until a signal ends it. */
import { createServer } from 'node:net';
import { ForetokenError } from '../base/errors.js';
import { modeText } from '../engine/speculation-mode.js';
import type { EngineHandle, ProposerName } from '../engine/types.js';
import { computingText } from '../llama/devices.js';
import { requireOwnNames } from '../server/further-models.js';
import { buildServer, listen } from '../server/server.js';
import { TaskClassifier } from '../tasks/classifier/classifier.js';
import { taskSource } from '../tasks/router/knowledge.js';
import { JournalWriter } from '../tasks/journal/writer.js';
import { ThreadedCodec } from '../server/threaded-codec.js';
import { engineSetup, nameOf, type EngineSetup } from './flags/engine.js';
import { note, warn } from './failure.js';
import { boundFor, firstOfFolder, furtherModels } from './further-models.js';
import { checkFlags, offerDraft, withModels } from './model-source.js';
import { givenSampling } from './flags/sampling.js';
import { apiKeys, type ServeFlags } from './flags/serve.js';
import { endWithoutThread, untilSignal } from './shutdown.js';
import { start } from './start.js';
import { taskDraftsOf } from './task-drafts.js';
import { version } from './version.js';

/** @param keyOnCommandLine a key was given as a flag, where every user of the machine can read it */
export async function serve(given: ServeFlags, keyOnCommandLine = false): Promise<void> {
  checkFlags(given, given);
  const keys = apiKeys(given);
  if (keyOnCommandLine)
    warn(
      '--api-key stands in the list of processes, where other users of this machine can read it; ' +
        'give keys in FORETOKEN_API_KEY or --api-key-file.',
    );
  // Said before a large model has been loaded for a minute, not after.
  await assertFree(given);
  const { model, hfRepo, modelsDir } = given;
  // A folder of models is served without fetching one.
  const named = model === undefined && hfRepo === undefined && modelsDir !== undefined;
  const flags = await withModels(named ? { ...given, model: firstOfFolder(modelsDir) } : given);
  const setup = engineSetup(flags, flags);

  const { modelPath } = setup.model;
  const modelId = flags.alias ?? nameOf(modelPath);
  const further = furtherModels(flags, modelPath);
  requireOwnNames(modelId, further);
  const journal = await journalOf(flags);
  const { engine, text, textSetup } = await start(setup, flags);
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
    onTaskProblem: warn,
    onDraftsReloaded: ({ loaded, unloaded, problems }) => {
      problems.forEach(warn);
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
      warn(`${error.code}: ${error.message}`);
    },
  });
  if (text.chatFallback !== undefined) warn(text.chatFallback.warning);
  if (engine.info.exactness !== 'exact' && flags.exact !== false) {
    warn(
      `texts are equal up to rounding: ${engine.info.exactnessReason}. Where two tokens are nearly tied, text can ` +
        'differ with speculation or under load; every answer says so (docs/lossless.md).',
    );
  }
  const stopped = untilSignal(app, flags.shutdownGraceMs);
  try {
    const url = await listen(app, flags);
    announce(url, modelId, setup, engine, flags, keys.length > 0);
  } catch (error) {
    await app.close();
    throw error;
  }
  const looking = new AbortController();
  void offerDraft(given, modelPath, looking.signal);
  await stopped;
  looking.abort();
  endWithoutThread(app.engines);
  codec.close();
  text.dispose();
}

/** Said loudly: what users write is stored. */
async function journalOf({
  journal: folder,
  journalMaxMb,
  journalMaxDays,
  redact,
}: ServeFlags): Promise<JournalWriter | undefined> {
  if (folder === undefined) return undefined;
  const options = { maxBytes: journalMaxMb * 2 ** 20, maxDays: journalMaxDays, redact };
  const journal = await JournalWriter.open(folder, options, warn);
  warn(
    `THE JOURNAL IS ON: what users write and what they are answered is stored in ${folder}, for up to ` +
      `${journalMaxDays} days and ${journalMaxMb} MB. Addresses, keys and numbers are taken out as far as patterns ` +
      'find them (docs/journal.md); tell your users. foretoken journal purge deletes it.',
  );
  return journal;
}

function assertFree({ host, port }: ServeFlags): Promise<void> {
  if (port === 0) return Promise.resolve();
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      // Anything else is left to the real attempt to say.
      if (error.code !== 'EADDRINUSE') resolve();
      else
        reject(
          new ForetokenError(
            'address_in_use',
            `${host}:${port} is in use by another program; stop it or choose another --port.`,
            { param: 'port', cause: error },
          ),
        );
    });
    probe.listen({ host, port }, () => {
      probe.close(() => {
        resolve();
      });
    });
  });
}

function announce(
  url: string,
  modelId: string,
  setup: EngineSetup,
  engine: EngineHandle,
  flags: ServeFlags,
  hasKeys: boolean,
): void {
  const seconds = (performance.now() / 1000).toFixed(1);
  const { computing } = engine.info;
  const on = computing.gpus.length === 0 ? [] : [`on ${computingText(computing)}`];
  const parts = [
    `model ${modelId}`,
    ...on,
    speculationText(setup, engine.info.proposers),
    `ready in ${seconds} s`,
  ];
  process.stdout.write(`foretoken: listening on ${url} (${parts.join(', ')})\n`);
  if (process.stdout.isTTY) {
    const key = hasKeys ? ` -H 'authorization: Bearer YOUR_KEY'` : '';
    process.stdout.write(
      `try: curl -N ${url}/v1/chat/completions -H 'content-type: application/json'${key} ` +
        `-d '{"stream":true,"messages":[{"role":"user","content":"Hello!"}]}'\n`,
    );
  }
  if (!hasKeys && !/^(127\.|localhost$|::1$|\[::1\]$)/.test(flags.host))
    warn(`everybody who can reach ${flags.host} may use this server; --api-key-file asks for a key.`);
}

/** What guesses, and how many: `speculation auto by lookup, suffix, grammar, draft NAME`. */
function speculationText({ model, engine }: EngineSetup, proposers: readonly ProposerName[]): string {
  if (proposers.length === 0) return 'no speculation';
  const names = proposers.map((name) =>
    name === 'draft' && model.draftPath !== undefined ? `draft ${nameOf(model.draftPath)}` : name,
  );
  return `speculation ${modeText(engine.speculation)} by ${names.join(', ')}`;
}
