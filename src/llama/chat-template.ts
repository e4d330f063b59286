/**
 * A conversation as the text that a model was trained to continue: the model's own Jinja template, or ChatML
 * (`<|im_start|>role ... <|im_end|>`) for a model without one. Only what the template itself writes can become
 * special tokens; what people write stays text (`special-tokens.ts`).
 */
import { Template } from '@huggingface/jinja';
import { ForetokenError } from '../base/errors.js';
import { guardTree, someString, unguard } from './special-tokens.js';
import type { CallSyntax } from '../grammar/answer.js';
import { THINK_BEGIN } from '../grammar/answer.js';
import type { ChatMessage } from './chat-message.js';
import { readCalls, toolForm, withoutTools, type ToolForm } from './tool-history.js';
import { readCallSyntax, TAGGED_CALLS, withToolText } from './tool-syntax.js';
import type { Vocabulary } from './vocabulary.js';

export interface RenderOptions {
  /** End with the beginning of the assistant's answer; the default. */
  readonly addGenerationPrompt?: boolean;
  /** End within the last message, which is to be continued: nothing of what the template puts behind it. */
  readonly continueLast?: boolean;
  /** Further variables of the template, such as `enable_thinking` and `tools`. */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** The template of a model that has none. */
export const CHATML_TEMPLATE =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

/** Put behind the last message to find its end in the text; of characters that stand in no text (noncharacters). */
const END_OF_LAST = '\uFDD0\uFDD1\uFDEF';

/** What ChatML puts around a turn. */
export const CHATML_MARKERS: readonly string[] = ['<|im_end|>', '<|im_start|>'];

const PROBE_FUNCTION = 'probe_function';
const PROBE_TOOLS = [
  {
    type: 'function',
    function: {
      name: PROBE_FUNCTION,
      description: 'probe',
      parameters: { type: 'object', properties: { probe: { type: 'string', description: 'probe' } } },
    },
  },
];

/** The part of a vocabulary that turns a rendered text into tokens. */
export type TemplateVocabulary = Pick<Vocabulary, 'tokenize' | 'specialTokens' | 'addBos'>;

export class ChatTemplate {
  /** The Jinja text. */
  readonly source: string;
  /** False when the model has no template and ChatML is used. */
  readonly isOwn: boolean;
  readonly #bosText: string;
  readonly #eosText: string;
  #template: Template | undefined;
  #toolForm: ToolForm | undefined;
  #callSyntax: CallSyntax | undefined;
  #describesTools: boolean | undefined;

  constructor(source: string | undefined, special: { readonly bos: string; readonly eos: string }) {
    this.isOwn = source !== undefined && source.trim() !== '';
    this.source = this.isOwn ? source! : CHATML_TEMPLATE;
    this.#bosText = special.bos;
    this.#eosText = special.eos;
  }

  /** @param source Jinja text in place of the model's own */
  static of(vocabulary: Vocabulary, source = vocabulary.chatTemplate): ChatTemplate {
    const textOf = (id: number | undefined): string => (id === undefined ? '' : vocabulary.text(id));
    return new ChatTemplate(source, { bos: textOf(vocabulary.bos), eos: textOf(vocabulary.eos) });
  }

  /** How the model writes calls of functions: as its template does, else in tags. */
  get callSyntax(): CallSyntax {
    // Some templates write no calls where nothing can be called.
    this.#callSyntax ??=
      [{ tools: PROBE_TOOLS }, {}]
        .map((variables) =>
          readCallSyntax((messages) =>
            this.#renderHistory(readCalls(messages), { addGenerationPrompt: false, variables }),
          ),
        )
        .find((syntax) => syntax !== undefined) ?? TAGGED_CALLS;
    return this.#callSyntax;
  }

  /** Whether the model writes down what it thinks before it answers. */
  get thinks(): boolean {
    return this.source.includes(THINK_BEGIN);
  }

  /**
   * Calls and results of tools in the way the template knows, else as text.
   * @throws ForetokenError `invalid_request` with the template's own words.
   */
  render(messages: readonly ChatMessage[], options: RenderOptions = {}): string {
    return this.#renderRead(readCalls(messages), options);
  }

  #renderRead(messages: readonly ChatMessage[], options: RenderOptions): string {
    const { tools, ...variables } = options.variables ?? {};
    if (!Array.isArray(tools) || tools.length === 0 || this.#knowsTools())
      return this.#renderHistory(messages, options);
    const others = { ...options, variables };
    try {
      return this.#renderHistory(withToolText(messages, tools, this.callSyntax, 'system'), others);
    } catch {
      return this.#renderHistory(withToolText(messages, tools, this.callSyntax, 'user'), others);
    }
  }

