/**
 * How large a piece of a prompt is: as large as is worth it, unless somebody would wait for long. It depends on time, so it
 * is only for decoders that give a token the same bits in whatever pieces; for others pieces are equal.
 *
 * The library shares attention out among threads in eight parts, which rarely end where tiles do: of 64 tokens nearly half
 * of its work is for nothing, of 256 hardly any. 2,048 tokens of SmolLM2-135M Q8_0 take 5.4 s in pieces of 64, 4.4 s of 128
 * and 3.8 s of 256 or 512 (Xeon with AMX, 2 threads).
 */

const MOST = 256;
/** What a piece may take, milliseconds: while others write, and when only those would wait who come or go meanwhile. */
const BESIDE_OTHERS_MS = 200;
const ALONE_MS = 800;

export class PrefillPace {
  readonly #least: number;
  #msPerToken: number;

  /**
   * @param least tokens of a piece, all of which are multiples of it
   * @param msPerToken as far as is known
   */
  constructor(least: number, msPerToken: number) {
    this.#least = least;
    this.#msPerToken = msPerToken;
  }

  /** So many tokens of a prompt have taken this long. Few tell little, and what cannot be true nothing. */
  computed(tokens: number, ms: number): void {
    if (tokens >= this.#least && ms > 0 && ms < Infinity) this.#msPerToken = ms / tokens;
  }

  /** Most tokens of the next piece. */
  piece(besideOthers: boolean): number {
    const tokens = (besideOthers ? BESIDE_OTHERS_MS : ALONE_MS) / this.#msPerToken;
    return Math.max(this.#least, Math.min(MOST, this.#least * Math.floor(tokens / this.#least)));
  }
}
