/**
 * `foretoken profile torch`: starts the collector (scripts/profile_torch.py) in the user's PyTorch. Its CSV has the columns
 * of data/cost/pytorch-gpus.csv and more.
 */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ForetokenError } from '../base/errors.js';
import type { ProfileTorchFlags } from './flags/profile-torch.js';

const COLLECTOR = fileURLToPath(new URL('../../scripts/profile_torch.py', import.meta.url));

/** Ends when the collector has ended. Throws `not_supported` where Python or PyTorch is missing. */
export async function profileTorch(flags: ProfileTorchFlags): Promise<void> {
  const { python, out, plan, describe, ...rest } = flags;
  const settings = Object.entries(rest).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);
  const files = Object.entries({ out, plan, describe }).flatMap(([name, file]) =>
    file === undefined ? [] : [`--${name}`, path.resolve(file)],
  );
  const child = spawn(python, [COLLECTOR, ...files, ...settings], { stdio: 'inherit' });
  // Ctrl-C reaches both; the rows so far are in the file, and a further run goes on.
  const code = await new Promise<number | string | undefined>((resolve, reject) => {
    child.once('error', (cause: NodeJS.ErrnoException) => {
      reject(
        new ForetokenError(
          'not_supported',
          `Cannot start ${python} (${cause.code ?? cause.message}). Name the Python that has PyTorch with --python.`,
          { param: 'python', cause },
        ),
      );
    });
    child.once('exit', (status, signal) => {
      resolve(status ?? signal ?? undefined);
    });
  });
  if (code === 2)
    throw new ForetokenError('not_supported', `The collector could not begin; it said why above.`, {
      param: 'python',
    });
  if (code !== 0)
    throw new ForetokenError(
      'internal_error',
      `The collector ended with ${code ?? 'nothing'}. Rows so far are in ${out}; a further run goes on.`,
    );
}
