/** `foretoken predict MODEL.gguf`: whether a language model fits and how fast it will be, from the head of its file alone. */
import { type Device, deviceOf } from '../abacus/devices.js';
import { type LanguageModel, languageModel } from '../abacus/gguf/language-model.js';
import { shippedProfile } from '../abacus/gguf/known-profiles.js';
import { describedProcessor, type Machine, sheetMachine } from '../abacus/gguf/machine.js';
import {
  type LanguageModelPrediction,
  predictLanguageModel,
  TYPICAL_ACCEPTANCE,
} from '../abacus/gguf/predict.js';
import { modelFile } from '../base/bundled.js';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
import { sizeText } from '../base/size-text.js';
import { findingsIn, readPlausibleModel } from '../gguf/plausibility.js';
import type { CacheElement } from '../gguf/kv-cache.js';
import type { GgufFile } from '../gguf/types.js';
import { getModel } from '../hub/get-model.js';
import { parseModelName } from '../hub/names.js';
import { hubHeads, remoteHead } from '../hub/remote-head.js';
import { hubSettings } from '../hub/settings.js';
import type { PredictGgufFlags } from './flags/predict.js';
import { note } from './failure.js';
import { table } from './terminal.js';
import { thisMachine } from './this-machine.js';

export async function predictGguf(file: string | undefined, flags: PredictGgufFlags): Promise<void> {
  // Says what is wrong with a device before anything is fetched.
  const sheet = flags.device === undefined || flags.device === 'this' ? undefined : deviceOf(flags.device);
  const model = languageModel(await headsOf(file, flags));
  const machine = sheet === undefined ? thisMachine(flags.threads) : machineOf(sheet, flags.threads);
  const upper = (name: string | undefined): CacheElement | undefined =>
    name?.toUpperCase() as CacheElement | undefined;
  const prediction = predictLanguageModel(model, machine, {
    contextPerRequest: flags.ctxSize > 0 ? Math.ceil(flags.ctxSize / flags.parallel) : undefined,
    parallel: flags.parallel,
    promptTokens: flags.promptTokens,
    repacked: flags.exact === false || (sheet !== undefined && sheet.processor === undefined),
    typeK: upper(flags.cacheTypeK),
    typeV: upper(flags.cacheTypeV),
  });
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify(asJson(model, prediction), null, 2)}\n`
      : `${describe(model, machine, prediction)}\n`,
  );
}

const machineOf = (device: Device, threads: number): Machine =>
  device.processor === undefined
    ? sheetMachine(device)
    : describedProcessor(device, shippedProfile(), threads);

/** The heads of all files of the model, found plausible. */
async function headsOf(
  file: string | undefined,
  { hfRepo, hfFile, offline }: PredictGgufFlags,
): Promise<readonly [GgufFile, ...GgufFile[]]> {
  if ((file === undefined) === (hfRepo === undefined))
    throw new ForetokenError(
      'invalid_option',
      'Name one model: a GGUF file, the web address of one, or --hf-repo user/model.',
      { param: 'file' },
    );
  const settings = offline === true ? { ...hubSettings(), offline: true } : hubSettings();
  if (hfRepo !== undefined) {
    const wanted = { ...parseModelName(hfRepo, '--hf-repo'), file: hfFile };
    if (settings.offline) return readPlausibleModel((await getModel(settings, wanted)).path);
    const { name, parts } = await hubHeads(settings, wanted);
    note(`read the head of ${name}`);
    return plausible(name, parts);
  }
  if (/^https?:\/\//i.test(file!)) {
    if (!URL.canParse(file!))
      throw new ForetokenError('invalid_option', `${plainLine(file!, 200)} is no web address.`, {
        param: 'file',
      });
    return plausible(file!, [await remoteHead(settings, file!, new URL(file!).pathname.split('/').at(-1)!)]);
  }
  return readPlausibleModel(modelFile(file));
}

function plausible(
  name: string,
  parts: readonly [GgufFile, ...GgufFile[]],
): readonly [GgufFile, ...GgufFile[]] {
  const wrong = findingsIn(parts).find(({ severity }) => severity === 'error');
  if (wrong !== undefined)
    throw new ForetokenError('invalid_gguf', `${name} is not a usable model: ${wrong.text}.`, {
      param: 'model',
    });
  return parts;
}

const snake = (name: string): string => name.replace(/[A-Z]|\d+$/g, (part) => `_${part.toLowerCase()}`);

/** Keys as other tools spell them. */
function asJson(model: LanguageModel, prediction: LanguageModelPrediction): unknown {
  const { name, architecture, parameters, layers, width, vocabulary, contextTrain, fileBytes } = model;
  return renamed({
    model: { name, architecture, parameters, layers, width, vocabulary, contextTrain, fileBytes },
    ...prediction,
    reason: prediction.reason ?? null,
  });
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(renamed);
  if (typeof value === 'number') return value >= 1e6 ? Math.round(value) : Number(value.toPrecision(6));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [snake(key), renamed(one)]));
}

const msText = (ms: number): string =>
  ms >= 1000 ? `${(ms / 1000).toFixed(1)} s` : `${ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0)} ms`;
const rate = (perSecond: number): string => perSecond.toFixed(perSecond < 10 ? 1 : 0);
const COLOURS = { green: 32, amber: 33, red: 31 } as const;

function describe(model: LanguageModel, machine: Machine, prediction: LanguageModelPrediction): string {
  const { memory, timeIntervalMs, rating, reason } = prediction;
  const shown = process.stdout.isTTY ? `\u001b[${COLOURS[rating]}m${rating}\u001b[0m` : rating;
  const rows: [string, string][] = [
    ['verdict', `${shown}${reason === undefined ? '' : `: ${reason}`}`],
    [
      'model',
      `${plainLine(model.name)} (${model.architecture}, ${(model.parameters / 1e6).toFixed(0)} million parameters, ${sizeText(model.fileBytes)})`,
    ],
    ['device', machine.name],
    [
      'writes',
      `${rate(prediction.tokensPerSecond)} tokens/s: ${msText(prediction.timeMs)} a token (nine in ten from ${msText(timeIntervalMs[0])} to ${msText(timeIntervalMs[1])})` +
        (prediction.parallel > 1
          ? `; ${rate(prediction.tokensPerSecondTogether)} tokens/s over ${prediction.parallel} requests together`
          : ''),
    ],
    [
      'first token',
      `after ${msText(prediction.timeToFirstTokenMs)} for a prompt of ${prediction.promptTokens} tokens`,
    ],
    [
      'memory',
      `${sizeText(prediction.memoryBytes)} of ${sizeText(prediction.availableBytes)} free: weights ${sizeText(memory.weightBytes)}, ` +
        `KV cache ${sizeText(memory.kvBytes)} (${prediction.parallel} x ${prediction.contextPerRequest} tokens), computing ${sizeText(memory.computeBytes)}, ` +
        `process ${sizeText(memory.processBytes)}`,
    ],
    [
      'most context',
      prediction.largestContext === 0
        ? 'none fits'
        : `${prediction.largestContext} tokens${prediction.parallel > 1 ? ' a request' : ''} (trained for ${model.contextTrain})`,
    ],
  ];
  const cells = [...new Set(prediction.steps.map((step) => step.cells))];
  const sizes = [...new Set(prediction.steps.map(({ tokens }) => tokens))];
  const steps = [
    ['tokens in a step', ...sizes.map(String)],
    ...cells.map((context) => [
      `ms behind ${context} tokens`,
      ...sizes.map((size) =>
        rateless(prediction.steps.find(({ tokens, cells: at }) => tokens === size && at === context)!.ms),
      ),
    ]),
  ];
  const speculation = [
    ['tokens checked', ...prediction.speculation.map(({ tokens }) => String(tokens))],
    ['perfect guesses', ...prediction.speculation.map(({ perfect }) => `${perfect.toFixed(2)}x`)],
    [
      `${100 * TYPICAL_ACCEPTANCE} % accepted`,
      ...prediction.speculation.map(({ typical }) => `${typical.toFixed(2)}x`),
    ],
  ];
  const types = [
    ['weights', 'file', 'memory', 'tokens/s', 'with guesses', 'ceiling at 8', ''],
    ...prediction.quantisations.map((one) => [
      one.type,
      sizeText(one.fileBytes),
      sizeText(one.memoryBytes),
      rate(one.tokensPerSecond),
      rate(one.speculatingTokensPerSecond),
      `${one.ceilingAt8.toFixed(1)}x`,
      one.recommended ? '<- take this' : one.fits ? '' : 'does not fit',
    ]),
  ];
  return [table(rows, 'left'), table(steps), table(speculation), table(types)].join('\n\n');
}

const rateless = (ms: number): string => ms.toFixed(ms < 10 ? 2 : ms < 100 ? 1 : 0);
