/** The models that `serve` serves besides the first: which they are, what they take, and how each is loaded. */
import { readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { modelFile } from '../base/bundled.js';
import { ForetokenError } from '../base/errors.js';
import { inspectGguf } from '../gguf/summary.js';
import { modelFiles } from '../hub/names.js';
import { availableBytes } from '../llama/memory.js';
import { tryInThread } from '../llama/trial-thread.js';
import type { FurtherModel, LoadedModel } from '../server/further-models.js';
import { ThreadedCodec } from '../server/threaded-codec.js';
import { engineSetup, nameOf } from './flags/engine.js';
import { note } from './failure.js';
import { givenSampling } from './flags/sampling.js';
import type { ServeFlags } from './flags/serve.js';
import { onTerminal, start } from './start.js';

/** Of the memory that is free when the server has loaded its first model. */
const SHARE = 0.75;
/** Tokens of context that a request has where `--ctx-size` says nothing. */
const USUAL_CONTEXT = 4096;

interface NamedFile {
  readonly id: string;
  readonly file: string;
}

/** The first model file of `--models-dir`, which is served first where nothing else is named. */
export function firstOfFolder(folder: string): string {
  const [first] = filesOf(folder);
  if (first === undefined)
    throw new ForetokenError('file_not_found', `--models-dir ${folder} holds no GGUF file of a model.`, {
      param: 'models-dir',
    });
  return first;
}

/** @throws ForetokenError `file_not_found`, `invalid_gguf`, `invalid_option` */
export function furtherModels(flags: ServeFlags, firstPath: string): FurtherModel[] {
  const named = flags.moreModels.map((text): NamedFile => {
    const [, name, file = text] = /^([^=/\\]+)=(.+)$/.exec(text) ?? [];
    const whole = modelFile(file);
    return { id: name ?? nameOf(whole), file: whole };
  });
  const known = new Set([firstPath, ...named.map(({ file }) => file)].map(realPath));
  const found = flags.modelsDir === undefined ? [] : filesOf(flags.modelsDir);
  const others = found
    .filter((file) => !known.has(realPath(file)))
    .map((file) => ({ id: nameOf(file), file }));
  return [...named, ...others].map(({ id, file }) => ({
    id,
    path: file,
    bytes: bytesOf(file, flags),
    load: () => load(file, id, flags),
  }));
}

/** What further models may take: the bound less what the first takes, or most of what is free now. */
export function boundFor(flags: ServeFlags, firstPath: string): number {
  if (flags.modelsMaxMemory === undefined) return availableBytes() * SHARE;
  return Math.max(0, flags.modelsMaxMemory - bytesOf(firstPath, flags));
}

function filesOf(folder: string): string[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (cause) {
    throw new ForetokenError('file_not_found', `--models-dir ${folder} cannot be read.`, {
      param: 'models-dir',
      cause,
    });
  }
  return modelFiles(names.sort()).map((name) => path.resolve(folder, name));
}

/** Weights, and the cache as large as it will be. */
function bytesOf(file: string, { ctxSize, parallel }: ServeFlags): number {
  // With a size of context, so that what a token takes is told of files that name none.
  const { contextLength, memory, fileBytes } = inspectGguf(file, { contextSize: USUAL_CONTEXT });
  if (memory === undefined) return fileBytes;
  const usual = Math.min(contextLength ?? USUAL_CONTEXT, USUAL_CONTEXT) * parallel;
  return memory.weightBytes + memory.kvBytesPerToken * (ctxSize > 0 ? ctxSize : usual);
}

/** Flags that are about the first model alone. */
const OF_THE_FIRST: readonly string[] = ['draft', 'hfRepoDraft', 'chatTemplateFile', 'planLog'];

/** The flags as they hold for a further model, which has no draft. */
function flagsFor(file: string, flags: ServeFlags): ServeFlags {
  const shared = Object.fromEntries(Object.entries(flags).filter(([name]) => !OF_THE_FIRST.includes(name)));
  const { proposers } = flags;
  return {
    ...(shared as unknown as ServeFlags),
    model: file,
    lora: [],
    ...(proposers && { proposers: proposers.filter((name) => name !== 'draft' && name !== 'tree') }),
  };
}

async function load(file: string, id: string, flags: ServeFlags): Promise<LoadedModel> {
  const own = flagsFor(file, flags);
  const setup = engineSetup(own, own);
  const hooks = onTerminal(id);
  note(`loading ${id}`);
  // On another thread: streams of other models go on meanwhile.
  await tryInThread(file, setup.model);
  const { engine, text, textSetup } = await start(setup, own, hooks);
  if (text.chatFallback !== undefined) hooks.say(text.chatFallback.warning);
  note(`${id} is loaded`);
  return {
    engine,
    codec: new ThreadedCodec(text, textSetup),
    sampling: { ...text.samplingDefaults, ...givenSampling(own) },
    dispose: () => {
      text.dispose();
      note(`${id} is unloaded`);
    },
  };
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
