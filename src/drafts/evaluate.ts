/**
 * How well a draft guesses its target, without running both: along texts that the target wrote, where the
 * draft's first choice is the target's token. Every step of speculation sees such text and no other, so the
 * counts give the acceptance exactly for greedy decoding, up to the draft's own numerical noise.
 */
import { ForetokenError } from '../base/errors.js';
import { median, sum } from '../base/statistics.js';
import { position, sequenceId, token } from '../base/types.js';
import type { Decoder } from '../decoder/decoder.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { type CorpusText, readCorpus } from './corpus.js';

export interface Agreement {
  readonly texts: number;
  /** Answer tokens compared. */
  readonly tokens: number;
  /** Share of them that the draft guessed. */
  readonly rate: number;
  /**
   * [k] = share of the steps in which the first k + 1 guesses are accepted, when `survival.length` tokens are drafted in each.
   * Steps begin where the one before ended, so that text that is guessed easily counts by few of them: over all places the
   * share would be higher, and promise more than any server gets.
   */
  readonly survival: readonly number[];
  /** Tokens a verification step yields when `survival.length` tokens are drafted each time. */
  readonly tokensPerStep: number;
}

export interface DraftEvaluation {
  readonly overall: Agreement;
  /** By the task named in the corpus; texts without one are under "". */
  readonly byTask: ReadonlyMap<string, Agreement>;
}

const DRAFTED = 4;

function argMax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! > values[best]!) best = i;
  return best;
}

/** Counts the steps of speculation along texts: each begins where the one before ended. */
export class StepCounts {
  steps = 0;
  /** [k] steps of which the first k + 1 guesses were accepted, and those not too near to the end of their text for so many. */
  readonly #survived: number[];
  readonly #possible: number[];

  /** @param guesses of each step */
  constructor(guesses: number) {
    this.#survived = new Array<number>(guesses).fill(0);
    this.#possible = new Array<number>(guesses).fill(0);
  }

  /** @param left tokens of the text from the first guess on */
  add(accepted: number, left: number): void {
    this.steps += 1;
    for (let k = 0; k < this.#possible.length && k < left; k++) {
      this.#possible[k]! += 1;
      if (accepted > k) this.#survived[k]! += 1;
    }
  }

  /** [k] share of the steps with the first k + 1 guesses accepted, as far as there were any long enough. */
  get survival(): number[] {
    return this.#survived.flatMap((count, k) =>
      this.#possible[k] === 0 ? [] : [count / this.#possible[k]!],
    );
  }
}

const shareOf = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);

/** @param agreed [text][token of its answer] whether the draft guessed it */
function agreementOf(agreed: readonly (readonly boolean[])[], guesses: number): Agreement {
  const counts = new StepCounts(guesses);
  for (const text of agreed)
    for (let start = 0; start < text.length;) {
      let accepted = 0;
      while (accepted < guesses && text[start + accepted] === true) accepted++;
      counts.add(accepted, text.length - start);
      start += accepted + 1;
    }
  const tokens = sum(agreed, ({ length }) => length);
  return {
    texts: agreed.length,
    tokens,
    rate: shareOf(
      sum(agreed, (text) => text.filter(Boolean).length),
      tokens,
    ),
    survival: counts.survival,
    tokensPerStep: shareOf(tokens, counts.steps),
  };
}

/**
 * Compares the draft's first choices with the texts' answers. Blocks between texts only.
 * @param positions guesses in a row that are told apart
 */
export async function measureAgreement(
  draft: Decoder,
  texts: readonly CorpusText[],
  signal?: AbortSignal,
  positions = DRAFTED,
): Promise<DraftEvaluation> {
  const byTask = new Map<string, boolean[][]>();
  const { batch } = draft;
  const first = sequenceId(0);
  for (const { task = '', tokens, promptLength } of texts) {
    if (signal?.aborted === true) break;
    const agreed: boolean[] = [];
    draft.truncate(first, position(0));
    const length = Math.min(tokens.length - 1, draft.sequenceCapacity);
    for (let start = 0; start < length; start += batch.capacity) {
      batch.clear();
      const rows: [row: number, place: number][] = [];
      for (let place = start; place < Math.min(length, start + batch.capacity); place++) {
        const wanted = place >= promptLength - 1;
        const row = batch.add(token(tokens[place]!), position(place), first, wanted);
        if (wanted) rows.push([row, place]);
      }
      const outcome = draft.decode();
      if (outcome !== 'done')
        throw new ForetokenError('decode_failed', `The draft's decode ended with "${outcome}".`);
      for (const [row, place] of rows) agreed.push(argMax(draft.logits(row)) === tokens[place + 1]);
    }
    const ofTask = byTask.get(task);
    if (ofTask === undefined) byTask.set(task, [agreed]);
    else ofTask.push(agreed);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    overall: agreementOf([...byTask.values()].flat(), positions),
    byTask: new Map([...byTask].map(([task, agreed]) => [task, agreementOf(agreed, positions)])),
  };
}

/** Milliseconds of one decode of n tokens after `context` tokens, by n; the median of several. */
export function measureCost(
  decoder: Decoder,
  counts: readonly number[],
  context = 128,
  repetitions = 40,
): Map<number, number> {
  const { batch } = decoder;
  const first = sequenceId(0);
  const decode = (from: number, count: number): number => {
    batch.clear();
    for (let i = 0; i < count; i++)
      batch.add(token((from + i) % decoder.vocabularySize), position(from + i), first, i >= count - 16);
    const startMs = performance.now();
    decoder.decode();
    decoder.logits(0);
    return performance.now() - startMs;
  };
  decoder.truncate(first, position(0));
  decode(0, context);
  const medians = new Map<number, number>();
  for (const count of counts) {
    const times = Array.from({ length: repetitions }, () => {
      const time = decode(context, count);
      decoder.truncate(first, position(context));
      return time;
    });
    medians.set(count, median(times));
  }
  return medians;
}

export interface EvaluateDraftOptions {
  readonly draft: string;
  /** Corpus of the target's answers to prompts that the draft was not trained on. */
  readonly corpus: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

export async function evaluateDraft(
  options: EvaluateDraftOptions,
): Promise<DraftEvaluation & { readonly tokenMs: number }> {
  const model = LlamaModel.load(options.draft);
  const decoder = new LlamaDecoder(model, {
    batchSize: 512,
    ...(options.threads === undefined ? {} : { threads: options.threads }),
  });
  try {
    const texts = readCorpus(options.corpus, decoder.vocabularySize);
    const evaluation = await measureAgreement(decoder, texts, options.signal);
    return { ...evaluation, tokenMs: measureCost(decoder, [1]).get(1)! };
  } finally {
    decoder.dispose();
    model.dispose();
  }
}
