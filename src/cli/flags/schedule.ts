/** The flags of `schedule`. */
import type { Command } from 'commander';
import { valued, yesOrNo } from './flag.js';
import { oneOf, wholeNumber } from './values.js';

export const POLICIES = ['solver', 'genetic', 'longest-first', 'first-fit', 'random'] as const;

export interface ScheduleFlags {
  readonly policy: (typeof POLICIES)[number];
  readonly seconds: number;
  readonly seed: number;
  readonly json?: boolean;
}

export function addScheduleFlags(command: Command): Command {
  return command
    .addOption(
      valued('--policy <name>', `who assigns: ${POLICIES.join(', ')}`, oneOf('--policy', POLICIES), 'solver'),
    )
    .addOption(
      valued(
        '--seconds <count>',
        'time for the solver, which then gives the best that it has found',
        wholeNumber('--seconds', { min: 1, max: 3600 }),
        10,
      ),
    )
    .addOption(
      valued(
        '--seed <number>',
        'of the genetic and the random policy',
        wholeNumber('--seed', { min: 1, max: 1_000_000 }),
        1,
      ),
    )
    .addOption(yesOrNo('--json', 'print as JSON, for programs'));
}
