/** What a benchmark has measured, a line of JSON each, so that it goes on where it ended. */
import { appendFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { resultsFolder } from './machine.mjs';
import { jsonLines } from './prompts.mjs';

/**
 * The lines of bench/results/NAME.jsonl that were measured with these settings; those of others are left alone.
 * @param {string} name
 * @param {unknown} setting what must be alike
 */
export function recordsOf(name, setting) {
  const file = path.join(resultsFolder, `${name}.jsonl`);
  const settings = JSON.stringify(setting);
  return {
    /** @returns {any[]} */
    known: () => (existsSync(file) ? jsonLines(file).filter((record) => record.settings === settings) : []),
    /** @param {object} record */
    add(record) {
      mkdirSync(resultsFolder, { recursive: true });
      appendFileSync(file, `${JSON.stringify({ settings, ...record })}\n`);
    },
  };
}
