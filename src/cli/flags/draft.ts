/** The flags of `draft create` and `draft train`. */
import type { Command, Option } from 'commander';
import { ACCEPTANCE_SHARE } from '../../drafts/train.js';
import { HEAD_BLOCK } from '../../drafts/head-tokens.js';
import { valued, yesOrNo } from './flag.js';
import { decimalNumber, layerList, listOf, nonEmpty, oneOf, wholeNumber } from './values.js';

export interface DraftCreateFlags {
  readonly model?: string;
  readonly output: string;
  readonly name?: string;
  readonly vocabulary?: number | 'auto';
  readonly inputs?: number;
  readonly corpus: readonly string[];
  readonly fromDraft?: string;
  readonly fromLayers?: readonly number[];
  readonly layers?: number;
  readonly width?: number;
  readonly heads?: number;
  readonly feedForward?: number;
  readonly copyCircuit: boolean;
  readonly seed: number;
  readonly verdict: boolean;
}

const MOST_SEED = 2 ** 32 - 1;

export const addTargetFlag = (command: Command): Command =>
  command.addOption(
    valued(
      '-m, --model <file>',
      'GGUF file of the model to guess for (default: the bundled one)',
      nonEmpty('--model'),
    ),
  );
const addOutputFlag = (command: Command): Command =>
  command.addOption(
    valued('-o, --output <file>', 'GGUF file to write', nonEmpty('--output')).makeOptionMandatory(),
  );
export const addVerdictFlag = (command: Command): Command =>
  command.addOption(
    yesOrNo('--no-verdict', 'do not measure at the end what the draft is worth on this machine'),
  );
export const answerTokensFlag = (): Option =>
  valued(
    '--answer-tokens <count>',
    'most tokens of a prompt and its answer',
    wholeNumber('--answer-tokens', { min: 16, max: 65536 }),
    512,
  );
export const addSeedFlag = (command: Command, help = 'the same seed gives the same draft'): Command =>
  command.addOption(valued('--seed <number>', help, wholeNumber('--seed', { min: 0, max: MOST_SEED }), 1));

const wholeHeadSize = wholeNumber('--vocabulary', { min: HEAD_BLOCK, max: 2 ** 22 });
const headSize = (value: string): number | 'auto' => (value === 'auto' ? value : wholeHeadSize(value));

export function addDraftCreateFlags(command: Command): Command {
  addOutputFlag(addTargetFlag(command))
    .addOption(valued('--name <text>', 'name in the file', nonEmpty('--name')))
    .addOption(
      valued(
        '--vocabulary <count>',
        'tokens that the draft may guess, a multiple of 32, or auto: as many as cover 99 % of held-out answers of the ' +
          'corpus, 16384 at most (default: all)',
        headSize,
      ),
    )
    .addOption(
      valued(
        '--inputs <count>',
        'tokens that a draft of a cut --vocabulary can read, those of the corpus first; others are read as nothing, and ' +
          'the file is smaller (default: all)',
        wholeNumber('--inputs', { min: HEAD_BLOCK, max: 2 ** 22 }),
      ),
    )
    .addOption(
      valued(
        '--corpus <file>',
        "the model's answers, by which those tokens are chosen; may be repeated",
        listOf('--corpus'),
        [],
        'none',
      ),
    )
    .addOption(
      valued(
        '--from-draft <file>',
        'start from the weights of another draft for this model',
        nonEmpty('--from-draft'),
      ).conflicts(['fromLayers', 'layers', 'width', 'heads', 'feedForward']),
    )
    .addOption(
      valued(
        '--from-layers <list>',
        'cut these layers out of the model, such as 2,6,8 or 0-3, instead of making new ones',
        layerList('--from-layers'),
      ).conflicts(['layers', 'width', 'heads', 'feedForward']),
    )
    .addOption(
      valued('--layers <count>', 'new layers (default: 2)', wholeNumber('--layers', { min: 1, max: 64 })),
    )
    .addOption(
      valued(
        '--width <count>',
        'numbers a token is held in, a multiple of 32 (default: 128)',
        wholeNumber('--width', { min: 32, max: 8192 }),
      ),
    )
    .addOption(
      valued(
        '--heads <count>',
        'attention heads of each layer (default: width / 64)',
        wholeNumber('--heads', { min: 1, max: 256 }),
      ),
    )
    .addOption(
      valued(
        '--feed-forward <count>',
        'width of the feed-forward part, a multiple of 32 (default: twice the width)',
        wholeNumber('--feed-forward', { min: 32, max: 65536 }),
      ),
    )
    .addOption(yesOrNo('--no-copy-circuit', 'do not build in the circuit that copies from the prompt'));
  return addVerdictFlag(addSeedFlag(command));
}

