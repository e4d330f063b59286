/** The flags of `models`. */
import type { Command } from 'commander';
import { yesOrNo } from './flag.js';

export interface ModelsFlags {
  readonly json?: boolean;
}

export function addModelsFlags(command: Command): Command {
  return command.addOption(yesOrNo('--json', 'print as JSON, for programs'));
}
