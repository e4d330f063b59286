/** The text side of a GGUF model: its vocabulary, opened without weights, and its chat template. */
import { ChatTemplate } from '../llama/chat-template.js';
import { Vocabulary } from '../llama/vocabulary.js';
import type { ChatMessage, TextCodec } from './codec.js';

export class LlamaCodec implements TextCodec {
  readonly #vocabulary: Vocabulary;
  readonly #template: ChatTemplate;

  private constructor(vocabulary: Vocabulary, template: string | undefined) {
    const textOf = (id: number | undefined): string => (id === undefined ? '' : vocabulary.text(id));
    this.#vocabulary = vocabulary;
    this.#template =
      template === undefined
        ? ChatTemplate.of(vocabulary)
        : new ChatTemplate(template, { bos: textOf(vocabulary.bos), eos: textOf(vocabulary.eos) });
  }

  /** @param chatTemplate Jinja text in place of the model's own template */
  static open(modelPath: string, chatTemplate?: string): LlamaCodec {
    return new LlamaCodec(Vocabulary.open(modelPath), chatTemplate);
  }

  get vocabularySize(): number {
    return this.#vocabulary.size;
  }

  tokenize(text: string, addSpecial: boolean, parseSpecial: boolean): Int32Array {
    return this.#vocabulary.tokenize(text, { addSpecial, parseSpecial });
  }

  tokenBytes(token: number): Uint8Array {
    return this.#vocabulary.tokenBytes(token);
  }

  detokenize(tokens: readonly number[]): string {
    const parts = tokens.map((token) => {
      const bytes = this.#vocabulary.tokenBytes(token);
      // Special tokens have no bytes in generated text, only a name.
      return bytes.length > 0 ? bytes : Buffer.from(this.#vocabulary.text(token), 'utf8');
    });
    return Buffer.concat(parts).toString('utf8');
  }

  encodeChat(messages: readonly ChatMessage[], extra: Readonly<Record<string, unknown>>): Int32Array {
    return this.#template.tokenize(
      this.#vocabulary,
      messages.map((message) => ({ ...message })),
      { variables: extra },
    );
  }

  dispose(): void {
    this.#vocabulary.dispose();
  }
}
