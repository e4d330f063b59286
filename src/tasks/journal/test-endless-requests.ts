/** For the test that kills it: requests end all the time, and it says how many are on the disk. */
import { writeSync } from 'node:fs';
import { exampleRaw } from './examples.js';
import { JournalWriter } from './writer.js';

const writer = await JournalWriter.open(process.argv[2]!);
setInterval(() => {
  for (let at = 0; at < 3; at++) writer.add(exampleRaw());
}, 2);
let told = 0;
setInterval(() => {
  if (writer.written > told) writeSync(1, `${writer.written}\n`);
  told = writer.written;
}, 5);
