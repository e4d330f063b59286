/** `foretoken generate`: one answer, streamed to the terminal; or twice, with speculation off and on. */
import { ForetokenError } from '../base/errors.js';
import { modeText } from '../engine/speculation-mode.js';
import {
  AS_THE_ENGINE,
  type EngineHandle,
  type EngineRequest,
  type FinishReason,
  type ProposerName,
  type RequestStatistics,
  type SpeculationWish,
} from '../engine/types.js';
import { tooLongText } from '../server/engine-words.js';
import { TokenTable, type TextCodec } from '../server/codec.js';
import type { LlamaCodec } from '../server/llama-codec.js';
import { endNow } from '../llama/end-now.js';
import { TextAssembler } from '../server/text-assembler.js';
import { engineSetup, type EngineSetup } from './flags/engine.js';
import { warn } from './failure.js';
import { checkFlags, withModels } from './model-source.js';
import { grammarOf, samplingOf, type GenerateFlags } from './flags/generate.js';
import { LOOP_TOKENS, LoopWatch } from './loop-watch.js';
import { endWithoutThread } from './shutdown.js';
import { start } from './start.js';
import { comparisonText, firstDifference, statisticsText } from './statistics.js';
import { draftForPrompt, taskDraftsOf } from './task-drafts.js';
import { dim, shade, wantsColor } from './terminal.js';

/** Exit code of a program that Ctrl-C has ended. */
const INTERRUPTED = 130;
const WARM_UP_TOKENS = 16;

/** @returns the exit code */
export async function generate(argument: string | undefined, given: GenerateFlags): Promise<number> {
  const alone = { parallel: 1, queueLimit: 1 };
  checkFlags(given, alone);
  if (given.compare === true && given.speculation.mode === 'off')
    throw compareNeeds('speculation; leave --speculation off out');
  const grammar = grammarOf(given);
  const prompt = await promptText(argument);
  const flags = await withModels(given);
  const setup = withTaskDraft(engineSetup(flags, alone), flags, prompt);
  const { engine, text } = await start(setup, flags);
  try {
    const fallback = flags.raw === true ? undefined : text.chatFallback;
    if (fallback !== undefined) warn(fallback.warning);
    const stop = [...flags.stop, ...(fallback?.stops ?? [])];
    const sampling = samplingOf(flags, text.samplingDefaults);
    const encoded = encode(text, prompt, flags, engine);
    const request = (speculation: SpeculationWish): Omit<EngineRequest, 'id'> => ({
      prompt: encoded,
      maxTokens: flags.predict === -1 ? engine.info.sequenceCapacity : flags.predict,
      sampling,
      stop,
      ignoreEndOfGeneration: false,
      grammar,
      topLogprobs: -1,
      speculation,
      label: 0,
    });
    const writer = new Writer(engine, text, stop);
    return await (flags.compare === true
      ? compare(writer, request, modeText(flags.speculation), engine.info.proposers)
      : answerOnce(writer, request(AS_THE_ENGINE), flags.predict !== -1));
  } finally {
    await engine.close({ graceMs: 0 });
    endWithoutThread(engine);
    text.dispose();
  }
}

/** One prompt needs one draft: that of its task takes the general one's place, where there is one. */
function withTaskDraft(setup: EngineSetup, flags: GenerateFlags, prompt: string): EngineSetup {
  if (flags.draft !== undefined || setup.model.draftPath === undefined) return setup;
  const source = taskDraftsOf({}, setup);
  const draftPath = source && draftForPrompt(source, prompt);
  return draftPath === undefined ? setup : { ...setup, model: { ...setup.model, draftPath } };
}

/** The prompt argument, or all of standard input when there is none or it is `-`. */
async function promptText(argument: string | undefined): Promise<string> {
  if (argument !== undefined && argument !== '-') return argument;
  if (process.stdin.isTTY && argument === undefined)
    throw new ForetokenError(
      'invalid_option',
      'What to answer? Give a prompt (foretoken generate "…") or text on standard input.',
    );
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
}

function encode(text: LlamaCodec, prompt: string, flags: GenerateFlags, engine: EngineHandle): Int32Array {
  if (prompt === '')
    throw new ForetokenError('invalid_request', 'The prompt is empty; write what to answer.');
  if (flags.raw === true && flags.system !== undefined)
    throw new ForetokenError(
      'invalid_option',
      '--system needs the chat template, which --raw switches off.',
      {
        param: 'system',
      },
    );
  const tokens =
    flags.raw === true
      ? text.tokenize(prompt, true, true)
      : text.encodeChat(
          [
            ...(flags.system === undefined ? [] : [{ role: 'system', content: flags.system }]),
            { role: 'user', content: prompt },
          ],
          {},
        );
  const { sequenceCapacity } = engine.info;
  if (tokens.length >= sequenceCapacity)
    throw new ForetokenError(
      'context_length_exceeded',
      tooLongText(engine.info, 'The prompt', String(tokens.length)),
      { param: 'ctx-size' },
    );
  return tokens;
}

