/**
 * A decoder without a model: its next-token distribution is a known function of a sequence's last tokens,
 * and it keeps a KV cache's books as strictly as the real one. For tests of everything above.
 */
import { asDraftId } from '../base/draft-id.js';
import { assert, ForetokenError } from '../base/errors.js';
import type { Position, SequenceId } from '../base/types.js';
import { TokenBatch } from './batch.js';
import type { DecodeOutcome, Decoder, DraftModel, EngineModel } from './decoder.js';

/** Fills `logits` for the token that follows `tokens`. */
export type NextTokenModel = (tokens: readonly number[], logits: Float32Array) => void;

export interface FakeDecoderOptions {
  readonly vocabularySize?: number;
  readonly cellCount?: number;
  readonly maxSequences?: number;
  readonly branchSequences?: number;
  readonly batchSize?: number;
  readonly unified?: boolean;
  readonly canTruncate?: boolean;
  readonly exactRows?: number;
  /** As the decoder's; a text's next token then depends on which of its tokens were computed in tiles. */
  readonly tile?: Decoder['tile'];
  readonly next?: NextTokenModel;
}

/**
 * A Markov text of the given order: logits are hashes of the last tokens, so every context has its own fixed
 * distribution. `sharpness` spreads the logits (nats); two models with the same `salt` agree, and
 * `disagreement` is the share of contexts in which a model goes its own way.
 */
export function hashedModel(options: {
  salt: number;
  order?: number;
  sharpness?: number;
  disagreement?: number;
}): NextTokenModel {
  const { salt, order = 2, sharpness = 6, disagreement = 0 } = options;
  return (tokens, logits) => {
    let context = salt;
    for (const token of tokens.slice(-order)) context = hash(context, token + 1);
    if (hash(context, 0x5eed) / 4294967296 < disagreement) context = hash(context, 0xd1ff);
    for (let token = 0; token < logits.length; token++) {
      logits[token] = (hash(context, token + 0x1000) / 4294967296) * sharpness;
    }
  };
}

function hash(a: number, b: number): number {
  let value = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b, 0xc2b2ae35);
  value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39);
  return (value ^ (value >>> 15)) >>> 0;
}

export class FakeDecoder implements Decoder {
  readonly vocabularySize: number;
  readonly cellCount: number;
  readonly sequenceCapacity: number;
  readonly maxSequences: number;
  readonly branchSequences: number;
  readonly unified: boolean;
  readonly canTruncate: boolean;
  readonly exactRows: number;
  readonly tile: Decoder['tile'];
  readonly batch: TokenBatch;
  /** Outcomes that the next decodes report instead of working; for fault tests. */
  readonly faults: DecodeOutcome[] = [];
  decodes = 0;
  #disposed = false;
  readonly #next: NextTokenModel;
  /** Per sequence, the cell (an object of identity) and token at each position, and whether that was computed in tiles. */
  readonly #sequences: { token: number; tiled: boolean }[][];
  readonly #rows: Float32Array[] = [];
  #rowCount = 0;

  constructor(options: FakeDecoderOptions = {}) {
    this.vocabularySize = options.vocabularySize ?? 64;
    this.cellCount = options.cellCount ?? 1024;
    this.maxSequences = options.maxSequences ?? 16;
    this.unified = options.unified ?? true;
    this.sequenceCapacity = this.unified ? this.cellCount : Math.floor(this.cellCount / this.maxSequences);
    this.canTruncate = options.canTruncate ?? true;
    this.branchSequences = this.unified ? (options.branchSequences ?? 0) : 0;
    const sequences = this.maxSequences + this.branchSequences;
    this.batch = new TokenBatch(options.batchSize ?? 64, this.unified ? sequences : 1);
    this.exactRows = options.exactRows ?? this.batch.capacity;
    this.tile = options.tile;
    this.#next = options.next ?? hashedModel({ salt: 1 });
    this.#sequences = Array.from({ length: sequences }, () => []);
  }

  decode(tiled = false): DecodeOutcome {
    this.#check();
    if (tiled) this.#checkTiled();
    this.decodes += 1;
    const fault = this.faults.shift();
    if (fault !== undefined && fault !== 'done') return fault;
    const outcome = this.#verdict();
    if (outcome !== 'done') return outcome;
    const { tokens, positions, outputs } = this.batch.arrays;
    this.#rowCount = 0;
    for (let index = 0; index < this.batch.length; index++) {
      const cell = { token: tokens[index]!, tiled };
      const sequences = this.#sequencesOf(index);
      for (const sequence of sequences) this.#sequences[sequence]![positions[index]!] = cell;
      if (outputs[index] !== 1) continue;
      const row = (this.#rows[this.#rowCount++] ??= new Float32Array(this.vocabularySize));
      const text = this.#sequences[sequences[0]!]!.slice(0, positions[index]! + 1);
      this.#next(
        text.map((held) => held.token + (held.tiled ? this.vocabularySize : 0)),
        row,
      );
    }
    return 'done';
  }

