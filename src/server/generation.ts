/**
 * One request's way through the engine: submitted as one engine request for each choice, answered whole or
 * as a stream, cancelled when its client goes or one of its choices fails.
 */
import { randomInt } from 'node:crypto';
import type { FastifyReply } from 'fastify';
import { ForetokenError } from '../base/errors.js';
import { inWordsOfSource, type GrammarSource } from '../constraints/grammar-source.js';
import type { CompiledGrammar } from '../constraints/network.js';
import type { AskedPrompt } from './asked-prompt.js';
import type { AnswerFormat, WholeChoice } from './answer-format.js';
import { Choice, type Piece } from './choice.js';
import type { ServerContext } from './context.js';
import { inWordsOfTheApi } from './engine-words.js';
import type { GenerationOptions } from './generation-fields.js';
import type { PlacedLogprob } from './logprobs.js';
import { openStream, type SseWriter } from './sse.js';
import { clientOf } from './guards.js';
import {
  additionsOf,
  usageOf,
  type Additions,
  type Spent,
  type UsageSoFar,
  type UsageTold,
} from './usage.js';

const SEED_SPACE = 2 ** 32;
/** Log-probabilities that an answer which is not streamed may have, as they are held until its end: some 100 bytes each. */
const MOST_HELD_LOGPROBS = 2 ** 20;

/**
 * Answers one request: submits, waits, sends. The client's going cancels at any point.
 * @returns the body to send; undefined when the response has been sent, or there is nobody to send it to
 */
export async function answer(
  context: ServerContext,
  reply: FastifyReply,
  prompts: readonly AskedPrompt[],
  options: GenerationOptions,
  format: AnswerFormat,
): Promise<unknown> {
  const grammar = options.grammar && (await context.grammars.compile(options.grammar));
  // Gone already, while its body was read: there is no 'close' to come.
  if (reply.raw.destroyed) {
    reply.hijack();
    return undefined;
  }
  if (!options.stream) requireHoldable(context, prompts, options);
  const client = clientOf(reply.request, context.keys);
  const generation = new Generation(context, prompts, options, grammar, client);
  const clientGone = (): void => {
    if (!reply.raw.writableFinished) generation.abandon();
  };
  reply.raw.once('close', clientGone);
  try {
    if (options.stream) {
      await generation.stream(reply, format, options.usageTold);
      return undefined;
    }
    return await generation.whole(format);
  } catch (thrown) {
    if (!generation.abandoned) throw thrown;
    // Nobody is left to tell.
    reply.hijack();
    return undefined;
  } finally {
    reply.raw.off('close', clientGone);
  }
}

class Generation {
  readonly #context: ServerContext;
  readonly #choices: readonly Choice[];
  readonly #wantsLogprobs: boolean;
  readonly #grammar: GrammarSource | undefined;
  readonly #promptTokens: number;
  /** Choices of each prompt that are told. */
  readonly #told: number;
  #abandoned = false;
  #stalled: ForetokenError | undefined;

  constructor(
    context: ServerContext,
    prompts: readonly AskedPrompt[],
    options: GenerationOptions,
    grammar: CompiledGrammar | undefined,
    client: string,
  ) {
    this.#context = context;
    this.#wantsLogprobs = options.topLogprobs >= 0;
    this.#grammar = options.grammar;
    this.#promptTokens = prompts.reduce((total, { tokens }) => total + tokens.length, 0);
    this.#told = options.n;
    this.#choices = submit(context, prompts, options, grammar, client);
  }

  /** The client is gone: no answer, and its slots are freed within a step. */
  abandon(): void {
    this.#abandoned = true;
    this.#cancel();
  }

  get abandoned(): boolean {
    return this.#abandoned;
  }

