/** The flags of `predict` for networks that are no language models in GGUF files, but for those both have (predict.ts). */
import type { Command } from 'commander';
import {
  OPTIMIZERS,
  PHASES,
  PRECISIONS,
  type Optimizer,
  type Phase,
  type Precision,
} from '../../abacus/graph/types.js';
import type { Framework } from '../../abacus/work.js';
import { valued, yesOrNo } from './flag.js';
import { oneOf, wholeNumber } from './values.js';

export interface PredictNetworkFlags {
  readonly batch: number;
  readonly image?: number;
  readonly sequence?: number;
  readonly phase: Phase;
  readonly optimizer: Optimizer;
  readonly precision: Precision;
  readonly framework?: Framework;
  readonly searching?: boolean;
  readonly device?: string;
  readonly json?: boolean;
}

const FRAMEWORKS: readonly Framework[] = ['pytorch', 'tensorflow'];

export function addPredictNetworkFlags(command: Command): Command {
  return command
    .optionsGroup('Networks (ONNX, TensorFlow, Keras):')
    .addOption(
      valued(
        '--batch <examples>',
        'examples in a batch',
        wholeNumber('--batch', { min: 1, max: 2 ** 20 }),
        1,
      ),
    )
    .addOption(
      valued(
        '--image <pixels>',
        "height and width of images (default: the file's own)",
        wholeNumber('--image', { min: 1, max: 16384 }),
      ),
    )
    .addOption(
      valued(
        '--sequence <tokens>',
        'tokens in an example, where the file leaves it open',
        wholeNumber('--sequence', { min: 1, max: 2 ** 20 }),
      ),
    )
    .addOption(
      valued('--phase <name>', 'what a step is: inference or train', oneOf('--phase', PHASES), 'inference'),
    )
    .addOption(
      valued(
        '--optimizer <name>',
        `in training: ${OPTIMIZERS.join(', ')}`,
        oneOf('--optimizer', OPTIMIZERS),
        'sgd',
      ),
    )
    .addOption(
      valued(
        '--precision <name>',
        `of numbers: ${PRECISIONS.join(', ')}`,
        oneOf('--precision', PRECISIONS),
        'fp32',
      ),
    )
    .addOption(
      valued(
        '--framework <name>',
        'what runs it: pytorch or tensorflow (default: by the kind of file)',
        oneOf('--framework', FRAMEWORKS),
      ),
    )
    .addOption(
      yesOrNo('--searching', 'cuDNN looks for its fastest algorithms (cudnn.benchmark), which takes memory'),
    );
}
