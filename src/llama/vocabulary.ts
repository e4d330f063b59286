/**
 * Text to tokens and back. Usable on any thread: `open` reads only the vocabulary of a model file, so that
 * the threads that speak HTTP need not ask the one that computes.
 */
import { createHash } from 'node:crypto';
import { TextDecoder } from 'node:util';
import { ForetokenError } from '../base/errors.js';
import { CUT_HEAD_KEYS } from '../gguf/cut-head.js';
import type { Token } from '../base/types.js';
import { NO_TOKEN, type Llama } from './declarations.js';
import { NativeHandle } from './handle.js';
import { LlamaModel } from './model.js';
import { SpecialTokens } from './special-tokens.js';

export interface TokenizeOptions {
  /**
   * Add the tokens that the model wants around a text (beginning, end). A text that itself names the beginning
   * at its beginning has it already.
   */
  readonly addSpecial?: boolean;
  /** Read `<|im_start|>` and the like as the special tokens they name. */
  readonly parseSpecial?: boolean;
}

/**
 * Names of special tokens that are part of an answer: what begins calls of functions, and what stands around reasoning.
 * In texts they appear by name, so that whoever reads an answer, or holds it to a grammar, sees text alone.
 */
const WRITTEN_TOKENS = /tool|think|^\[ARGS\]$/i;

/** Special tokens of models that were trained to fill gaps ("fill in the middle"). */
export interface InfillTokens {
  readonly prefix: number;
  readonly suffix: number;
  readonly middle: number;
}

/** LLAMA_VOCAB_TYPE_NONE */
const NO_WORDS = 0;

/** Characters of a text that the library looks through at once for special tokens. */
const PIECE = 1024;