  async whole(format: AnswerFormat): Promise<unknown> {
    const whole = await this.#forEachChoice(async (choice) => {
      const parts = new WholeParts();
      await this.#consume(choice, (piece) => {
        parts.add(piece, choice.outputTokens);
        return undefined;
      });
      return this.#wholeChoice(choice, parts);
    });
    const spent = this.#spent();
    return format.whole(this.#likeliest(whole), usageOf(spent), this.#additions(spent));
  }

  /** Of each prompt's choices those with the highest mean log-probability, where there are more than asked for. */
  #likeliest(whole: readonly WholeChoice[]): readonly WholeChoice[] {
    const prompts = this.#choices.at(-1)!.promptIndex + 1;
    if (this.#told * prompts === this.#choices.length) return whole;
    const best = Array.from({ length: prompts }, (_, prompt) =>
      this.#choices
        .filter(({ promptIndex }) => promptIndex === prompt)
        .sort((a, b) => b.meanLogprob - a.meanLogprob || a.index - b.index)
        .slice(0, this.#told),
    );
    return best.flat().map(({ index }, place) => ({ ...whole[index]!, index: place }));
  }

  /**
   * Sends events until the answer is complete. The response's head waits for the first token, so that what
   * fails before it is answered with its own status.
   */
  async stream(reply: FastifyReply, format: AnswerFormat, usageTold: UsageTold): Promise<void> {
    let writer: SseWriter | undefined;
    let unfinished = this.#choices.length;
    try {
      await this.#forEachChoice(async (choice) => {
        let opened = false;
        await this.#consume(choice, (piece) => {
          let events = '';
          const usage = usageTold === 'always' ? this.#usageSoFar() : undefined;
          // An echo tells of its tokens at once.
          if (choice.promptLogprobs === undefined && choice.ending === undefined) return undefined;
          if (!opened) events += format.open(choice.index, choice.promptIndex, usage, choice.promptLogprobs);
          opened = true;
          if (!isEmpty(piece)) events += format.delta(choice.index, piece, usage);
          if (choice.ending !== undefined) {
            unfinished -= 1;
            const additions = unfinished === 0 ? this.#additions(this.#spent()) : undefined;
            events += format.finish(choice.index, choice.ending.reason, additions, usage, choice.ending.stop);
          }
          writer ??= this.#openStream(reply);
          if (events !== '') writer.write(events);
          return writer.blocked ? writer.ready() : undefined;
        });
      });
      writer ??= this.#openStream(reply);
      writer.end(format.end(usageOf(this.#spent())));
    } catch (thrown) {
      if (writer === undefined) throw thrown;
      const error = this.#stalled ?? ForetokenError.from(thrown);
      writer.end(this.#abandoned ? '' : format.failure(error));
    }
  }

  #additions(spent: readonly Spent[]): Additions {
    return additionsOf(spent, this.#context.engine.info.exactness);
  }

  /** A client that takes nothing for too long gives up its answer; if it ever reads on, the last event says so. */
  #openStream(reply: FastifyReply): SseWriter {
    const { stallTimeoutMs } = this.#context;
    const writer: SseWriter = openStream(reply, {
      timeoutMs: stallTimeoutMs,
      onStalled: () => {
        this.#stalled = new ForetokenError(
          'reader_stalled',
          `Nothing of this answer was read for ${stallTimeoutMs / 1000} s, so that it has been ended.`,
        );
        this.#cancel();
        writer.release();
      },
    });
    return writer;
  }

  /** Runs all choices side by side; when one fails, the others are cancelled and awaited before it throws. */
  async #forEachChoice<Result>(run: (choice: Choice) => Promise<Result>): Promise<Result[]> {
    let failure: { readonly thrown: unknown } | undefined;
    const results = await Promise.all(
      this.#choices.map(async (choice) => {
        try {
          return [await run(choice)];
        } catch (thrown) {
          // The first tells the cause; what follows is only its cancelling.
          failure ??= { thrown };
          this.#cancel();
          return [];
        }
      }),
    );
    if (failure !== undefined) throw this.#explain(failure.thrown);
    return results.flat();
  }

  async #consume(choice: Choice, take: (piece: Piece) => Promise<void> | undefined): Promise<void> {
    for await (const event of choice.stream) {
      const piece = choice.take(event);
      this.#context.tasks?.wrote(choice.stream.id, piece.text, choice.outputTokens);
      const taken = take(piece);
      // Awaiting costs a turn, so only where there is something to wait for.
      if (taken !== undefined) await taken;
    }
    if (choice.ending === undefined)
      throw new ForetokenError('engine_stopped', 'The engine stopped before the answer was complete.');
  }

  /**
   * Who gave a schema hears of a schema; requests that the engine cancels while the server closes were not cancelled by
   * their clients.
   */
  #explain(thrown: unknown): unknown {
    if (this.#grammar !== undefined && thrown instanceof ForetokenError && thrown.code === 'invalid_grammar')
      return inWordsOfSource(this.#grammar, thrown);
    const cancelled = thrown instanceof ForetokenError && thrown.code === 'cancelled';
    if (!cancelled || !this.#context.closing || this.#abandoned) return thrown;
    return new ForetokenError(
      'shutting_down',
      'The server shut down before the answer was complete; send the request again when it is back.',
      { cause: thrown },
    );
  }

  #wholeChoice(choice: Choice, parts: WholeParts): WholeChoice {
    const { index, promptIndex, promptLogprobs } = choice;
    return {
      index,
      promptIndex,
      text: parts.text,
      reasoning: parts.reasoning,
      reasoningTokens: parts.reasoningTokens,
      calls: parts.calls,
      logprobs: this.#wantsLogprobs ? parts.logprobs : undefined,
      promptLogprobs,
      reason: choice.ending!.reason,
      stop: choice.ending!.stop,
    };
  }

  #spent(): Spent[] {
    return this.#choices.map(({ promptIndex, ending }) => ({ promptIndex, statistics: ending!.statistics }));
  }

  /** Counts of all choices up to here. */
  #usageSoFar(): UsageSoFar {
    const completion = this.#choices.reduce((total, { outputTokens }) => total + outputTokens, 0);
    return {
      prompt_tokens: this.#promptTokens,
      completion_tokens: completion,
      total_tokens: this.#promptTokens + completion,
    };
  }

  #cancel(): void {
    for (const choice of this.#choices) choice.stream.cancel();
  }
}

