/** The verdict with which `draft create` and `draft train` end. */
import { countText } from '../base/count-text.js';
import { ForetokenError } from '../base/errors.js';
import { keepAcceptance } from '../drafts/measured.js';
import { GUESSES, measureDraft, type DraftVerdict } from '../drafts/verdict.js';
import { LlamaCodec } from '../server/llama-codec.js';
import { warn } from './failure.js';
import { ProgressBar } from './terminal.js';

/** Asked where nobody has given prompts: one of each common kind. */
const QUESTIONS = [
  'Write a Python function that returns the sum of a list of numbers.',
  'Explain in three sentences why the sky is blue.',
  'List five animals that live in the sea, one a line.',
  'Translate into German: Good morning! How are you today?',
];

/** Measures, says and notes in the draft's file what it is worth here; a failure to measure is said, too, and is no failure of the command. */
export async function verdict(
  target: string,
  draft: string,
  options: {
    readonly prompts?: readonly Int32Array[] | undefined;
    readonly threads: number;
    readonly signal?: AbortSignal;
    /** Do not note the result in the file, whose content is known by its hash. */
    readonly keep?: boolean;
  },
): Promise<void> {
  const bar = new ProgressBar();
  bar.update('measuring', 0);
  try {
    const prompts = options.prompts ?? questions(target);
    const found = await measureDraft({
      ...options,
      target,
      draft,
      prompts,
      onProgress: (done) => {
        bar.update('measuring', done);
      },
    });
    bar.clear();
    process.stdout.write(`${verdictText(found)}\n`);
    if (options.keep !== false) keepAcceptance(draft, found.acceptance);
  } catch (thrown) {
    bar.clear();
    warn(`what the draft is worth was not measured: ${ForetokenError.from(thrown).message}`);
  }
}

function questions(target: string): Int32Array[] {
  const codec = LlamaCodec.open(target);
  try {
    return QUESTIONS.map((content) => codec.encodeChat([{ role: 'user', content }], {}));
  } finally {
    codec.dispose();
  }
}

export function verdictText({ prompts, right, timesAsFast, paying }: DraftVerdict): string {
  const guesses =
    right === undefined
      ? 'it made no guesses'
      : `its guesses are ${Math.round(100 * right)} % right (${GUESSES} in a row)`;
  const speed =
    paying === 0
      ? 'and none of them would pay here, so that none is made'
      : `and those that pay make answers ${timesAsFast.toFixed(2)} times as fast here`;
  return `Measured on ${countText(prompts, 'prompt')}: ${guesses}, ${speed}.`;
}
