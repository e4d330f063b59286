/** Signals: the first ends a server in order, within the time of grace; the second ends the process at once. */
import type { FastifyInstance } from 'fastify';
import type { EngineHandle } from '../engine/types.js';
import { endNow } from '../llama/end-now.js';

/** Resolves when a first signal has ended everything in order. */
export function untilSignal(
  app: Pick<FastifyInstance, 'close'>,
  engine: Pick<EngineHandle, 'inFlight'>,
  graceMs: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let signalled = false;
    const onSignal = (_name: NodeJS.Signals, number: number): void => {
      // Whatever the engine thread may be stuck in.
      if (signalled) endNow(128 + number);
      signalled = true;
      const waiting = engine.inFlight;
      const note =
        waiting === 0 ? '' : `; ${waiting} in flight may take up to ${graceMs / 1000} s (again: at once)`;
      // A terminal has just shown ^C on this line.
      process.stderr.write(`${process.stderr.isTTY ? '\n' : ''}foretoken: shutting down${note}\n`);
      app.close().then(resolve, reject);
    };
    process.on('SIGINT', onSignal);
    process.on('SIGTERM', onSignal);
  });
}

/** After everything has been closed: a thread that does not end must not keep the process. */
export function endWithoutThread(engine: Pick<EngineHandle, 'stall'>): void {
  if (engine.stall === undefined) return;
  process.stderr.write(`foretoken: the engine thread does not end (${engine.stall.doing}); left as it is\n`);
  endNow(1);
}
