/** Rows of a profile as the work that was timed: the network of a random model follows from its shape. */
import { median } from '../../base/statistics.js';
import { TENSOR_TYPES } from '../../gguf/types.js';
import { fitProfile, type CostProfile, type TimedWork } from './cost-profile.js';
import { decodeWork } from './decode-work.js';
import type { LanguageModel, WeightMatrix } from './language-model.js';
import { referenceTokens } from './profile-plan.js';
import type { ProfileRow } from './profile-file.js';
import type { RandomModelShape } from './random-model.js';

/** Up to this many tokens `profile gguf` has all logits computed, of more only the last one's. */
export const ALL_OUTPUTS = 64;

/** [threads, tokens] what decodes of the reference took in the middle of all rows, in milliseconds. */
export type ReferencePace = ReadonlyMap<string, number>;

const paceKey = (threads: number, tokens: number): string => `${threads} ${referenceTokens(tokens)}`;

export function referencePace(rows: readonly ProfileRow[]): ReferencePace {
  const times = new Map<string, number[]>();
  for (const { kind, threads, tokens, referenceMs } of rows)
    if (kind === 'decode' && referenceMs > 0) {
      const key = paceKey(threads, tokens);
      times.set(key, [...(times.get(key) ?? []), referenceMs]);
    }
  return new Map([...times].map(([key, all]) => [key, median(all)]));
}

/** The reference is noisy too: that much of what it shows is believed. Of 0, 0.5, 0.7 and 1 the best on models held out. */
const BELIEVED = 0.7;

/** What a row's decode would have taken at the reference's usual pace. */
export function msAtPace({ threads, tokens, ms, referenceMs }: ProfileRow, pace: ReferencePace): number {
  const usual = pace.get(paceKey(threads, tokens));
  return usual === undefined || !(referenceMs > 0) ? ms : ms * (usual / referenceMs) ** BELIEVED;
}

/**
 * Decodes of random models; rows of other files are left out, as their network is not in the row, and so are mixtures of
 * experts: their matrices are few and far between, and what they cost besides would count as the price of the others'.
 */
export function timedWork(rows: readonly ProfileRow[], pace = referencePace(rows)): TimedWork[] {
  return rows
    .filter(({ kind, type, ms, experts }) => kind === 'decode' && type !== '' && ms > 0 && experts === 0)
    .map((row) => ({
      model: row.model.replace(/ repacked$/, ''),
      type: row.type,
      threads: row.threads,
      amounts: decodeWork(
        networkOf(row),
        { tokens: row.tokens, cells: row.cells, outputs: row.tokens <= ALL_OUTPUTS ? row.tokens : 1 },
        { repacked: row.repacked === 1 },
      ),
      ms: msAtPace(row, pace),
    }));
}

/** A llama network of one type of weights, as `random-model.ts` writes it and drafts have it. */
export type NetworkRow = Pick<ProfileRow, 'model' | 'type' | 'tied' | 'fileBytes'> &
  Omit<RandomModelShape, 'tied'>;

/** The network that `random-model.ts` writes for a row's shape. */
export function networkOf(row: NetworkRow): LanguageModel {
  const { type, layers, width, heads, kvHeads, headWidth, feedForward, vocabulary, experts } = row;
  const { blockSize, blockBytes } = [...TENSOR_TYPES.values()].find(({ name }) => name === type)!;
  const matrix = (layer: number, name: string, inputs: number, outputs: number, many = 1): WeightMatrix => ({
    ...{ name, type, inputs, outputs, layer, experts: many },
    bytes: ((inputs * outputs * many) / blockSize) * blockBytes,
  });
  const many = Math.max(1, experts);
  const router = (layer: number): WeightMatrix => ({
    ...{ name: 'ffn_gate_inp', type: 'F32', inputs: width, outputs: experts, layer, experts: 1 },
    bytes: 4 * width * experts,
  });
  const matrices = Array.from({ length: layers }, (_, layer) => [
    matrix(layer, 'attn_q', width, heads * headWidth),
    matrix(layer, 'attn_k', width, kvHeads * headWidth),
    matrix(layer, 'attn_v', width, kvHeads * headWidth),
    matrix(layer, 'attn_output', heads * headWidth, width),
    ...(experts > 0 ? [router(layer)] : []),
    matrix(layer, 'ffn_gate', width, feedForward, many),
    matrix(layer, 'ffn_up', width, feedForward, many),
    matrix(layer, 'ffn_down', feedForward, width, many),
  ]).flat();
  const head = matrix(-1, 'output', width, vocabulary);
  const vectorBytes = 4 * width * (2 * layers + 1);
  const weightBytes =
    matrices.reduce((sum, { bytes }) => sum + bytes, vectorBytes) + head.bytes * (row.tied === 1 ? 1 : 2);
  return {
    name: row.model,
    architecture: 'llama',
    layers,
    width,
    vocabulary,
    contextTrain: 8192,
    parameters: 0,
    matrices: [...matrices, head],
    attention: Array.from({ length: layers }, () => ({
      ...{ heads, kvHeads, keyLength: headWidth, valueLength: headWidth, window: undefined },
    })),
    experts,
    expertsUsed: row.expertsUsed,
    embedding: { type, bytes: head.bytes },
    tied: row.tied === 1,
    vectorBytes,
    normsPerLayer: 2,
    weightBytes,
    fileBytes: row.fileBytes,
    cacheShape: { layers, headsKv: kvHeads, keyLength: headWidth, valueLength: headWidth },
  };
}

/** Learns a profile from its rows. */
export function learnedProfile(rows: readonly ProfileRow[]): CostProfile {
  const pace = referencePace(rows);
  const { machine, library, date } = rows.at(-1)!;
  const of = (tokens: number): number => Number((pace.get(paceKey(1, tokens)) ?? 1).toPrecision(4));
  const reference = { one: of(1), many: of(32) };
  return fitProfile(timedWork(rows, pace), { machine, library, measured: date, reference });
}
