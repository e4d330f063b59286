/**
 * This machine for predictions of language models: its own profile, or the shipped one at the pace that one small model
 * shows here. That takes under a second, once: the pace is kept in the cache folder.
 */
import { readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { CostProfile } from '../abacus/gguf/cost-profile.js';
import { knownProfile } from '../abacus/gguf/known-profiles.js';
import { type Machine, processorMachine } from '../abacus/gguf/machine.js';
import { REFERENCE, REFERENCE_TYPE } from '../abacus/gguf/profile-plan.js';
import { writeRandomModel } from '../abacus/gguf/random-model.js';
import { PACE_TOKENS, type Pace, type ProcessorMachine } from '../abacus/gguf/step-time.js';
import { cacheDirectory, writePrivately } from '../base/private-folder.js';
import { quantile } from '../base/quantile.js';
import { temporaryFolder } from '../base/temporary-folder.js';
import { position, sequenceId, token } from '../base/types.js';
import { LlamaDecoder } from '../llama/context.js';
import { exactCache } from '../llama/invariance.js';
import { loadLibrary } from '../llama/library.js';
import { availableBytes } from '../llama/memory.js';
import { LlamaModel } from '../llama/model.js';
import { defaultThreads } from '../llama/threads.js';
import { warn } from './failure.js';

const REPEATS = { one: 24, many: 8 };
/** A pace so near to the profile's is noise. */
const SAME = 0.1;
const MOST_PACE = 1000;

/** @param threads 0: physical cores */
export function thisMachine(threads: number): Machine {
  const processor = thisProcessor(threads);
  const cpu = os.cpus()[0]?.model.trim() ?? 'this processor';
  return processorMachine(
    `${cpu}, ${processor.threads} thread${processor.threads === 1 ? '' : 's'}`,
    processor,
    { memoryBytes: os.totalmem(), availableBytes: availableBytes() },
  );
}

/** @param threads 0: physical cores */
export function thisProcessor(threads: number): ProcessorMachine {
  const { profile, own } = knownProfile(cacheDirectory());
  const pace = own ? undefined : paceHere(profile);
  return { profile, threads: threads > 0 ? threads : defaultThreads(), pace };
}

/** Undefined where this machine is as fast as the profile's. */
function paceHere(profile: CostProfile): Pace | undefined {
  const library = loadLibrary('none').llama.version();
  const { machine, measured, reference } = profile;
  const key = [
    'rearranged',
    ...[os.cpus()[0]?.model ?? '', os.cpus().length, library, machine, measured],
    ...[reference.one, reference.many],
  ].join('|');
  const file = path.join(cacheDirectory(), 'pace-gguf.json');
  let pace = keptPace(file, key);
  if (pace === undefined) {
    pace = measuredPace(profile);
    try {
      writePrivately(file, JSON.stringify({ key, ...pace }));
    } catch (error) {
      warn(
        `the pace of this machine cannot be kept (${(error as Error).message}); it is measured each time.`,
      );
    }
  }
  const { one, many } = pace;
  return Math.abs(Math.log(one)) < SAME && Math.abs(Math.log(many)) < SAME ? undefined : pace;
}

function keptPace(file: string, key: string): Pace | undefined {
  try {
    const value = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const { one, many } = value;
    const isPace = (number: unknown): number is number =>
      typeof number === 'number' && number > 1 / MOST_PACE && number < MOST_PACE;
    return value['key'] === key && isPace(one) && isPace(many) ? { one, many } : undefined;
  } catch {
    return undefined;
  }
}

function measuredPace(profile: CostProfile): Pace {
  const folder = temporaryFolder('pace');
  const file = path.join(folder, 'probe.gguf');
  try {
    writeRandomModel(file, REFERENCE_TYPE, REFERENCE);
    // Written here, so it need not be tried first. Weights lie as `serve` has them: AMX, say, is used only where they are
    // rearranged, and reads prompts ten times as fast; AVX2 and AVX-512 do not rearrange this type.
    const model = LlamaModel.loadUntried(loadLibrary('none'), file, { repackWeights: true });
    if (model === undefined) return { one: 1, many: 1 };
    const decoder = new LlamaDecoder(model, {
      ...{
        contextSize: 256,
        batchSize: 128,
        microBatchSize: 128,
        threads: 1,
        unified: false,
        ...exactCache(model.library),
      },
    });
    try {
      const { reference } = profile;
      return {
        one: typicalMs(decoder, 1, REPEATS.one) / reference.one,
        many: typicalMs(decoder, PACE_TOKENS, REPEATS.many) / reference.many,
      };
    } finally {
      decoder.dispose();
      model.dispose();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function typicalMs(decoder: LlamaDecoder, tokens: number, repeats: number): number {
  const { batch } = decoder;
  const all: number[] = [];
  for (let repeat = 0; repeat <= repeats; repeat++) {
    batch.clear();
    for (let index = 0; index < tokens; index++)
      batch.add(token(index + 1), position(index), sequenceId(0), true);
    const startMs = performance.now();
    if (decoder.decode() === 'done') decoder.logits(0);
    // The first builds the graph.
    if (repeat > 0) all.push(performance.now() - startMs);
    decoder.truncate(sequenceId(0), position(0));
  }
  // As a profile's decodes are timed.
  return quantile(all, 0.25);
}
