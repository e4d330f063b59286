/** GBNF grammars of llama.cpp as the engine's `Grammar`. */
import { ForetokenError } from '../base/errors.js';
import type { Token } from '../base/types.js';
import type { Grammar } from '../decoder/decoder.js';
import type { Llama, Pointer } from './declarations.js';
import { NativeHandle } from './handle.js';
import type { Library } from './library.js';
import { TokenCandidates } from './token-candidates.js';
import type { Vocabulary } from './vocabulary.js';

export class LlamaGrammar implements Grammar {
  readonly #library: Library;
  readonly #llama: Llama;
  readonly #vocabulary: Vocabulary;
  readonly #handle: NativeHandle;
  /** One candidate for `allows`, and all tokens for `mask`, made when first needed. */
  readonly #one: TokenCandidates;
  #all: TokenCandidates | undefined;

  private constructor(library: Library, vocabulary: Vocabulary, sampler: Pointer) {
    this.#library = library;
    this.#llama = library.llama;
    this.#vocabulary = vocabulary;
    this.#one = new TokenCandidates(1);
    this.#handle = new NativeHandle(
      'grammar',
      sampler,
      (pointer) => {
        library.llama.samplerFree(pointer);
      },
      vocabulary.handle,
    );
  }

  /** @throws ForetokenError `invalid_schema` when the text is no GBNF. */
  static parse(library: Library, vocabulary: Vocabulary, gbnf: string, root = 'root'): LlamaGrammar {
    // An empty text would be a grammar that allows everything; a NUL would end the text early.
    const sampler =
      gbnf.trim() === '' || gbnf.includes('\0')
        ? null
        : library.llama.samplerGrammar(vocabulary.handle.pointer, gbnf, root);
    if (sampler === null)
      throw new ForetokenError(
        'invalid_schema',
        `The grammar is not valid GBNF, or has no rule "${root}", or recurses on its left.`,
        { param: 'grammar' },
      );
    return new LlamaGrammar(library, vocabulary, sampler);
  }

  allows(token: Token): boolean {
    if (token < 0 || token >= this.#vocabulary.size) return false;
    this.#one.setOne(token);
    this.#llama.samplerApply(this.#handle.pointer, this.#one.pointer);
    return this.#one.logit(0) !== -Infinity;
  }

  mask(logits: Float32Array): void {
    const pointer = this.#handle.pointer;
    this.#all ??= new TokenCandidates(this.#vocabulary.size);
    this.#all.set(logits);
    this.#llama.samplerApply(pointer, this.#all.pointer);
    this.#all.copyLogitsTo(logits);
  }

  accept(token: Token): void {
    // The library throws through the foreign call, which ends the process, when the token does not fit.
    if (!this.allows(token))
      throw new ForetokenError('internal_error', `The grammar does not allow token ${token} here.`);
    this.#llama.samplerAccept(this.#handle.pointer, token);
  }

  clone(): LlamaGrammar {
    return new LlamaGrammar(this.#library, this.#vocabulary, this.#llama.samplerClone(this.#handle.pointer));
  }

  dispose(): void {
    this.#handle.dispose();
  }
}
