/**
 * A decoder that computes nothing: it keeps a KV cache's books, lets a virtual clock run for as long as the
 * machine of its cost curve would take, and knows each request's text beforehand. Its books hold one length a
 * sequence and no tokens, so that a thousand sequences cost little.
 *
 * What follows a guess that is wrong is never looked at (the engine stops at the first that does not stand), so
 * a row of logits may depend on request and position alone.
 */
import { assert, ForetokenError } from '../base/errors.js';
import type { Position, SequenceId } from '../base/types.js';
import { TokenBatch } from '../decoder/batch.js';
import type { DecodeOutcome, Decoder } from '../decoder/decoder.js';
import { ubatchShapesOf, type UbatchShape } from '../costs/ubatches.js';
import { PROMPT_HEAD } from './tasks.js';
import { indexOfHead, VOCABULARY, type SimRequest } from './workload.js';

/** Logits: of what is chosen, and of what is not worth mentioning. */
const TOP = 20;
const BOTTOM = -20;

/** What a decoder says at a position, and what it costs to ask. */
export interface Voice {
  /**
   * Time passes for this batch.
   * @param tokenCells sum over tokens of the cells each attends to
   * @param parts in which the library computes it, one after the other
   */
  spend(tokens: number, outputs: number, tokenCells: number, parts: readonly UbatchShape[]): void;
  /** The choice for `position` of a request's text, the next best one and how far behind that is in nats. */
  say(request: SimRequest, position: number, depth: number): Choice;
  /** The first look at a row of logits. */
  look?(): void;
}

export interface Choice {
  readonly token: number;
  readonly second: number;
  readonly margin: number;
}

export interface SimDecoderShape {
  readonly maxSequences: number;
  readonly sequenceCapacity: number;
  readonly batchSize: number;
  readonly unified: boolean;
}

export class SimDecoder implements Decoder {
  readonly vocabularySize = VOCABULARY;
  readonly cellCount: number;
  readonly sequenceCapacity: number;
  readonly maxSequences: number;
  readonly unified: boolean;
  /** A simulation grows no token trees. */
  readonly branchSequences = 0;
  readonly exactRows: number;
  readonly tile = undefined;
  readonly canTruncate = true;
  readonly batch: TokenBatch;
  /** Outcomes that the next decodes report instead of working. */
  readonly faults: DecodeOutcome[] = [];
  /** [k]: how often a sequence had k guesses beside its last token in a batch. */
  readonly lengths: number[] = [];
  /** Sum over decodes of the sequences that wanted logits. */
  sampledSequences = 0;
  /** Real, not virtual, time inside `decode`, milliseconds. */
  wallMs = 0;

  readonly #voice: Voice;
  readonly #requests: readonly SimRequest[];
  readonly #target: SimDecoder | undefined;
  readonly #lengths: Int32Array;
  /** [sequence * PROMPT_HEAD]: the first tokens of each sequence. */
  readonly #heads: Int32Array;
  /** [sequence]: how far ahead of the target its last row looked, -1 for none. */
  readonly #depths: Int32Array;
  readonly #rows: Row[] = [];
  #rowCount = 0;
  #disposed = false;

  /** @param target of a draft */
  constructor(shape: SimDecoderShape, requests: readonly SimRequest[], voice: Voice, target?: SimDecoder) {
    this.maxSequences = shape.maxSequences;
    this.unified = shape.unified;
    this.cellCount = shape.maxSequences * shape.sequenceCapacity;
    this.sequenceCapacity = this.unified ? this.cellCount : shape.sequenceCapacity;
    this.batch = new TokenBatch(shape.batchSize, 1);
    this.exactRows = shape.batchSize;
    this.#voice = voice;
    this.#target = target;
    this.#requests = requests;
    this.#lengths = new Int32Array(shape.maxSequences);
    this.#heads = new Int32Array(shape.maxSequences * PROMPT_HEAD);
    this.#depths = new Int32Array(shape.maxSequences).fill(-1);
  }

  decode(): DecodeOutcome {
    const start = performance.now();
    const outcome = this.#decode();
    this.wallMs += performance.now() - start;
    return outcome;
  }

