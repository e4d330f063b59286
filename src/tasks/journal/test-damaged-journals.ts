/** For the test of damage: opens, reads, writes and purges damaged journals, whose damage might end the process. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../../base/errors.js';
import { randomIndices } from '../../base/random.js';
import { exampleEntry } from './examples.js';
import { openJournal, type Journal } from './store.js';
import { FILE } from './trouble.js';

const [folder, from, to] = [process.argv[2]!, Number(process.argv[3]), Number(process.argv[4])];
const files = ['', '-wal'] as const;

const source = path.join(folder, 'whole');
const whole = openJournal(source);
for (let at = 0; at < 120; at++)
  whole.append(exampleEntry({ output: 'ä'.repeat(at), task: `task ${at % 3}`, prompt: 'x'.repeat(7 * at) }));
const open = files.map((end) => readFileSync(path.join(source, FILE + end)));
whole.close();
const closed = [readFileSync(path.join(source, FILE))];

for (let seed = from; seed < to; seed++) {
  const below = randomIndices(seed);
  const contents: Uint8Array[] = (seed % 3 === 0 ? open : closed).map((content) => Uint8Array.from(content));
  const target = below(contents.length);
  contents[target] = damaged(contents[target]!, below);
  const place = path.join(folder, 'damaged');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  contents.forEach((content, at) => {
    writeFileSync(path.join(place, FILE + files[at]!), content);
  });
  process.stdout.write(`${seed} ${outcome(place)}\n`);
}

function damaged(content: Uint8Array, below: (count: number) => number): Uint8Array {
  const kind = below(4);
  if (kind === 0) return content.subarray(0, below(content.length));
  const [count, reach] = kind === 1 ? [1 + below(8), content.length] : [1 + below(4), 4096];
  if (kind === 3) for (let left = 300; left > 0; left--) content[below(content.length)] = below(256);
  else for (let left = count; left > 0; left--) content[below(reach)] = below(256);
  return content;
}

function outcome(place: string): string {
  let journal: Journal | undefined;
  try {
    journal = openJournal(place);
    journal.counts();
    const read = [...journal.entries()].length + journal.unreadable;
    journal.append(exampleEntry());
    journal.purge();
    return `read ${read}, ${journal.unreadable} of them unreadable`;
  } catch (error) {
    if (!(error instanceof ForetokenError)) throw error;
    return error.message.replaceAll('\n', ' ');
  } finally {
    journal?.close();
  }
}
