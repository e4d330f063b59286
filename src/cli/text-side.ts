/** The model's text side on this thread: vocabulary and chat template, the model's own or one from a file. */
import type { ChatMessage, TextCodec } from '../server/codec.js';
import { LlamaCodec } from '../server/llama-codec.js';
import { ChatTemplate } from '../llama/chat-template.js';
import { loadLibrary } from '../llama/library.js';
import { Vocabulary } from '../llama/vocabulary.js';
import type { EngineFlags } from './engine-flags.js';
import { readTextFile } from './serve-flags.js';

export interface TextSide extends TextCodec {
  dispose(): void;
}

export function openTextSide(modelPath: string, flags: EngineFlags): TextSide {
  const source =
    flags.chatTemplateFile === undefined
      ? undefined
      : readTextFile('--chat-template-file', flags.chatTemplateFile);
  // The engine thread loads this kind of library too; the process keeps the first.
  loadLibrary(flags.gpu);
  const codec = LlamaCodec.open(modelPath);
  return source === undefined ? codec : new TemplatedCodec(codec, modelPath, source);
}

/** A codec with another chat template. */
class TemplatedCodec implements TextSide {
  readonly #codec: LlamaCodec;
  readonly #template: ChatTemplate;

  constructor(codec: LlamaCodec, modelPath: string, source: string) {
    this.#codec = codec;
    const vocabulary = Vocabulary.open(modelPath);
    const textOf = (id: number | undefined): string => (id === undefined ? '' : vocabulary.text(id));
    this.#template = new ChatTemplate(source, { bos: textOf(vocabulary.bos), eos: textOf(vocabulary.eos) });
    vocabulary.dispose();
  }

  get vocabularySize(): number {
    return this.#codec.vocabularySize;
  }

  tokenize(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array {
    return this.#codec.tokenize(text, addSpecial, parseSpecial);
  }

  tokenBytes(token: number): Uint8Array {
    return this.#codec.tokenBytes(token);
  }

  detokenize(tokens: readonly number[]): string {
    return this.#codec.detokenize(tokens);
  }

  encodeChat(messages: readonly ChatMessage[], extra: Readonly<Record<string, unknown>>): Int32Array {
    const tokenize = (
      text: string,
      options: { addSpecial?: boolean; parseSpecial?: boolean } = {},
    ): Int32Array => this.#codec.tokenize(text, options.addSpecial ?? false, options.parseSpecial ?? false);
    return this.#template.tokenize(
      { tokenize },
      messages.map((message) => ({ ...message })),
      { variables: extra },
    );
  }

  dispose(): void {
    this.#codec.dispose();
  }
}
