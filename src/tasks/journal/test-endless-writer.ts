/** For the test that kills it: writes batch after batch, and says how many entries are committed. */
import { writeSync } from 'node:fs';
import { exampleEntry } from './examples.js';
import { openJournal } from './store.js';

const journal = openJournal(process.argv[2]!);
let { entries } = journal.counts();
for (;;) {
  journal.append(...Array.from({ length: 5 }, () => exampleEntry({ output: 'y'.repeat(5_000) })));
  entries += 5;
  writeSync(1, `${entries}\n`);
}
