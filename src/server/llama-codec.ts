/** The text side of a GGUF model: its vocabulary, opened without weights, and its chat template. */
import type { SamplingDefaults } from '../base/sampling-options.js';
import type { CallSyntax } from '../grammar/answer.js';
import { CHATML_MARKERS, ChatTemplate } from '../llama/chat-template.js';
import { RerankPrompt } from '../llama/rerank-prompt.js';
import { samplingMetadata } from '../llama/sampling-metadata.js';
import { type InfillTokens, Vocabulary } from '../llama/vocabulary.js';
import type { ChatEnding, ChatFallback, ChatMessage, TextCodec, TextFacts } from './codec.js';

export class LlamaCodec implements TextCodec {
  readonly #vocabulary: Vocabulary;
  readonly #template: ChatTemplate;
  readonly chatFallback: ChatFallback | undefined;
  readonly facts: TextFacts;
  #rerankPrompt: RerankPrompt | undefined;

  private constructor(vocabulary: Vocabulary, template: string | undefined) {
    this.#vocabulary = vocabulary;
    this.#template = ChatTemplate.of(vocabulary, template);
    this.chatFallback = this.#template.isOwn ? undefined : fallback(vocabulary);
    const name = (token: number | undefined): string => (token === undefined ? '' : vocabulary.text(token));
    this.facts = {
      chatTemplate: this.#template.source,
      bos: name(vocabulary.bos),
      eos: name(vocabulary.eos),
    };
  }

  /** @param chatTemplate Jinja text in place of the model's own template */
  static open(modelPath: string, chatTemplate?: string): LlamaCodec {
    return new LlamaCodec(Vocabulary.open(modelPath), chatTemplate);
  }

  /** The same, read on another thread, so that this one goes on meanwhile. */
  static async openInBackground(modelPath: string, chatTemplate?: string): Promise<LlamaCodec> {
    return new LlamaCodec(await Vocabulary.openInBackground(modelPath), chatTemplate);
  }

  get vocabularySize(): number {
    return this.#vocabulary.size;
  }

  /** How the model's makers want words to be chosen, as far as its file says. */
  get samplingDefaults(): Partial<SamplingDefaults> {
    return samplingMetadata((key) => this.#vocabulary.metadata(key));
  }

  get beginning(): number | undefined {
    return this.#vocabulary.addBos ? this.#vocabulary.bos : undefined;
  }

  get infill(): InfillTokens | undefined {
    return this.#vocabulary.infill;
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

  encodeChat(
    messages: readonly ChatMessage[],
    extra: Readonly<Record<string, unknown>>,
    _gone?: AbortSignal,
    ending: ChatEnding = 'before an answer',
  ): Int32Array {
    return this.#template.tokenize(
      this.#vocabulary,
      messages.map((message) => ({ ...message })),
      {
        variables: extra,
        addGenerationPrompt: ending === 'before an answer',
        continueLast: ending === 'within the last message',
      },
    );
  }

  encodePair(query: string, document: string): Int32Array {
    return (this.#rerankPrompt ??= new RerankPrompt(this.#vocabulary)).tokenize(query, document);
  }

  get thinks(): boolean {
    return this.#template.thinks;
  }

  callSyntax(): CallSyntax {
    return this.#template.callSyntax;
  }

  dispose(): void {
    this.#vocabulary.dispose();
  }
}

/** ChatML in place of a template of the model's own. */
function fallback(vocabulary: Vocabulary): ChatFallback {
  const isToken = (marker: string): boolean =>
    vocabulary.specialTokens.find(marker).some(({ start, end }) => start === 0 && end === marker.length);
  return {
    warning:
      'This model has no chat template, so it is most likely a base model, which continues texts rather than answers: ' +
      '/v1/completions (generate --raw) is the way to use it. Conversations are put in ChatML; --chat-template-file ' +
      'gives another.',
    stops: CHATML_MARKERS.filter((marker) => !isToken(marker)),
  };
}
