/**
 * `npm run fuzz:gguf`: damaged heads of GGUF files through the reader, the plausibility checks and the summary, which
 * is what `inspect` and every load do first.
 *
 *   node scripts/fuzz-gguf.mjs [--count 1000000] [--seed 1] [--only 12345]
 */
import { inspectHead, Mutations } from '../dist/gguf/mutations.js';
import { fuzz } from './lib/fuzz.mjs';

fuzz({
  what: 'heads',
  mutationsOf: (seed) => new Mutations(seed),
  inspect: inspectHead,
  outcomes: { refused: 'refused by the reader', implausible: 'implausible', sound: 'sound' },
});