function joined(parts: readonly Int32Array[]): Int32Array {
  const whole = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

export class Vocabulary {
  readonly size: number;
  /** Of a draft with a cut head: digest of the vocabulary that it guesses for. Its own has no words. */
  readonly cutFor: string | undefined;
  /** Special tokens; undefined where the model has none. */
  readonly bos: Token | undefined;
  readonly eos: Token | undefined;
  readonly eot: Token | undefined;
  readonly separator: Token | undefined;
  /** A text begins with `bos`. */
  readonly addBos: boolean;
  /** A text ends with `eos`. */
  readonly addEos: boolean;
  /** `separator` stands between two texts. */
  readonly addSeparator: boolean;

  readonly #llama: Llama;
  readonly #model: LlamaModel;
  readonly #handle: NativeHandle;
  readonly #ownsModel: boolean;
  /** [token] = bytes, filled as they are asked for. */
  readonly #bytes: (Uint8Array | undefined)[];
  /** [token] = 1 where it ends a generation. */
  readonly #endOfGeneration: Uint8Array;
  #specialTokens: SpecialTokens | undefined;
  /** What the library looks for, without and with control tokens. */
  readonly #looksFor: [SpecialTokens?, SpecialTokens?] = [];

  private constructor(model: LlamaModel, ownsModel: boolean) {
    const { llama } = model.library;
    const vocab = llama.modelVocab(model.pointer);
    this.#llama = llama;
    this.#model = model;
    this.#ownsModel = ownsModel;
    // The vocabulary lives in the model: there is nothing to free, only something to keep alive.
    this.#handle = new NativeHandle('vocabulary', vocab, () => undefined, model.handle);
    this.size = llama.vocabSize(vocab);
    this.cutFor = model.metadata(CUT_HEAD_KEYS.vocabulary);
    const special = (id: number): Token | undefined => (id === NO_TOKEN ? undefined : (id as Token));
    // The library falls back to token 11 for byte-pair vocabularies that name no beginning of text.
    const namesBos = llama.vocabAddBos(vocab) || model.metadata('tokenizer.ggml.bos_token_id') !== undefined;
    this.bos = namesBos ? special(llama.vocabBos(vocab)) : undefined;
    this.eos = special(llama.vocabEos(vocab));
    this.eot = special(llama.vocabEot(vocab));
    this.separator = special(llama.vocabSeparator(vocab));
    this.addBos = llama.vocabAddBos(vocab);
    this.addEos = llama.vocabAddEos(vocab);
    this.addSeparator = llama.vocabAddSeparator(vocab);
    this.#bytes = new Array<Uint8Array | undefined>(this.size).fill(undefined);
    this.#endOfGeneration = Uint8Array.from({ length: this.size }, (_, id) =>
      llama.vocabIsEog(vocab, id) ? 1 : 0,
    );
  }

  /** The vocabulary of a model file, without its weights. */
  static open(modelPath: string): Vocabulary {
    return new Vocabulary(LlamaModel.load(modelPath, { vocabOnly: true }), true);
  }

  /** The same, read on another thread, so that this one goes on meanwhile. */
  static async openInBackground(modelPath: string): Promise<Vocabulary> {
    return new Vocabulary(await LlamaModel.loadVocabulary(modelPath), true);
  }

  /** The vocabulary of a loaded model. */
  static of(model: LlamaModel): Vocabulary {
    return new Vocabulary(model, false);
  }

  /** False for a vocabulary that only counts: it has ids and no text, and no text can be made tokens. */
  get hasWords(): boolean {
    return this.type !== NO_WORDS;
  }

  tokenize(text: string, options: TokenizeOptions = {}): Int32Array {
    const { addSpecial = false, parseSpecial = false } = options;
    if (text.length <= PIECE) return this.#tokenizeWhole(text, addSpecial, parseSpecial);
    const tokens = this.#lookedFor(parseSpecial)
      .pieces(addSpecial ? this.#withoutBos(text, parseSpecial) : text, PIECE)
      .map((piece) => this.#tokenizeWhole(piece, false, parseSpecial));
    const around = addSpecial ? this.#tokenizeWhole('', true, parseSpecial) : new Int32Array();
    const before = this.addBos ? 1 : 0;
    return joined([around.subarray(0, before), ...tokens, around.subarray(before)]);
  }

  /** Looked up once for each kind of search. */
  #lookedFor(parseSpecial: boolean): SpecialTokens {
    return (this.#looksFor[parseSpecial ? 1 : 0] ??= SpecialTokens.lookedFor(this, parseSpecial));
  }

  #tokenizeWhole(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array {
    this.#assertWords();
    const vocab = this.#handle.pointer;
    const bytes = Buffer.from(addSpecial ? this.#withoutBos(text, parseSpecial) : text, 'utf8');
    // One token a byte and a few around it is the most there can be for nearly every vocabulary.
    let out = new Int32Array(bytes.length + 8);
    let count = this.#llama.tokenize(vocab, bytes, bytes.length, out, out.length, addSpecial, parseSpecial);
    if (count < 0 && count !== -(2 ** 31)) {
      out = new Int32Array(-count);
      count = this.#llama.tokenize(vocab, bytes, bytes.length, out, out.length, addSpecial, parseSpecial);
    }
    if (count < 0)
      throw new ForetokenError('invalid_request', `A text of ${bytes.length} bytes cannot be tokenised.`);
    return out.slice(0, count);
  }

  /** The tokens' text: their bytes in a row, U+FFFD where these are no UTF-8. */
  detokenize(tokens: Iterable<number>): string {
    const parts: Uint8Array[] = [];
    for (const token of tokens) parts.push(this.tokenBytes(token));
    return newUtf8Decoder().decode(Buffer.concat(parts));
  }

  /** UTF-8 bytes of a token as it appears in text, not always whole characters; most special tokens are empty. */
  tokenBytes(token: number): Uint8Array {
    return (this.#bytes[token] ??= this.#piece(token));
  }

  isEndOfGeneration(token: number): boolean {
    return this.#endOfGeneration[token] === 1;
  }

  /** The token as the vocabulary spells it, such as `▁the`, `Ġthe` or `<|im_end|>`. */
  text(token: number): string {
    this.#assertToken(token);
    this.#assertWords();
    return this.#llama.vocabText(this.#handle.pointer, token);
  }

  /** Bits of LLAMA_TOKEN_ATTR: normal, control, user-defined, byte ... */
  attributes(token: number): number {
    this.#assertToken(token);
    this.#assertWords();
    return this.#llama.vocabAttributes(this.#handle.pointer, token);
  }

  /** Names of special tokens, to find in texts. */
  get specialTokens(): SpecialTokens {
    return (this.#specialTokens ??= SpecialTokens.parsed(this));
  }

  /** Tokens in front of what stands before a gap, what stands behind it, and what fills it; undefined where there are none. */
  get infill(): InfillTokens | undefined {
    const vocab = this.#handle.pointer;
    const [prefix, suffix, middle] = [
      this.#llama.vocabFimPrefix(vocab),
      this.#llama.vocabFimSuffix(vocab),
      this.#llama.vocabFimMiddle(vocab),
    ];
    return [prefix, suffix, middle].includes(NO_TOKEN) ? undefined : { prefix, suffix, middle };
  }

  /** The model's own chat template. */
  get chatTemplate(): string | undefined {
    this.#handle.assertUsable();
    return this.#model.chatTemplate;
  }

  /** Value of a metadata key of the model file as text. */
  metadata(key: string): string | undefined {
    this.#handle.assertUsable();
    return this.#model.metadata(key);
  }

  /** Trained context length of the model. */
  get contextTrain(): number {
    return this.#model.contextTrain;
  }

  /** Kind of tokenizer: LLAMA_VOCAB_TYPE (1 SentencePiece, 2 byte-pair ...). */
  get type(): number {
    return this.#llama.vocabType(this.#handle.pointer);
  }

  /** Equal for vocabularies in which `vocabularyDifference` finds no difference. */
  fingerprint(): string {
    const hash = createHash('sha256');
    hash.update(JSON.stringify([this.type, this.size, this.bos ?? null, this.eos ?? null, this.addBos]));
    if (this.hasWords) for (let id = 0; id < this.size; id += 1) hash.update(`\0${this.text(id)}`);
    return hash.digest('hex');
  }

  dispose(): void {
    this.#handle.dispose();
    if (this.#ownsModel) this.#model.dispose();
  }

  /** The text behind the beginning-of-text token that it names, where one will be added. */
  #withoutBos(text: string, everyOne: boolean): string {
    const name = this.addBos && this.bos !== undefined ? this.text(this.bos) : '';
    let rest = text;
    while (name !== '' && rest.startsWith(name) && (everyOne || rest === text))
      rest = rest.slice(name.length);
    return rest;
  }

  #piece(token: number): Uint8Array {
    this.#assertToken(token);
    let out = new Uint8Array(64);
    let length = this.#llama.tokenToPiece(this.#handle.pointer, token, out, out.length, 0, false);
    if (length < 0) {
      out = new Uint8Array(-length);
      length = this.#llama.tokenToPiece(this.#handle.pointer, token, out, out.length, 0, false);
    }
    if (
      length === 0 &&
      this.hasWords &&
      !this.isEndOfGeneration(token) &&
      WRITTEN_TOKENS.test(this.text(token))
    )
      return Buffer.from(this.text(token), 'utf8');
    return out.slice(0, length);
  }

  /** The library ends the process when it is asked for them. */
  #assertWords(): void {
    if (!this.hasWords)
      throw new ForetokenError('invalid_request', `The vocabulary of ${this.#model.path} has no words.`);
  }

  #assertToken(token: number): void {
    if (!Number.isInteger(token) || token < 0 || token >= this.size)
      throw new ForetokenError(
        'invalid_request',
        `Token ${token} is not in the vocabulary of ${this.size} tokens.`,
      );
  }
}

/** UTF-8 with U+FFFD for what is none, and a byte-order mark kept as the character it is. */
export function newUtf8Decoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

/**
 * In what two vocabularies differ, in words; undefined when a draft with the one can guess for a target with
 * the other, which takes the same token for every index.
 */
export function vocabularyDifference(target: Vocabulary, draft: Vocabulary): string | undefined {
  if (draft.cutFor !== undefined)
    return target.fingerprint() === draft.cutFor
      ? undefined
      : "the draft's head is cut for a model with another vocabulary";
  if (target.type !== draft.type)
    return `the kinds of tokenizer differ (target ${target.type}, draft ${draft.type})`;
  if (target.size !== draft.size) return `the target has ${target.size} tokens, the draft ${draft.size}`;
  for (let id = 0; id < target.size; id += 1) {
    const [ofTarget, ofDraft] = [target.text(id), draft.text(id)];
    if (ofTarget !== ofDraft)
      return `token ${id} is ${JSON.stringify(ofTarget)} in the target and ${JSON.stringify(ofDraft)} in the draft`;
  }
  for (const name of ['bos', 'eos'] as const) {
    if (target[name] !== draft[name])
      return `the ${name === 'bos' ? 'beginning' : 'end'}-of-text token is ${target[name] ?? 'none'} in the target and ${draft[name] ?? 'none'} in the draft`;
  }
  if (target.addBos !== draft.addBos)
    return `only the ${target.addBos ? 'target' : 'draft'} puts a beginning-of-text token before a text`;
  return undefined;
}
