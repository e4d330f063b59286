/** Starts what `serve`, `generate` and the library need: the engine in its thread, and the text side on this one. */
import { ForetokenError } from '../base/errors.js';
import { startEngine } from '../engine/engine.js';
import type { EngineHandle } from '../engine/types.js';
import { loadLibrary } from '../llama/library.js';
import { LlamaModel } from '../llama/model.js';
import { LlamaCodec } from '../server/llama-codec.js';
import type { TextSetup } from '../server/text-lane.js';
import { fitted } from './fit.js';
import { nameOf, type EngineFlags, type EngineSetup } from './flags/engine.js';
import { readTextFile } from './flags/serve.js';
import { warn } from './failure.js';
import { ProgressBar } from './terminal.js';

export interface Started {
  readonly engine: EngineHandle;
  readonly text: LlamaCodec;
  /** For further threads that read texts. */
  readonly textSetup: TextSetup;
}

/** Who hears of a start. */
export interface StartHooks {
  readonly say: (warning: string) => void;
  /** @param progress 0 to 1 */
  readonly onProgress: (progress: number, modelPath: string) => void;
  readonly onLoaded: () => void;
}

/**
 * The weights load in the engine's thread while the vocabulary loads in another, so that a server with other models goes
 * on; if one fails, neither is left open.
 */
export async function start(
  given: EngineSetup,
  flags: EngineFlags,
  { say, onProgress, onLoaded }: StartHooks = onTerminal(),
): Promise<Started> {
  // Before anything is read for a minute, only to be too large.
  const { setup, note: smaller } = fitted(given);
  if (smaller !== undefined) say(smaller);
  const template =
    flags.chatTemplateFile === undefined
      ? undefined
      : readTextFile('--chat-template-file', flags.chatTemplateFile);
  const { modelPath } = setup.model;
  // Both threads open the file, and it is tried once.
  LlamaModel.check(modelPath, setup.model);
  const starting = startEngine({ ...setup.model, chatTemplate: template }, setup.engine, {
    onLoadProgress: (progress) => {
      onProgress(progress, modelPath);
    },
    onProblem: say,
  }).finally(onLoaded);
  const reading = async (): Promise<LlamaCodec> => {
    // The engine's thread loads the same kind of library; the process keeps the first.
    loadLibrary(flags.gpu);
    return LlamaCodec.openInBackground(modelPath, template);
  };
  const [engine, text] = await Promise.allSettled([starting, reading()]);
  // Where both refuse the file, the engine's words are the ones to hear.
  if (engine.status === 'rejected') {
    if (text.status === 'fulfilled') text.value.dispose();
    throw ForetokenError.from(engine.reason);
  }
  if (text.status === 'rejected') {
    await engine.value.close({ graceMs: 0 });
    throw ForetokenError.from(text.reason);
  }
  engine.value.info.notes.forEach(say);
  engine.value.onStep(({ proposerErrors }) => {
    for (const error of proposerErrors) say(`a proposer fails, its guesses are left out: ${error}`);
  });
  return {
    engine: engine.value,
    text: text.value,
    textSetup: { modelPath, chatTemplate: template, gpu: flags.gpu },
  };
}

/**
 * Warnings and a progress bar on standard error.
 * @param id of a further model, whose warnings begin with its name
 */
export function onTerminal(id?: string): StartHooks {
  const bar = new ProgressBar();
  return {
    say: (text) => {
      warn(id === undefined ? text : `${id}: ${text}`);
    },
    onProgress: (progress, modelPath) => {
      bar.update('loading', progress, nameOf(modelPath));
    },
    onLoaded: () => {
      bar.clear();
    },
  };
}