  #decode(): DecodeOutcome {
    this.#check();
    const fault = this.faults.shift();
    if (fault !== undefined && fault !== 'done') return fault;
    const verdict = this.#verdict();
    if (verdict !== 'done') return verdict;
    const { tokens, positions, sequenceIds, outputs } = this.batch.arrays;
    let tokenCells = 0;
    this.#rowCount = 0;
    let sampling = -1;
    let rows = 0;
    for (let index = 0; index < this.batch.length; index++) {
      const sequence = sequenceIds[index]!;
      const position = positions[index]!;
      tokenCells += position + 1;
      if (position < PROMPT_HEAD) this.#heads[sequence * PROMPT_HEAD + position] = tokens[index]!;
      this.#lengths[sequence] = position + 1;
      if (outputs[index] !== 1) continue;
      if (sequence !== sampling) this.#count(rows);
      rows = sequence === sampling ? rows + 1 : 1;
      sampling = sequence;
      const row = (this.#rows[this.#rowCount++] ??= new Row());
      row.request = this.#requestIn(sequence);
      row.position = position + 1;
      row.depth = ++this.#depths[sequence]!;
      if (row.request === undefined && this.#target !== undefined) {
        // A draft may be given the end of a text alone; whose it is, the target's sequence of that number says.
        row.request = this.#target.#requestIn(sequence);
        row.position = this.#target.#lengths[sequence]! + 1 + row.depth;
      }
      row.seen = false;
    }
    this.#count(rows);
    const parts = ubatchShapesOf(this.batch.shares(), this.unified);
    this.#voice.spend(this.batch.length, this.#rowCount, tokenCells, parts);
    return 'done';
  }

  #count(rows: number): void {
    if (rows === 0) return;
    while (this.lengths.length < rows) this.lengths.push(0);
    this.lengths[rows - 1]! += 1;
    this.sampledSequences += 1;
  }

  #requestIn(sequence: number): SimRequest | undefined {
    return this.#requests[indexOfHead(this.#heads, sequence * PROMPT_HEAD)];
  }

  /** The next row of any sequence begins a new step's guesses. */
  resetDepths(): void {
    this.#depths.fill(-1);
  }

  logits(row: number): Float32Array {
    this.#check();
    assert(row >= 0 && row < this.#rowCount, `logits of row ${row} of ${this.#rowCount}`);
    const held = this.#rows[row]!;
    if (!held.seen) {
      held.seen = true;
      if (held.request === undefined) held.say(NOTHING);
      else {
        this.#voice.look?.();
        held.say(this.#voice.say(held.request, held.position, held.depth));
      }
    }
    return held.logits;
  }

  truncate(sequence: SequenceId, from: Position): void {
    this.#check();
    this.#lengths[sequence] = Math.min(this.#lengths[sequence]!, from);
  }

  copyPrefix(source: SequenceId, destination: SequenceId, to: Position): void {
    this.#check();
    assert(this.#lengths[destination] === 0, 'copy into a sequence that is not empty');
    assert(to <= this.#lengths[source]!, 'copy of more than the source holds');
    this.#lengths[destination] = to;
    const from = source * PROMPT_HEAD;
    this.#heads.copyWithin(destination * PROMPT_HEAD, from, from + PROMPT_HEAD);
  }

  share(): never {
    throw new ForetokenError(
      'internal_error',
      'Sequences in separate pools share nothing, and a simulation grows no trees.',
    );
  }

  adopt(): never {
    return this.share();
  }

  lengthOf(sequence: SequenceId): number {
    this.#check();
    return this.#lengths[sequence]!;
  }

  dispose(): void {
    this.#disposed = true;
  }

  /** What the real library would say to this batch, found without changing anything. */
  #verdict(): DecodeOutcome {
    const { length } = this.batch;
    if (length === 0) return 'invalid';
    const { positions, sequenceIds } = this.batch.arrays;
    const lengths = this.#lengths.slice();
    for (let index = 0; index < length; index++) {
      const sequence = sequenceIds[index]!;
      if (sequence < 0 || sequence >= this.maxSequences || positions[index] !== lengths[sequence])
        return 'invalid';
      lengths[sequence] = positions[index]! + 1;
      if (lengths[sequence] > this.sequenceCapacity) return 'no-slot';
    }
    return 'done';
  }

  #check(): void {
    if (this.#disposed) throw new ForetokenError('disposed', 'This decoder has been disposed of.');
  }
}

/** What is said where no request's text is known, as in a calibration. */
const NOTHING: Choice = { token: 1, second: 2, margin: 1 };

/** One row of logits: filled when it is looked at, and of its last use only what was set is set back. */
class Row {
  readonly logits = new Float32Array(VOCABULARY).fill(BOTTOM);
  request: SimRequest | undefined;
  /** Index in the text of the token that it is about. */
  position = 0;
  depth = 0;
  seen = false;
  #token = 0;
  #second = 0;

  say({ token, second, margin }: Choice): void {
    this.logits[this.#token] = BOTTOM;
    this.logits[this.#second] = BOTTOM;
    this.logits[second] = Math.max(TOP - margin, BOTTOM);
    this.logits[token] = TOP;
    this.#token = token;
    this.#second = second;
  }
}
