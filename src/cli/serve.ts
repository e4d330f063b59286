/** `foretoken serve`: the model behind an HTTP API, until a signal ends it. */
import { createServer } from 'node:net';
import { modeText } from '../engine/speculation-mode.js';
import type { EngineHandle, ProposerName } from '../engine/types.js';
import { computingText } from '../llama/devices.js';
import { cannotListen, listen } from '../server/server.js';
import { nameOf, type EngineSetup } from './flags/engine.js';
import { note, warn } from './failure.js';
import { firstOfFolder } from './further-models.js';
import { checkFlags, offerDraft, withModels } from './model-source.js';
import { apiKeys, type ServeFlags } from './flags/serve.js';
import { servedModel } from './served-model.js';
import { endWithoutThread, untilSignal } from './shutdown.js';
import { onTerminal } from './start.js';

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
  const served = await servedModel(flags, { keys, hooks: onTerminal(), note });
  const { app, engine, setup, modelId } = served;
  const stopped = untilSignal(app, flags.shutdownGraceMs);
  try {
    const url = await listen(app, flags);
    announce(url, modelId, setup, engine, flags, keys.length > 0);
  } catch (error) {
    await app.close();
    throw error;
  }
  const looking = new AbortController();
  void offerDraft(given, setup.model.modelPath, looking.signal);
  await stopped;
  looking.abort();
  endWithoutThread(app.engines);
  served.dispose();
}

function assertFree({ host, port }: ServeFlags): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error) => {
      reject(cannotListen({ host, port }, error));
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
