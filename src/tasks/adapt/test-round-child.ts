/**
 * A round in a process of its own, for tests that kill it or leave it no disk: tells each phase a line, at the end
 * `finished` or what was wrong. Usage: node test-round-child.js '{"target": …, "folder": …, "corpus": …}'
 */
import { writeSync } from 'node:fs';
import { ForetokenError } from '../../base/errors.js';
import { readPlausibleModel } from '../../gguf/plausibility.js';
import { readCorpus } from '../../drafts/corpus.js';
import { vocabularySizeOf } from '../../drafts/network.js';
import { targetFingerprint, tasksPlace } from '../../drafts/registry/place.js';
import { DraftRegistry } from '../../drafts/registry/registry.js';
import { adapt } from './round.js';

export interface ChildRound {
  readonly target: string;
  /** Of tasks. */
  readonly folder: string;
  /** File with the target's answers. */
  readonly corpus: string;
  /** The answers are taken as traffic that was served, which is to be labelled first. */
  readonly served?: boolean;
  readonly minutes: number;
}

const { target, folder, corpus, served, minutes } = JSON.parse(process.argv[2]!) as ChildRound;
const fingerprint = targetFingerprint(target);
const texts = readCorpus(corpus, vocabularySizeOf(readPlausibleModel(target)[0]));
const items = texts.map(({ tokens, promptLength, task }, index) => ({
  ...{ task, prompt: `prompt ${index}`, served: { tokens: [...tokens], promptLength } },
}));
try {
  await adapt({
    ...{ target, registry: new DraftRegistry(tasksPlace(fingerprint, folder), fingerprint), minutes },
    ...(served === true ? {} : { corpus: texts }),
    traffic: { items: served === true ? items : [], requestsPerDay: undefined },
    ...{ all: true, maxTokens: 64, shape: { layers: 1, width: 64 }, threads: 1, servingThreads: 1, seed: 1 },
    onProgress: ({ phase }) => writeSync(1, `${phase}\n`),
  });
  writeSync(1, 'finished\n');
} catch (thrown) {
  const { code, message } = ForetokenError.from(thrown);
  writeSync(1, `${code}: ${message}\n`);
  process.exitCode = 1;
}
