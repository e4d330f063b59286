/**
 * How well a draft guesses its target, without running both: along texts that the target wrote, where the
 * draft's first choice is the target's token. Every step of speculation sees such text and no other, so the
 * counts give the acceptance exactly for greedy decoding, up to the draft's own numerical noise.
 */
import { ForetokenError } from '../base/errors.js';
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

class Counter {
  #texts = 0;
  #tokens = 0;
  #agreed = 0;
  #steps = 0;
  readonly #drafted: number;
  readonly #survived: number[];
  /** [k] steps that were not too near to the end of their text for so many guesses. */
  readonly #possible: number[];

  constructor(drafted: number) {
    this.#drafted = drafted;
    this.#survived = new Array<number>(drafted).fill(0);
    this.#possible = new Array<number>(drafted).fill(0);
  }

  add(agreed: readonly boolean[]): void {
    this.#texts += 1;
    this.#tokens += agreed.length;
    this.#agreed += agreed.filter(Boolean).length;
    for (let start = 0; start < agreed.length; this.#steps++) {
      let run = 0;
      while (run < this.#drafted && agreed[start + run] === true) run++;
      for (let k = 0; k < this.#drafted && start + k < agreed.length; k++) {
        this.#possible[k]! += 1;
        if (run > k) this.#survived[k]! += 1;
      }
      start += run + 1;
    }
  }

  result(): Agreement {
    const share = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
    return {
      texts: this.#texts,
      tokens: this.#tokens,
      rate: share(this.#agreed, this.#tokens),
      survival: this.#survived.map((count, k) => share(count, this.#possible[k]!)),
      tokensPerStep: share(this.#tokens, this.#steps),
    };
  }
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
  const overall = new Counter(positions);
  const byTask = new Map<string, Counter>();
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
    overall.add(agreed);
    let counter = byTask.get(task);
    if (counter === undefined) byTask.set(task, (counter = new Counter(positions)));
    counter.add(agreed);
    await new Promise((resolve) => setImmediate(resolve));
  }
  return {
    overall: overall.result(),
    byTask: new Map([...byTask].map(([task, counter]) => [task, counter.result()])),
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
    }).sort((a, b) => a - b);
    medians.set(count, times[times.length >> 1]!);
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
