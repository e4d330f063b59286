/**
 * Runs groups of test files one after the other with Node's own runner, as one run: one report, and one summary that
 * counts the tests of all groups.
 */
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A line of the summary that the runner ends with. */
const SUMMARY = /^(\w+) ([\d.]+)$/;

/**
 * @param {readonly { files: readonly string[], concurrency: number }[]} groups files of a group run beside each other
 * @param {NodeJS.WritableStream} output
 * @returns {Promise<boolean>} whether there were tests, and all passed
 */
export async function runGroups(groups, output = process.stdout) {
  const counts = new Map();
  let ended = 0;
  const used = groups.filter(({ files }) => files.length > 0);
  async function* events() {
    for (const { files, concurrency } of used) {
      for await (const event of run({ files: [...files], concurrency })) {
        const { nesting, file, message } = event.data;
        // The summary alone is of no file.
        const [, name, value] =
          (event.type === 'test:diagnostic' &&
            nesting === 0 &&
            file === undefined &&
            SUMMARY.exec(message)) ||
          [];
        if (name === undefined) yield event;
        else counts.set(name, (counts.get(name) ?? 0) + Number(value));
      }
      ended += 1;
    }
    for (const [name, value] of counts)
      yield { type: 'test:diagnostic', data: { nesting: 0, message: `${name} ${value}` } };
  }
  await pipeline(Readable.from(events()), new spec(), output, { end: false });
  const none = (name) => counts.get(name) === 0;
  return ended === used.length && counts.get('tests') > 0 && none('fail') && none('cancelled');
}
