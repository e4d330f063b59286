/** Appends plans to a file, a line of JSON each, without ever holding up who has them. */
import { createWriteStream, openSync, type WriteStream } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import type { PlanRecord } from '../planning/plan-record.js';

/** Plans wait in memory while the disk is slow, up to so many bytes; more are left out. */
const MOST_WAITING_BYTES = 16 * 2 ** 20;

export class PlanLog {
  readonly #stream: WriteStream;
  #failed = false;

  /** @throws ForetokenError `invalid_option` when the file cannot be written. */
  constructor(file: string, onProblem: (text: string) => void) {
    let descriptor: number;
    try {
      descriptor = openSync(file, 'a');
    } catch (error) {
      throw new ForetokenError(
        'invalid_option',
        `Cannot write the plan log ${file}: ${(error as Error).message}. Name another file.`,
        { param: 'planLog', cause: error },
      );
    }
    this.#stream = createWriteStream(file, { fd: descriptor });
    this.#stream.on('error', (error) => {
      if (!this.#failed) onProblem(`the plan log ${file} ends here: ${error.message}.`);
      this.#failed = true;
    });
  }

  add(record: PlanRecord): void {
    if (this.#failed || this.#stream.writableLength > MOST_WAITING_BYTES) return;
    this.#stream.write(`${JSON.stringify(record)}\n`);
  }

  /** Resolves when all is written. */
  close(): Promise<void> {
    if (this.#failed) return Promise.resolve();
    return new Promise((resolve) => {
      this.#stream.on('error', () => {
        resolve();
      });
      this.#stream.end(() => {
        resolve();
      });
    });
  }
}