interface Written {
  readonly text: string;
  readonly reason: FinishReason;
  /** The piece that the text repeated, where that ended it. */
  readonly loop: readonly number[] | undefined;
  readonly statistics: RequestStatistics;
}

/** Runs requests and shows their text as it comes. */
class Writer {
  readonly #engine: EngineHandle;
  readonly #table: TokenTable;
  readonly #stop: readonly string[];
  readonly color = wantsColor(process.stdout);

  constructor(engine: EngineHandle, text: TextCodec, stop: readonly string[]) {
    this.#engine = engine;
    this.#table = new TokenTable(text);
    this.#stop = stop;
  }

  /** @param watch ends a text that goes round in circles */
  async write(request: Omit<EngineRequest, 'id'>, show: boolean, watch?: LoopWatch): Promise<Written> {
    const stream = this.#engine.submit(request);
    const cancel = (): void => {
      stream.cancel();
    };
    const stopListening = onInterrupt(cancel);
    const assembler = new TextAssembler(this.#table, this.#stop);
    let text = '';
    let loop: readonly number[] | undefined;
    const put = (piece: string, guessed: boolean): void => {
      text += piece;
      if (show && piece !== '') process.stdout.write(guessed && this.color ? shade(piece) : piece);
    };
    try {
      for await (const { tokens, accepted, finish } of stream) {
        for (const token of tokens) loop ??= watch?.push(token);
        if (loop !== undefined) stream.cancel();
        // Where a stop text matched, only all the tokens together say what remains of them.
        const guessed = finish === undefined || finish.stopTrimBytes === 0 ? accepted : 0;
        if (guessed > 0) put(assembler.push(tokens.slice(0, guessed)), true);
        const rest = tokens.slice(guessed);
        if (finish === undefined) {
          put(assembler.push(rest), false);
          continue;
        }
        put(assembler.finish(rest, finish.stopTrimBytes), false);
        if (finish.error !== undefined) throw ForetokenError.fromPlain(finish.error);
        return { text, reason: finish.reason, loop, statistics: finish.statistics };
      }
    } finally {
      stopListening();
    }
    throw new ForetokenError('engine_stopped', 'The engine ended without finishing the answer.');
  }
}

async function answerOnce(
  writer: Writer,
  request: Omit<EngineRequest, 'id'>,
  endsLoops: boolean,
): Promise<number> {
  const written = await writer.write(request, true, endsLoops ? new LoopWatch() : undefined);
  process.stdout.write('\n');
  if (written.loop !== undefined) {
    warn(
      `ended, since the last ${LOOP_TOKENS} tokens are the same ${written.loop.length} over and over; --temp 0.7 or ` +
        '--repeat-penalty 1.1 may help, and --predict -1 goes on.',
    );
  }
  const line = statisticsText(written.statistics, written.loop === undefined ? written.reason : 'stopped');
  process.stderr.write(`${dim(line, wantsColor(process.stderr))}\n`);
  return written.reason === 'cancelled' && written.loop === undefined ? INTERRUPTED : 0;
}

const compareNeeds = (what: string): ForetokenError =>
  new ForetokenError('invalid_option', `--compare needs ${what}.`, { param: 'compare' });

/**
 * @param proposers what can guess; not those that remember other texts (`suffix`, `grammar`), as they would copy the
 *   second text from the first
 */
async function compare(
  writer: Writer,
  request: (speculation: SpeculationWish) => Omit<EngineRequest, 'id'>,
  mode: string,
  proposers: readonly ProposerName[],
): Promise<number> {
  const others = proposers.filter((name) => name !== 'suffix' && name !== 'grammar');
  if (others.length === 0)
    throw compareNeeds('a proposer besides suffix and grammar, and this model and these flags have none');
  const speculation = { ...AS_THE_ENGINE, proposers: others };
  // The first tokens of a process are slow; neither side should bear that.
  await writer.write({ ...request(speculation), maxTokens: WARM_UP_TOKENS }, false);
  const results: Written[] = [];
  for (const [name, wish] of [
    ['off', { ...AS_THE_ENGINE, mode: 'off' }],
    [mode, speculation],
  ] as const) {
    process.stdout.write(`${dim(`speculation ${name}`, writer.color)}\n`);
    const written = await writer.write(request(wish), true);
    process.stdout.write('\n\n');
    if (written.reason === 'cancelled') return INTERRUPTED;
    results.push(written);
  }
  const [off, on] = results as [Written, Written];
  process.stderr.write(`${comparisonText(off.statistics, mode, on.statistics)}\n`);
  const difference = firstDifference(off.text, on.text);
  if (difference === undefined) {
    process.stderr.write('text: identical\n');
    return 0;
  }
  warn(
    `the texts differ from character ${difference} on; batched floating point may tip a tie between two tokens.`,
  );
  return 1;
}

/** Calls `stop` at the first Ctrl-C or when nobody reads the output any more; the second ends the process. */
function onInterrupt(stop: () => void): () => void {
  let interrupted = false;
  const onSignal = (): void => {
    if (interrupted) endNow(INTERRUPTED);
    interrupted = true;
    stop();
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  process.stdout.on('error', stop);
  return () => {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    process.stdout.off('error', stop);
  };
}
