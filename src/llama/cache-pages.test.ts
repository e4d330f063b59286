import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { absent, GEMMA, SMOLLM2_Q8_0 } from '../base/real-models.js';
import { position, sequenceId, token } from '../base/types.js';
import { LlamaDecoder } from './context.js';
import { cacheBytesPerToken } from './memory.js';
import { LlamaModel } from './model.js';
import { DEMO_MODEL } from './test-models.js';

const CELLS = 16_384;
const LENGTH = 40;

/** Logits behind a text of which every cell is looked at. */
function logitsOf(decoder: LlamaDecoder): Float32Array {
  decoder.clear();
  decoder.batch.clear();
  for (let i = 0; i < LENGTH; i += 1)
    decoder.batch.add(token(300 + 7 * i), position(i), sequenceId(0), i === LENGTH - 1);
  assert.equal(decoder.decode(), 'done');
  return decoder.logits(0).slice();
}

const models = {
  'the demo model': [DEMO_MODEL, false],
  SmolLM2: [SMOLLM2_Q8_0, absent(SMOLLM2_Q8_0)],
  'Gemma, whose windows have a cache of their own': [GEMMA, absent(GEMMA)],
} as const;

describe('the pages of a fresh cache', () => {
  for (const [name, [file, skip]] of Object.entries(models))
    it(
      `are not resident before they are used: ${name}`,
      { skip: skip || process.platform !== 'linux' },
      () => {
        const model = LlamaModel.load(file);
        after(() => {
          model.dispose();
        });
        const reserved = CELLS * cacheBytesPerToken(model.cacheShape);
        const before = process.memoryUsage.rss();
        const large = new LlamaDecoder(model, {
          contextSize: CELLS,
          threads: 1,
          maxSequences: 4,
          unified: false,
        });
        const taken = process.memoryUsage.rss() - before;
        // Graphs and rows of logits are counted, too.
        assert.ok(taken < reserved / 2, `${taken} bytes for a cache of ${reserved}`);
        const first = logitsOf(large);
        assert.deepEqual(logitsOf(large), first);
        const small = new LlamaDecoder(model, { contextSize: 256, threads: 1, unified: false });
        assert.deepEqual(logitsOf(small), first);
        large.dispose();
        small.dispose();
      },
    );
});
