/**
 * A conversation as the text that a model was trained to continue: the model's own Jinja template, or ChatML
 * (`<|im_start|>role ... <|im_end|>`) for a model without one.
 */
import { Template } from '@huggingface/jinja';
import { ForetokenError } from '../base/errors.js';
import type { Vocabulary } from './vocabulary.js';

export interface ChatMessage {
  readonly role: string;
  readonly content: string;
  /** Whatever else a template may read, such as `name`. */
  readonly [field: string]: unknown;
}

export interface RenderOptions {
  /** End with the beginning of the assistant's answer; the default. */
  readonly addGenerationPrompt?: boolean;
  /** Further variables of the template, such as `enable_thinking`. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The template of a model that has none. */
export const CHATML_TEMPLATE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

export class ChatTemplate {
  /** The Jinja text. */
  readonly source: string;
  /** False when the model has no template and ChatML is used. */
  readonly isOwn: boolean;
  readonly #bosText: string;
  readonly #eosText: string;
  #template: Template | undefined;

  constructor(source: string | undefined, special: { readonly bos: string; readonly eos: string }) {
    this.isOwn = source !== undefined && source.trim() !== '';
    this.source = this.isOwn ? source! : CHATML_TEMPLATE;
    this.#bosText = special.bos;
    this.#eosText = special.eos;
  }

  static of(vocabulary: Vocabulary): ChatTemplate {
    const textOf = (id: number | undefined): string => (id === undefined ? '' : vocabulary.text(id));
    return new ChatTemplate(vocabulary.chatTemplate, {
      bos: textOf(vocabulary.bos),
      eos: textOf(vocabulary.eos),
    });
  }

  /** @throws ForetokenError `invalid_request` with the template's own words. */
  render(messages: readonly ChatMessage[], options: RenderOptions = {}): string {
    try {
      this.#template ??= new Template(this.source);
      return this.#template.render({
        ...options.variables,
        messages,
        add_generation_prompt: options.addGenerationPrompt ?? true,
        bos_token: this.#bosText,
        eos_token: this.#eosText,
      });
    } catch (error) {
      throw new ForetokenError(
        'invalid_request',
        `The model's chat template refuses these messages: ${error instanceof Error ? error.message : String(error)}`,
        { param: 'messages', cause: error },
      );
    }
  }

  /** The conversation's tokens; the beginning-of-text token appears once, whoever writes it. */
  tokenize(
    vocabulary: Pick<Vocabulary, 'tokenize'>,
    messages: readonly ChatMessage[],
    options: RenderOptions = {},
  ): Int32Array {
    const text = this.render(messages, options);
    const beginsWithBos = this.#bosText !== '' && text.startsWith(this.#bosText);
    return vocabulary.tokenize(text, { addSpecial: !beginsWithBos, parseSpecial: true });
  }
}
