import assert from 'node:assert/strict';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
import { LlamaDecoder } from './context.js';
import { planContext } from './engine-model.js';
import { checkInvariance, exactCache } from './invariance.js';
import { hasReferenceKernels } from './reference-kernels.js';
import { LlamaModel } from './model.js';
import { loadTarget, type Target, type TargetOptions } from './target.js';
import { temporaryFolder } from './test-models.js';
import { WEIGHT_TYPES, writeTypedModel } from './typed-models.js';

const folder = temporaryFolder();
const TINY = { feedForward: 768, contextLength: 1024 };
const CONTEXT = { contextSize: 1024, parallel: 2 };
const opened: Target[] = [];
after(() => {
  for (const object of opened.flatMap(({ owned }) => owned)) object.dispose();
});

function load(modelPath: string, more: Partial<TargetOptions> = {}): Target {
  const options: TargetOptions = {
    modelPath,
    batchSize: 256,
    microBatchSize: 256,
    threads: 1,
    gpu: 'none',
    gpuLayers: 0,
    kvUnified: undefined,
    loraPaths: [],
    ...more,
  };
  const target = loadTarget(
    options,
    (model) => planContext({ ...CONTEXT, kvUnified: options.kvUnified }, model),
    () => undefined,
  );
  opened.push(target);
  return target;
}

/** Bits of the logits of 40 tokens computed `size` at a time. */
function bits(decoder: LlamaDecoder, size: number): string[] {
  const sequence = sequenceId(0);
  const rows: string[] = [];
  for (let at = 0; at < 40; at += size) {
    decoder.batch.clear();
    for (let index = at; index < Math.min(40, at + size); index += 1)
      decoder.batch.add(token((index * 37 + 5) % 250), position(index), sequence, true);
    assert.equal(decoder.decode(), 'done');
    for (let row = 0; row < decoder.batch.outputCount; row += 1)
      rows.push(Buffer.from(decoder.logits(row).slice().buffer).toString('base64'));
  }
  decoder.truncate(sequence, position(0));
  return rows;
}

describe('a target that says exact', () => {
  const found: string[] = [];
  for (const type of WEIGHT_TYPES) {
    it(`computes the same bits one token at a time and 2 to 40: ${type}`, (t) => {
      const file = path.join(folder, `tiny-${type}.gguf`);
      writeTypedModel(file, type, TINY);
      const { decoder, exactness, repacked, reason } = load(file);
      found.push(exactness);
      t.diagnostic(`${type}: ${exactness}${repacked ? '' : ', not repacked'}`);
      const alone = bits(decoder, 1);
      assert.ok(new Set(alone).size > 30, 'the tokens tell something');
      const sizes = [2, 3, 4, 5, 7, 8, 9, 12, 15, 16, 17, 20, 24, 31, 32, 33, 40];
      const differing = sizes.filter((size) => bits(decoder, size).some((row, at) => row !== alone[at]));
      if (exactness === 'exact') assert.deepEqual(differing, [], 'sizes with other bits');
      else assert.match(reason, /rounds several tokens differently/);
    });
  }

  it('is found among the types', () => {
    assert.ok(found.filter((exactness) => exactness === 'exact').length >= 5, found.join());
  });

  it('keeps the weights as they are only where rearranged ones are not invariant', () => {
    for (const { decoder, repacked } of [...opened]) {
      if (repacked) continue;
      const model = LlamaModel.load(decoder.model.path);
      const rearranged = new LlamaDecoder(model, {
        contextSize: 512,
        threads: 1,
        ...exactCache(model.library),
      });
      assert.equal(checkInvariance(rearranged).invariant, false, decoder.model.path);
      rearranged.dispose();
      model.dispose();
    }
  });
});

describe('a target', () => {
  const file = path.join(folder, 'tiny-Q8_0-again.gguf');
  writeTypedModel(file, 'Q8_0', TINY);

  it('is equal up to rounding where nobody asked for exactness', () => {
    const { exactness, reason, decoder } = load(file, { exact: false });
    assert.equal(exactness, 'equal up to rounding');
    assert.match(reason, /--no-exact/);
    assert.ok(decoder.exactRows < decoder.batch.capacity, 'attention by several kernels');
    assert.equal(checkInvariance(decoder).invariant, false);
  });

  it('is as exact over a cache of other types where its attention has one kernel', () => {
    for (const [cacheTypeK, cacheTypeV] of [
      ['BF16', 'BF16'],
      ['Q8_0', 'Q8_0'],
      ['F16', 'Q8_0'],
    ] as const) {
      const { decoder, exactness } = load(file, { cacheTypeK, cacheTypeV });
      assert.equal(decoder.exactRows, decoder.batch.capacity);
      // Whether the weights allow it is this processor's business, and the usual cache's, too.
      assert.equal(exactness, load(file).exactness, `${cacheTypeK} ${cacheTypeV}`);
    }
  });

  it('is exact over F16 and F32 by the reference kernels alone', () => {
    for (const [cacheTypeK, cacheTypeV] of [
      ['F16', 'F16'],
      ['F32', 'F16'],
      ['F32', 'F32'],
    ] as const) {
      const { decoder, exactness } = load(file, { cacheTypeK, cacheTypeV });
      if (!hasReferenceKernels(decoder.model.library)) continue;
      assert.equal(decoder.exactRows, decoder.batch.capacity);
      assert.equal(exactness, load(file).exactness, `${cacheTypeK} ${cacheTypeV}`);
      const tiled = new LlamaDecoder(decoder.model, {
        ...{ contextSize: 512, threads: 1, typeK: cacheTypeK, typeV: cacheTypeV },
      });
      assert.equal(checkInvariance(tiled).invariant, false, 'without them it is not');
      tiled.dispose();
    }
  });

  it('is equal up to rounding in one pool, whose cells lie as others left them', () => {
    const { exactness, reason } = load(file, { kvUnified: true });
    assert.equal(exactness, 'equal up to rounding');
    assert.match(reason, /--kv-unified/);
  });

  it('is equal up to rounding without flash attention', () => {
    const { exactness, reason } = load(file, { flashAttention: 'disabled' });
    assert.equal(exactness, 'equal up to rounding');
    assert.match(reason, /flash attention/);
  });
});
