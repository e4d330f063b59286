/**
 * Which tokens of a prompt are computed with attention in tiles (`Decoder.tile`): several times as fast, with bits that are
 * not those of a token computed by itself. So that a text is a function of its prompt alone, this is one, too: which tokens
 * are tiled is said by what stands in the prompt, whatever is in the cache and whatever else runs.
 *
 * - What the model wrote in earlier turns is not: it was computed token by token, and is still in the cache. It is found by
 *   the tokens with which answers begin, and ends with one that ends a generation.
 * - A turn is, if it has as many tokens as a tiled decode needs; a shorter one counts as the beginning of the next. Where a
 *   turn is tiled, the next one is looked at by itself, so that conversations that begin alike have that computed alike.
 * - Of a text that ends within a turn a multiple of 16 tokens is, so that few of the texts that go on from it compute its
 *   end in another way. The others are slow: 16 tokens behind 2,000 take as long as 38 tiled ones (SmolLM2-135M Q8_0, Xeon
 *   with AMX).
 * - The last token is not: it is computed when the answer begins.
 */
import type { Token } from '../base/types.js';
import type { Decoder, EngineModel } from '../decoder/decoder.js';

/** Tokens by which the tiled part of a text grows that ends within a turn. */
const OPEN_STEP = 16;

/** A text, and where tokens of it are tiled: [start, end, start, end …], ascending, apart. */
export interface TiledText {
  readonly tokens: Int32Array;
  readonly tiled: Int32Array;
}

/** A piece of a prompt that is computed at once. */
export interface PromptPiece {
  readonly count: number;
  readonly tiled: boolean;
}

/** Where a prompt is tiled. */
export function tiledOf(
  prompt: Int32Array,
  model: Pick<EngineModel, 'decoder' | 'answerStart' | 'isEndOfGeneration'>,
): Int32Array {
  const { tile } = model.decoder;
  if (tile === undefined) return new Int32Array(0);
  const { answerStart = [] } = model;
  const tiled: number[] = [];
  const add = (from: number, to: number): void => {
    if (to - from < tile.least) return;
    if (tiled.at(-1) === from) tiled.pop();
    else tiled.push(from);
    tiled.push(to);
  };
  let from = 0;
  for (let at = 0; at < prompt.length; at += 1) {
    if (answerStart.length > 0 && beginsAt(prompt, at, answerStart)) {
      at += answerStart.length;
      add(from, at - 1);
      while (at < prompt.length && !model.isEndOfGeneration(prompt[at]! as Token)) at += 1;
      from = at;
    } else if (at - from >= tile.least && model.isEndOfGeneration(prompt[at]! as Token)) {
      add(from, Math.min(at + 1, prompt.length - 1));
      from = at + 1;
    }
  }
  const left = prompt.length - 1 - from;
  add(from, from + left - (left % OPEN_STEP));
  return Int32Array.from(tiled);
}

function beginsAt(tokens: Int32Array, at: number, part: readonly number[]): boolean {
  return part.every((token, index) => tokens[at + index] === token);
}

/**
 * Tokens, no more than `limit`, that a text can take from another: the beginning that both have and that is computed alike.
 * Where tiled tokens are missing, so many are left as can be computed.
 */
export function sharedPrefix(
  text: TiledText,
  other: TiledText,
  limit: number,
  tile: Decoder['tile'],
): number {
  let length = 0;
  while (length < limit && text.tokens[length] === other.tokens[length]) length += 1;
  for (let index = 0; ; index += 1) {
    const [own = Infinity, others = Infinity] = [text.tiled[index], other.tiled[index]];
    if (Math.min(own, others) >= length) break;
    if (own !== others) length = Math.min(own, others);
  }
  const end = text.tiled.findIndex((edge) => edge > length);
  if (tile === undefined || end % 2 !== 1 || length === text.tiled[end - 1]) return length;
  return Math.min(length, text.tiled[end]! - tile.least);
}

/**
 * What is computed next of a prompt, from `from` on: `chunk` tokens, or a few more where the last tiled tokens would be too
 * few. Where nothing is tiled, texts may depend on where prompts are cut, and that is at multiples of the chunk.
 */
export function piecesOf(
  { tiled }: Pick<TiledText, 'tiled'>,
  tile: Decoder['tile'],
  [from, end]: readonly [number, number],
  chunk: number,
): PromptPiece[] {
  const pieces: PromptPiece[] = [];
  const to = Math.min(end, tile === undefined ? (Math.floor(from / chunk) + 1) * chunk : from + chunk);
  for (let at = from; at < to;) {
    const next = tiled.findIndex((edge) => edge > at);
    const isTiled = tile !== undefined && next % 2 === 1;
    const edge = next === -1 ? end : Math.min(tiled[next]!, end);
    let count = Math.min(edge, to) - at;
    if (isTiled) {
      count = Math.min(edge - at, tile.most, Math.max(count, tile.least));
      // What is left must be enough for a decode, too.
      const left = edge - at - count;
      if (left > 0 && left < tile.least) count = edge - at <= tile.most ? edge - at : edge - at - tile.least;
    }
    pieces.push({ count, tiled: isTiled });
    at += count;
  }
  return pieces;
}