  /** Whether the template itself tells the model of functions that it can call. */
  #knowsTools(): boolean {
    if (this.#describesTools === undefined) {
      try {
        const text = this.#render([{ role: 'user', content: 'probe' }], {
          variables: { tools: PROBE_TOOLS },
        });
        this.#describesTools = text.includes(PROBE_FUNCTION);
      } catch {
        this.#describesTools = false;
      }
    }
    return this.#describesTools;
  }

  #renderHistory(messages: readonly ChatMessage[], options: RenderOptions): string {
    const last = messages.at(-1);
    if (options.continueLast !== true || last === undefined) return this.#renderWhole(messages, options);
    const marked = [...messages.slice(0, -1), { ...last, content: last.content + END_OF_LAST }];
    const text = this.#renderWhole(marked, { ...options, addGenerationPrompt: false });
    const end = text.lastIndexOf(END_OF_LAST);
    if (end === -1)
      throw new ForetokenError(
        'invalid_request',
        "The model's chat template does not write the last message, so that it cannot be continued.",
        { param: 'continue_final_message' },
      );
    return text.slice(0, end);
  }

  #renderWhole(messages: readonly ChatMessage[], options: RenderOptions): string {
    const hasTools = messages.some(({ role, tool_calls: calls }) => role === 'tool' || calls !== undefined);
    if (!hasTools) return this.#render(messages, options);
    this.#toolForm ??= toolForm((probe) => {
      try {
        return this.#render(probe, { variables: { tools: PROBE_TOOLS } });
      } catch {
        return this.#render(probe, {});
      }
    });
    try {
      return this.#render(this.#toolForm(messages), options);
    } catch {
      // A template may know calls and still not these, such as ones with ids of another length.
      return this.#render(withoutTools(messages), options);
    }
  }

  /**
   * The tokens that the template writes where an answer is to begin, as they also stand before former answers: what it adds
   * for an answer, or else its last special token. Empty where it has neither.
   */
  answerStart(vocabulary: TemplateVocabulary & Pick<Vocabulary, 'tokenBytes'>): readonly number[] {
    const tokensOf = (addGenerationPrompt: boolean): readonly number[] => {
      try {
        return Array.from(
          this.tokenize(vocabulary, [{ role: 'user', content: 'x' }], { addGenerationPrompt }),
        );
      } catch {
        return [];
      }
    };
    const [before, after] = [tokensOf(true), tokensOf(false)];
    if (before.length > after.length && after.every((token, at) => token === before[at]))
      return before.slice(after.length);
    const last = before.findLastIndex((token) => vocabulary.tokenBytes(token).length === 0);
    return last === -1 ? [] : before.slice(last);
  }

  /** The conversation's tokens; the beginning-of-text token appears once, whoever writes it. */
  tokenize(
    vocabulary: TemplateVocabulary,
    messages: readonly ChatMessage[],
    options: RenderOptions = {},
  ): Int32Array {
    const { text, guarded } = this.#renderSafely(vocabulary, messages, options);
    const beginsWithBos = this.#bosText !== '' && text.startsWith(this.#bosText);
    return guarded
      ? tokenizeGuarded(vocabulary, text, !beginsWithBos)
      : vocabulary.tokenize(text, { addSpecial: !beginsWithBos, parseSpecial: true });
  }

  /**
   * The rendered text, guarded where what people wrote could otherwise become special tokens: names of special
   * tokens that are in it, and pieces of such names that the template puts together.
   */
  #renderSafely(
    { specialTokens: special }: TemplateVocabulary,
    messages: readonly ChatMessage[],
    options: RenderOptions,
  ): { readonly text: string; readonly guarded: boolean } {
    const written = { messages: readCalls(messages), variables: options.variables ?? {} };
    const render = (guard: ((text: string, isWord: boolean) => string) | undefined): string => {
      if (guard === undefined) return this.#renderRead(written.messages, options);
      const { messages: guarded, variables } = guardTree(written, guard) as typeof written;
      return this.#renderRead(guarded, { ...options, variables });
    };
    const named = someString(written, (text) => special.find(text).length > 0);
    const text = render(named ? (part) => special.guardNames(part) : undefined);
    if (!someString(written, (part) => special.couldComplete(part))) return { text, guarded: named };
    const wary = render((part, isWord) => special.guardParts(part, isWord));
    const tokensIn = (rendered: string): string =>
      special
        .find(rendered)
        .map(({ spelling }) => spelling.token)
        .join();
    return tokensIn(text) === tokensIn(wary) ? { text, guarded: named } : { text: wary, guarded: true };
  }

  #render(messages: readonly ChatMessage[], options: RenderOptions): string {
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
        `The model's chat template refuses these messages: ${unguard(error instanceof Error ? error.message : String(error))}`,
        { param: 'messages', cause: error },
      );
    }
  }
}

/** As the library does it: the text between special tokens by itself, white space beside them as they want it. */
function tokenizeGuarded(vocabulary: TemplateVocabulary, text: string, addSpecial: boolean): Int32Array {
  const around = addSpecial ? Array.from(vocabulary.tokenize('', { addSpecial })) : [];
  const tokens = vocabulary.addBos ? around.splice(0, 1) : [];
  let from = 0;
  let trimStart = false;
  const addText = (end: number, trimEnd: boolean): void => {
    let part = text.slice(from, end);
    if (trimStart) part = part.replace(/^[ \t\n\v\f\r]+/, '');
    if (trimEnd) part = part.slice(0, part.length - /[ \t\n\v\f\r]*$/.exec(part)![0].length);
    if (part === '') return;
    for (const token of vocabulary.tokenize(unguard(part))) tokens.push(token);
  };
  for (const match of vocabulary.specialTokens.find(text)) {
    addText(match.start, match.spelling.stripsLeft);
    tokens.push(match.spelling.token);
    from = match.end;
    trimStart = match.spelling.stripsRight;
  }
  addText(text.length, false);
  return Int32Array.from([...tokens, ...around]);
}
