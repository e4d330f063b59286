/** The commands that say what networks cost: predicting, measuring for it, and planning by it. */
import type { Command } from 'commander';
import type { DevicesFlags } from './devices.js';
import { yesOrNo } from './flags/flag.js';
import { addProfileGgufFlags, type ProfileGgufFlags } from './flags/profile.js';
import { addProfileTfjsFlags, type ProfileTfjsFlags } from './flags/profile-tfjs.js';
import { addProfileTorchFlags, type ProfileTorchFlags } from './flags/profile-torch.js';
import { addScheduleFlags, type ScheduleFlags } from './flags/schedule.js';
import { addPredictCommand } from './predict-program.js';

/** @param helpNote told after the help of each */
export function addCostCommands(program: Command, helpNote: string): void {
  addPredictCommand(program, helpNote);

  program
    .command('devices')
    .summary('list the devices that costs are predicted for')
    .description('Lists the devices whose data sheets are known, for predict --device.')
    .addOption(yesOrNo('--json', 'print as JSON, for programs'))
    .action(async (flags: DevicesFlags) => {
      (await import('./devices.js')).devices(flags);
    });

  const profile = program
    .command('profile')
    .summary('measure this machine, for predictions')
    .description('Measures what networks cost on this machine, so that predictions are made from it.');
  const profileGguf = profile
    .command('gguf')
    .summary('measure what language models cost here')
    .description(
      'Writes random language models of many shapes and types of weights, times them through the engine, and keeps the ' +
        'times as the profile that predict learns this machine from.',
    )
    .addHelpText('after', helpNote)
    .action(async (flags: ProfileGgufFlags) => {
      await (await import('./profile-gguf.js')).profileGguf(flags);
    });
  addProfileGgufFlags(profileGguf);
  const profileTorch = profile
    .command('torch')
    .summary('measure what networks cost in your PyTorch')
    .description(
      'Times classic networks over batch sizes, image sizes and optimizers in your PyTorch, on a processor or with CUDA, ' +
        'with the peak of memory, and writes each as a row of a CSV file.',
    )
    .addHelpText('after', helpNote)
    .action(async (flags: ProfileTorchFlags) => {
      await (await import('./profile-torch.js')).profileTorch(flags);
    });
  addProfileTorchFlags(profileTorch);

  const profileTfjs = profile
    .command('tfjs')
    .summary('measure what networks cost in your TensorFlow.js')
    .description(
      'Times layers models (model.json, or the JSON of a Keras 2 model) over batch sizes and optimizers in your TensorFlow.js, with ' +
        'the memory of its tensors, and writes each as a row of a CSV file. Weights are not read.',
    )
    .argument('<networks...>', 'layers models in JSON')
    .addHelpText('after', helpNote)
    .action(async (networks: string[], flags: ProfileTfjsFlags) => {
      await (await import('./profile-tfjs.js')).profileTfjs(networks, flags);
    });
  addProfileTfjsFlags(profileTfjs);

  const schedule = program
    .command('schedule')
    .summary('give training jobs to machines')
    .description(
      'Gives jobs to machines by their times and memory, so that none runs out of memory and all are done soon.',
    )
    .argument('<jobs>', 'JSON file of machines and jobs')
    .addHelpText('after', helpNote)
    .action(async (jobs: string, flags: ScheduleFlags) => {
      await (await import('./schedule.js')).schedule(jobs, flags);
    });
  addScheduleFlags(schedule);
}