export interface DraftTrainFlags {
  readonly model?: string;
  readonly draft: string;
  readonly output: string;
  readonly corpus: readonly string[];
  readonly prompts?: string;
  readonly answerTokens: number;
  readonly type: 'F32' | 'F16' | 'Q8_0';
  readonly epochs: number;
  readonly minutes?: number;
  readonly learningRate: number;
  readonly acceptanceShare: number;
  readonly rows?: number;
  readonly tokensPerRow?: number;
  readonly threads: number;
  readonly seed: number;
  readonly verdict: boolean;
}

export function addDraftTrainFlags(command: Command): Command {
  addOutputFlag(addTargetFlag(command))
    .addOption(
      valued(
        '-d, --draft <file>',
        'GGUF file of the draft to start from',
        nonEmpty('--draft'),
      ).makeOptionMandatory(),
    )
    .addOption(
      valued(
        '--corpus <file>',
        "the model's answers from an earlier run; may be repeated",
        listOf('--corpus'),
        [],
        'none',
      ),
    )
    .addOption(
      valued(
        '--prompts <file>',
        'prompts for the model to answer first: lines of text, or of JSON with "prompt" and perhaps "task"; the ' +
          'answers are kept beside the output as .corpus.jsonl',
        nonEmpty('--prompts'),
      ),
    )
    .addOption(answerTokensFlag())
    .addOption(
      valued(
        '--type <type>',
        'number format of the output: Q8_0, F16, F32',
        oneOf('--type', ['Q8_0', 'F16', 'F32']),
        'Q8_0',
      ),
    )
    .addOption(
      valued(
        '--epochs <number>',
        'passes over the text',
        decimalNumber('--epochs', { min: 0.01, max: 10000 }),
        8,
      ),
    )
    .addOption(
      valued(
        '--minutes <number>',
        'end after this time, where --epochs would take longer',
        decimalNumber('--minutes', { min: 0.001, max: 1e6 }),
      ),
    )
    .addOption(
      valued(
        '--learning-rate <number>',
        'highest step of the training',
        decimalNumber('--learning-rate', { min: 1e-7, max: 1 }),
        0.002,
      ),
    )
    .addOption(
      valued(
        '--acceptance-share <number>',
        'weight in the loss of the chance that a guess is refused, beside cross entropy, 0 to 1',
        decimalNumber('--acceptance-share', { min: 0, max: 1 }),
        ACCEPTANCE_SHARE,
      ),
    )
    .addOption(
      valued('--rows <count>', 'rows of a step (default: 1)', wholeNumber('--rows', { min: 1, max: 256 })),
    )
    .addOption(
      valued(
        '--tokens-per-row <count>',
        'tokens of each (default: what nearly all texts fit in, from 256 to 1024)',
        wholeNumber('--tokens-per-row', { min: 16, max: 8192 }),
      ),
    )
    .addOption(
      valued(
        '-t, --threads <count>',
        'threads that compute',
        wholeNumber('--threads', { min: 0, max: 1024, note: '0 for the physical cores' }),
        0,
        '0: physical cores',
      ),
    );
  return addVerdictFlag(addSeedFlag(command));
}
