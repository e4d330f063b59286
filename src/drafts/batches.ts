/**
 * Packs the texts of a corpus into training batches of one shape: rows filled with whole texts, and a fixed
 * number of positions whose next token is trained. Those are answer tokens, with the target's distribution as
 * label; places left over go to prompt tokens, which teach the language around the answers.
 */
import type { BatchShape, TrainingBatch } from '../llama/training/training.js';
import type { CorpusText } from './corpus.js';

interface Row {
  readonly texts: CorpusText[];
  free: number;
}

type Label = TrainingBatch['labels'][number];

/** Share of the label that goes to the target's first choice alone: acceptance asks for nothing else. */
export const FIRST_CHOICE_SHARE = 0.3;

export function shuffle<T>(items: T[], random: () => number): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}

export interface TextBatch extends TrainingBatch {
  /** Outputs that are places of answers, the first ones; the others are places of prompts. */
  readonly answers: number;
  /** Places of answers whose token the head lacks, for as many answers as are in the batch. */
  readonly outside: number;
}

/** The batches of one pass over `texts`, in a new order each time; texts longer than a row lose their end. */
export function* makeBatches(
  texts: readonly CorpusText[],
  shape: BatchShape,
  random: () => number,
  rowOf: RowIndices = {},
): Generator<TextBatch> {
  const rows = packRows(shuffle([...texts], random), shape.tokensPerRow);
  shuffle(rows, random);
  for (let start = 0; start < rows.length; start += shape.rows)
    yield makeBatch(rows.slice(start, start + shape.rows), shape, random, rowOf);
}

/** [token] its row; -1 where it has none. Undefined: every token has the row of its number. */
export interface RowIndices {
  /** Of the input vectors; every token of the texts has one. */
  readonly input?: Int32Array | undefined;
  /** Of a cut head. */
  readonly head?: Int32Array | undefined;
}

/** [token] the row of each of these tokens; -1 of all others. */
export function rowIndexOf(tokens: Int32Array, vocabularySize: number): Int32Array {
  const index = new Int32Array(vocabularySize).fill(-1);
  tokens.forEach((token, row) => {
    index[token] = row;
  });
  return index;
}

/** A place most of whose label cannot be guessed teaches nothing of use. */
const LEAST_KEPT = 0.3;

/** As the head can learn it: what it cannot guess is left out; undefined where too little is left. */
function withinHead(label: Label, head: Int32Array | undefined): Label | undefined {
  if (head === undefined) return label;
  const tokens: number[] = [];
  const shares: number[] = [];
  let kept = 0;
  for (let i = 0; i < label.tokens.length; i++) {
    const row = head[label.tokens[i]!]!;
    if (row < 0) continue;
    tokens.push(row);
    shares.push(label.shares[i]!);
    kept += label.shares[i]!;
  }
  return kept < LEAST_KEPT ? undefined : { tokens, shares: shares.map((share) => share / kept) };
}

/** Rows of one pass over `texts`, about: their order differs from pass to pass. */
export const rowsOfPass = (texts: readonly CorpusText[], tokensPerRow: number): number =>
  packRows(texts, tokensPerRow).length;

/** First fit among a few open rows, in the order given. */
function packRows(texts: readonly CorpusText[], tokensPerRow: number): Row[] {
  const rows: Row[] = [];
  let open: Row[] = [];
  for (const text of texts) {
    const length = Math.min(text.tokens.length, tokensPerRow);
    let row = open.find(({ free }) => free >= length);
    if (row === undefined) {
      row = { texts: [], free: tokensPerRow };
      rows.push(row);
      open.push(row);
      if (open.length > 16) open = open.sort((a, b) => b.free - a.free).slice(0, 8);
    }
    row.texts.push(text);
    row.free -= length;
  }
  return rows;
}

function makeBatch(
  rows: readonly Row[],
  shape: BatchShape,
  random: () => number,
  { input, head }: RowIndices,
): TextBatch {
  const { tokensPerRow } = shape;
  const tokens = new Int32Array(shape.rows * tokensPerRow);
  const positions = new Int32Array(tokens.length);
  const answers: [number, Label][] = [];
  const prompts: [number, Label][] = [];
  let outside = 0;
  rows.forEach(({ texts }, index) => {
    let place = index * tokensPerRow;
    for (const text of texts) {
      const length = Math.min(text.tokens.length, tokensPerRow);
      for (let i = 0; i < length; i++) {
        tokens[place + i] = input === undefined ? text.tokens[i]! : input[text.tokens[i]!]!;
        positions[place + i] = i;
        if (i + 1 >= text.tokens.length) continue;
        const isAnswer = i + 1 >= text.promptLength;
        const whole = isAnswer
          ? answerLabel(text, i + 1 - text.promptLength)
          : { tokens: [text.tokens[i + 1]!], shares: [1] };
        const label = withinHead(whole, head);
        if (label !== undefined) (isAnswer ? answers : prompts).push([place + i, label]);
        else if (isAnswer) outside += 1;
      }
      place += length;
    }
  });
  // Each token left over is a text of its own (position 0) and nobody sees it.
  const chosen = shuffle(answers, random).slice(0, shape.outputs);
  const counts = { answers: chosen.length, outside: (outside * chosen.length) / Math.max(1, answers.length) };
  shuffle(prompts, random);
  // Where nothing at all can be learned, the likeliest row of the head is taken instead, with no other effect than a place.
  const filler: [number, Label] = [0, { tokens: [0], shares: [1] }];
  for (let i = 0; chosen.length < shape.outputs; i++)
    chosen.push(prompts[i] ?? answers[i % answers.length] ?? filler);
  return {
    tokens,
    positions,
    outputTokens: Int32Array.from(chosen, ([place]) => place),
    labels: chosen.map(([, label]) => label),
    ...counts,
  };
}

function answerLabel(text: CorpusText, index: number): Label {
  const count = text.candidates.length / (text.tokens.length - text.promptLength);
  const tokens = text.candidates.slice(index * count, (index + 1) * count);
  const shares = text.shares.slice(index * count, (index + 1) * count);
  const sum = shares.reduce((total, share) => total + share, 0);
  return {
    tokens,
    shares: shares.map(
      (share, rank) => (1 - FIRST_CHOICE_SHARE) * (share / sum) + (rank === 0 ? FIRST_CHOICE_SHARE : 0),
    ),
  };
}