  logits(row: number): Float32Array {
    this.#check();
    assert(row >= 0 && row < this.#rowCount, `logits of row ${row} of ${this.#rowCount}`);
    return this.#rows[row]!;
  }

  truncate(sequence: SequenceId, from: Position): void {
    this.#check();
    const held = this.#sequences[sequence]!;
    assert(this.canTruncate || from === 0 || from >= held.length, 'this decoder cannot truncate');
    if (from < held.length) held.length = from;
  }

  copyPrefix(source: SequenceId, destination: SequenceId, to: Position): void {
    this.#check();
    assert(this.#sequences[destination]!.length === 0, 'copy into a sequence that is not empty');
    assert(to <= this.#sequences[source]!.length, 'copy of more than the source holds');
    this.#sequences[destination] = this.#sequences[source]!.slice(0, to);
  }

  share(source: SequenceId, destination: SequenceId, from: Position, to: Position): void {
    this.#check();
    assert(this.unified, 'sequences of separate pools cannot share tokens');
    assert(this.#sequences[destination]!.length === from, 'the destination ends where the share begins');
    assert(to <= this.#sequences[source]!.length, 'share of more than the source holds');
    this.#sequences[destination]!.push(...this.#sequences[source]!.slice(from, to));
  }

  adopt(source: SequenceId, destination: SequenceId, from: Position): void {
    this.share(source, destination, from, this.lengthOf(source) as Position);
    this.truncate(source, from);
  }

  lengthOf(sequence: SequenceId): number {
    this.#check();
    return this.#sequences[sequence]!.length;
  }

  /** Distinct cells held by all sequences. */
  get cellsInUse(): number {
    return new Set(this.#sequences.flat()).size;
  }

  dispose(): void {
    this.#disposed = true;
  }

  #sequencesOf(index: number): number[] {
    const start = index * this.batch.sequencesPerToken;
    return [
      ...this.batch.arrays.sequenceIds.subarray(start, start + this.batch.arrays.sequenceCounts[index]!),
    ];
  }

  /** What the real library would say to this batch, found without changing anything. */
  #verdict(): DecodeOutcome {
    if (this.batch.length === 0) return 'invalid';
    const lengths = this.#sequences.map((held) => held.length);
    /** Per sequence, those it may still share a token with: it must not rejoin one it has parted from. */
    const companions = new Map<number, readonly number[]>();
    for (let index = 0; index < this.batch.length; index++) {
      const position = this.batch.arrays.positions[index]!;
      const sequences = this.#sequencesOf(index);
      for (const sequence of sequences) {
        if (position !== lengths[sequence]) return 'invalid';
        lengths[sequence] = position + 1;
        const allowed = companions.get(sequence);
        if (allowed !== undefined && !sequences.every((other) => allowed.includes(other))) return 'invalid';
        companions.set(sequence, sequences);
      }
    }
    if (lengths.some((length) => length > this.sequenceCapacity)) return 'no-slot';
    return this.cellsInUse + this.batch.length > this.cellCount ? 'no-slot' : 'done';
  }

  #checkTiled(): void {
    const { tile, batch } = this;
    assert(tile !== undefined, 'this decoder has no tiles');
    assert(batch.length >= tile.least && batch.length <= tile.most, `${batch.length} tokens in tiles`);
    assert(batch.shares().length === 1, 'tiled tokens of several sequences in one decode');
  }

  #check(): void {
    if (this.#disposed) throw new ForetokenError('disposed', 'This decoder has been disposed of.');
  }
}

/** A draft over a decoder. */
export function draftOver(decoder: Decoder, id = 'draft', version = 'one'): DraftModel {
  return {
    ...{ id: asDraftId(id), version, reads: 'tokens', decoder, bytes: 1000, share: 0.2 },
    dispose: () => {
      decoder.dispose();
    },
  };
}

/**
 * The whole model in fake: token t is the letter chr(97 + t % 26) in text, and token 0 ends a generation.
 */
export function fakeModel(
  options: FakeDecoderOptions & Pick<EngineModel, 'answerStart'> & { draft?: FakeDecoderOptions } = {},
): EngineModel & {
  readonly decoder: FakeDecoder;
  /** That of its only draft. */
  readonly draft: FakeDecoder | undefined;
} {
  const decoder = new FakeDecoder(options);
  const draft = options.draft ? new FakeDecoder({ ...options, ...options.draft }) : undefined;
  return {
    decoder,
    draft,
    drafts: draft === undefined ? [] : [draftOver(draft)],
    unloadDraft(one) {
      one.dispose();
    },
    embeddingWidth: 4,
    answerStart: options.answerStart,
    isEndOfGeneration: (token) => token === 0,
    tokenBytes: (token) => (token === 0 ? new Uint8Array(0) : new Uint8Array([97 + (token % 26)])),
    embed: (tokens) => new Float32Array(4).fill(tokens.length),
    dispose() {
      decoder.dispose();
      draft?.dispose();
    },
  };
}