/** The pieces of a choice put together. */
class WholeParts {
  text = '';
  reasoning = '';
  reasoningTokens = 0;
  readonly calls: { id: string; name: string; arguments: string }[] = [];
  readonly logprobs: PlacedLogprob[] = [];

  /** @param outputTokens of the choice up to here */
  add(piece: Piece, outputTokens: number): void {
    this.text += piece.text;
    this.reasoning += piece.reasoning;
    if (piece.reasoning !== '') this.reasoningTokens = outputTokens;
    for (const { index, start, arguments: more } of piece.calls) {
      if (start !== undefined) this.calls[index] = { ...start, arguments: '' };
      this.calls[index]!.arguments += more;
    }
    this.logprobs.push(...piece.logprobs);
  }
}

const isEmpty = ({ text, reasoning, calls, logprobs }: Piece): boolean =>
  text === '' && reasoning === '' && calls.length === 0 && logprobs.length === 0;

/** Numbers the requests, whose choices share a turn in the engine's queue. */
let nextGroup = 1;

/** @throws ForetokenError `invalid_request` where what the answer may have to hold has no bound worth the name */
function requireHoldable(
  { limits }: ServerContext,
  prompts: readonly AskedPrompt[],
  { topLogprobs, bestOf, maxTokens = Infinity, promptLogprobs }: GenerationOptions,
): void {
  if (topLogprobs < 0) return;
  const tokens = prompts.reduce((sum, { tokens: { length } }) => {
    const most = Math.min(maxTokens, limits.sequenceCapacity - length);
    return sum + bestOf * most + (promptLogprobs ? length : 0);
  }, 0);
  const held = tokens * (1 + topLogprobs);
  if (held > MOST_HELD_LOGPROBS)
    throw new ForetokenError(
      'invalid_request',
      `The answer may have ${held} log-probabilities; at most ${MOST_HELD_LOGPROBS} are held for an answer that is not ` +
        'streamed. Ask for fewer choices, tokens (max_tokens) or log-probabilities, or for a stream.',
      { param: 'max_tokens' },
    );
}

/** All choices or none: one that is refused takes back those before it. */
function submit(
  context: ServerContext,
  prompts: readonly AskedPrompt[],
  options: GenerationOptions,
  grammar: CompiledGrammar | undefined,
  client: string,
): Choice[] {
  const { engine, table, limits, journal, tasks } = context;
  const choices: Choice[] = [];
  const group = nextGroup++;
  const wantsLogprobs = options.topLogprobs >= 0;
  try {
    prompts.forEach((asked, promptIndex) => {
      const { tokens: prompt, words } = asked;
      const route = tasks?.route(asked, options.speculation);
      for (let sample = 0; sample < options.bestOf; sample++) {
        const seed =
          options.seed === undefined ? randomInt(SEED_SPACE) : (options.seed + sample) % SEED_SPACE;
        const stream = engine.submit({
          prompt,
          maxTokens: Math.min(options.maxTokens ?? Infinity, limits.sequenceCapacity - prompt.length),
          sampling: { ...options.sampling, seed },
          stop: options.stop,
          ...options.endings,
          ignoreEndOfGeneration: options.ignoreEndOfGeneration,
          grammar,
          // What the likeliest choices are chosen by.
          topLogprobs: options.bestOf > options.n ? Math.max(0, options.topLogprobs) : options.topLogprobs,
          ...(options.promptLogprobs && { promptLogprobs: true }),
          speculation: route?.speculation ?? options.speculation,
          label: route?.label ?? 0,
          client,
          group,
        });
        journal?.began(stream.id, words);
        if (route !== undefined) tasks?.began(stream.id, route);
        const scored = options.promptLogprobs ? prompt.length - 1 : 0;
        choices.push(
          new Choice(
            choices.length,
            promptIndex,
            stream,
            table,
            options.stop,
            wantsLogprobs,
            scored,
            options.reading,
          ),
        );
      }
    });
  } catch (thrown) {
    for (const { stream } of choices) stream.cancel();
    throw thrown instanceof ForetokenError ? inWordsOfTheApi(thrown) : thrown;
  }
  return choices;
}
