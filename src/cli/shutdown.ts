/** Signals: the first ends a server in order, within the time of grace; the second ends the process at once. */
import { endNow } from '../llama/end-now.js';
import type { AllEngines } from '../server/further-models.js';

/** Resolves when a first signal has ended everything in order. */
export function untilSignal(
  app: { close(): Promise<unknown>; readonly engines: Pick<AllEngines, 'inFlight'> },
  graceMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let signalled = false;
    const onSignal = (_name: NodeJS.Signals, number: number): void => {
      // Whatever the engine thread may be stuck in.
      if (signalled) endNow(128 + number);
      signalled = true;
      const waiting = app.engines.inFlight;
      const note =
        waiting === 0 ? '' : `; ${waiting} in flight may take up to ${graceMs / 1000} s (again: at once)`;
      // A terminal has just shown ^C on this line.
      process.stderr.write(`${process.stderr.isTTY ? '\n' : ''}foretoken: shutting down${note}\n`);
      app.close().then(() => {
        resolve();
      }, reject);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
    // The terminal has been closed. (Node does not keep that a signal is ignored, as nohup wants it.)
    process.on('SIGHUP', onSignal);
  });
}

/** After everything has been closed: a thread that does not end must not keep the process. */
export function endWithoutThread({ stall }: Pick<AllEngines, 'stall'>): void {
  if (stall === undefined) return;
  process.stderr.write(`foretoken: the engine thread does not end (${stall.doing}); left as it is\n`);
  endNow(1);
}
