/** The flags of `explain`. */
import type { Command } from 'commander';
import { valued, yesOrNo } from './flag.js';
import { nonEmpty, wholeNumber } from './values.js';

export interface ExplainFlags {
  readonly step?: number;
  readonly request?: number;
  readonly last: number;
  readonly apiKey?: string;
  readonly json?: boolean;
}

const MOST = Number.MAX_SAFE_INTEGER;

export function addExplainFlags(command: Command): Command {
  return command
    .addOption(
      valued('--step <number>', 'only the step of this number', wholeNumber('--step', { min: 1, max: MOST })),
    )
    .addOption(
      valued(
        '--request <id>',
        'only steps in which this request took part',
        wholeNumber('--request', { min: 1, max: MOST }),
      ),
    )
    .addOption(
      valued(
        '--last <count>',
        'so many of the latest steps',
        wholeNumber('--last', { min: 1, max: MOST }),
        1,
      ),
    )
    .addOption(valued('--api-key <key>', 'key of the server that is asked', nonEmpty('--api-key')))
    .addOption(yesOrNo('--json', 'print the records as they are, one JSON object a line'));
}
