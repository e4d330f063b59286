/** Starts what `serve` and `generate` both need: the engine in its thread, and the text side on this one. */
import { startEngine } from '../engine/engine.js';
import type { EngineHandle } from '../engine/types.js';
import { loadLibrary } from '../llama/library.js';
import { LlamaModel } from '../llama/model.js';
import { LlamaCodec } from '../server/llama-codec.js';
import type { TextSetup } from '../server/text-lane.js';
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

/** The weights load in the engine's thread while the vocabulary loads here; if one fails, neither is left open. */
export async function start(setup: EngineSetup, flags: EngineFlags): Promise<Started> {
  const template =
    flags.chatTemplateFile === undefined
      ? undefined
      : readTextFile('--chat-template-file', flags.chatTemplateFile);
  const bar = new ProgressBar();
  const { modelPath } = setup.model;
  // Both threads open the file, and it is tried once.
  LlamaModel.check(modelPath, setup.model);
  const starting = startEngine(setup.model, setup.engine, {
    onLoadProgress: (progress) => {
      bar.update('loading', progress, nameOf(modelPath));
    },
    onProblem: warn,
  }).finally(() => {
    bar.clear();
  });
  let text: LlamaCodec;
  try {
    // The engine's thread loads the same kind of library; the process keeps the first.
    loadLibrary(flags.gpu);
    text = LlamaCodec.open(modelPath, template);
  } catch (error) {
    // Where both refuse the file, the engine's words are the ones to hear.
    const engine = await starting;
    await engine.close({ graceMs: 0 });
    throw error;
  }
  try {
    const engine = await starting;
    engine.info.notes.forEach(warn);
    return { engine, text, textSetup: { modelPath, chatTemplate: template, gpu: flags.gpu } };
  } catch (error) {
    text.dispose();
    throw error;
  }
}
