import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { randomNumbers } from '../base/random.js';
import { position, sequenceId, token } from '../base/types.js';
import { CUT_HEAD_KEYS } from '../gguf/cut-head.js';
import { readGguf, readTensorBytes } from '../gguf/reader.js';
import { inspectGguf } from '../gguf/summary.js';
import type { MetadataValue } from '../gguf/types.js';
import { writeGguf } from '../gguf/writer.js';
import { LlamaDecoder } from '../llama/context.js';
import { assertSameVocabulary } from '../llama/draft.js';
import { LlamaModel } from '../llama/model.js';
import { Vocabulary } from '../llama/vocabulary.js';
import { type CorpusText, CorpusWriter } from './corpus.js';
import { createDraft } from './create.js';
import { coverageOf, headOrder, headTokens, heldOutCoverage, sizeForCoverage } from './head-tokens.js';
import { readNetwork } from './network.js';
import { trainDraft } from './train.js';
import { temporaryFolder, TINY, writeTinyTarget } from './test-targets.js';

const folder = temporaryFolder();
const inFolder = (name: string): string => path.join(folder, name);
const target = inFolder('target.gguf');
writeTinyTarget(target);

/** Answers that take their tokens from 7, 14, 21 and 28 only. */
const texts: CorpusText[] = Array.from({ length: 24 }, (_, i) => {
  const tokens = Array.from({ length: 12 }, (_, j) => (j < 4 ? (i + j) % 64 : 7 * (1 + ((i * j) % 4))));
  return { tokens, promptLength: 4, candidates: tokens.slice(4), shares: tokens.slice(4).map(() => 9000) };
});
const corpus = inFolder('corpus.jsonl');
const writer = new CorpusWriter(corpus, { append: false });
for (const text of texts) writer.add(text);
writer.close();

const SHAPE = { layers: 2, width: 128, heads: 2 };
const whole = inFolder('whole.gguf');
const cut = inFolder('cut.gguf');
createDraft({ target, output: whole, ...SHAPE });
createDraft({ target, output: cut, ...SHAPE, vocabulary: 32, corpus: [corpus] });

/** [place][token] */
function logitsOf(file: string, text: readonly number[]): Float32Array[] {
  const model = LlamaModel.load(file);
  const decoder = new LlamaDecoder(model, { threads: 1, contextSize: 128 });
  try {
    assert.equal(decoder.vocabularySize, TINY.vocabularySize);
    // In two decodes, so that rows are filled anew.
    return [text.slice(0, 5), text.slice(5)].flatMap((part, index) => {
      decoder.batch.clear();
      part.forEach((id, at) => decoder.batch.add(token(id), position(5 * index + at), sequenceId(0), true));
      assert.equal(decoder.decode(), 'done');
      return part.map((_, row) => decoder.logits(row).slice());
    });
  } finally {
    decoder.dispose();
    model.dispose();
  }
}

describe('the tokens of a cut head', () => {
  it('are those that the target writes most, and those that end an answer', () => {
    const order = headOrder(texts, 64, [63]);
    assert.equal(order[0], 63);
    assert.deepEqual(new Set(order.slice(1, 5)), new Set([7, 14, 21, 28]));
    assert.deepEqual([...headTokens(order, 5)], [7, 14, 21, 28, 63]);
    assert.equal(coverageOf(texts, headTokens(order, 5)), 1);
  });

  it('cover what they were not chosen by, and as many are taken as that needs', () => {
    const coverage = heldOutCoverage(texts, 1000, [])!;
    assert.equal(coverage[0], 0);
    assert.equal(coverage[4], 1);
    assert.equal(sizeForCoverage(coverage), 256);
    assert.equal(heldOutCoverage(texts.slice(0, 7), 1000, []), undefined);
  });
});

describe('a draft with a cut head', () => {
  const tokens = readNetwork(cut).headTokens!;
  const random = randomNumbers(5);
  const text = Array.from({ length: 11 }, () => Math.floor(random() * 64));

  it('gives the logits of the whole one for its tokens, and none for the others', () => {
    const [ofWhole, ofCut] = [logitsOf(whole, text), logitsOf(cut, text)];
    const known = new Set(tokens);
    let [squares, errors] = [0, 0];
    text.forEach((_, place) => {
      for (let id = 0; id < 64; id++) {
        const [expected, found] = [ofWhole[place]![id]!, ofCut[place]![id]!];
        if (!known.has(id)) assert.equal(found, -Infinity, `token ${id}`);
        else {
          squares += expected ** 2;
          errors += (expected - found) ** 2;
        }
      }
    });
    // Only the vectors have fewer bits.
    assert.ok(Math.sqrt(errors / squares) < 0.03, `relative error ${Math.sqrt(errors / squares)}`);
  });

  it('can be read to be trained, cut further and looked at', () => {
    const { shape, weights } = readNetwork(cut);
    assert.deepEqual([shape.vocabularySize, shape.headSize], [64, 32]);
    assert.equal(weights.get('token_embd.weight')!.length, 64 * 128);
    assert.deepEqual(inspectGguf(cut).cutHead, { tokens: 32, of: 64 });
    assert.deepEqual(inspectGguf(cut).findings, []);
    const again = inFolder('again.gguf');
    createDraft({ target, output: again, fromDraft: whole, vocabulary: 32, corpus: [corpus] });
    assert.deepEqual(readNetwork(again).weights.get('output.weight'), weights.get('output.weight'));
    assert.throws(() => createDraft({ target, output: again, fromDraft: cut }), { param: 'fromDraft' });
    for (const vocabulary of [0, 33, 96])
      assert.throws(() => createDraft({ target, output: again, vocabulary }), { param: 'vocabulary' });
    assert.throws(() => createDraft({ target, output: again, vocabulary: 'auto' }), { param: 'corpus' });
  });

  it('keeps the rows that it has where its head is cut to others', () => {
    const answers = inFolder('other.jsonl');
    const others = new CorpusWriter(answers, { append: false });
    for (const text of texts) others.add({ ...text, tokens: text.tokens.map((id) => (id * 3) % 64) });
    others.close();
    const further = inFolder('further.gguf');
    createDraft({ target, output: further, fromDraft: cut, vocabulary: 32, corpus: [answers] });
    const [before, after] = [cut, further].map(readNetwork);
    const row = ({ weights, headTokens }: typeof before & object, id: number): Float32Array => {
      const at = headTokens!.indexOf(id);
      return weights.get('output.weight')!.slice(at * 128, (at + 1) * 128);
    };
    const fresh = after!.headTokens!.filter((id) => !tokens.includes(id));
    assert.ok(fresh.length > 0 && fresh.length < 32);
    for (const id of after!.headTokens!)
      if (!fresh.includes(id)) assert.deepEqual(row(after!, id), row(before!, id));
      else assert.ok(row(after!, id).every(Number.isFinite) && row(after!, id).some((value) => value !== 0));
  });

  it('reads what it has vectors for as before, and all else as nothing', async () => {
    const few = inFolder('few.gguf');
    createDraft({ target, output: few, fromDraft: cut, vocabulary: 32, inputs: 40, corpus: [corpus] });
    const inputs = readNetwork(few).inputs!;
    assert.equal(inputs.length, 40);
    assert.deepEqual(inspectGguf(few).cutHead, { tokens: 32, of: 64, inputs: 40 });
    const known = Array.from({ length: 11 }, (_, i) => inputs[(7 * i) % 40]!);
    const [all, some] = [cut, few].map((file) => logitsOf(file, known));
    for (const place of known.keys())
      all![place]!.forEach((value, id) => {
        assert.ok(
          value === some![place]![id] || Math.abs(value - some![place]![id]!) < 0.05,
          `${place} ${id}`,
        );
      });
    const others = [...Array(64).keys()].filter((id) => !inputs.includes(id));
    const [one, other] = others.map((id) => logitsOf(few, [...known.slice(0, 10), id])[10]!);
    assert.deepEqual(one, other);
    // What it learns from it can read afterwards.
    const trained = inFolder('few-trained.gguf');
    await trainDraft({ draft: few, corpus: [corpus], output: trained, epochs: 1, threads: 1 });
    assert.deepEqual(
      [...readNetwork(trained).inputs!],
      [...new Set([...inputs, ...texts.flatMap(({ tokens }) => tokens)])].sort((a, b) => a - b),
    );
  });

  it('is refused for a target with another vocabulary', () => {
    const other = inFolder('other.gguf');
    writeTinyTarget(other, { ...TINY, vocabularySize: 96 });
    const vocabularies = [target, other, cut].map((file) => Vocabulary.open(file));
    const [own, foreign, draft] = vocabularies as [Vocabulary, Vocabulary, Vocabulary];
    assertSameVocabulary(own, draft, cut, target);
    assert.throws(
      () => {
        assertSameVocabulary(foreign, draft, cut, other);
      },
      { code: 'vocabulary_mismatch', message: /cut for a model with another vocabulary/ },
    );
    for (const vocabulary of vocabularies) vocabulary.dispose();
  });

  it('is refused where its parts do not fit together', () => {
    const file = readGguf(cut);
    const damaged = inFolder('damaged.gguf');
    const i32 = (values: readonly number[]): MetadataValue => ({
      type: 'array',
      itemType: 'i32',
      value: Int32Array.from(values),
    });
    const cases: [key: string, value: MetadataValue | undefined, words: RegExp][] = [
      [CUT_HEAD_KEYS.tokens, undefined, /no list of tokens/],
      [CUT_HEAD_KEYS.tokens, i32([...tokens.slice(1), 64]), /beyond the target's 64 tokens/],
      [CUT_HEAD_KEYS.tokens, i32([...tokens].reverse()), /not ascending/],
      [CUT_HEAD_KEYS.tokens, i32([...tokens.slice(1)]), /31 entries for 32 rows/],
      [CUT_HEAD_KEYS.vocabulary, undefined, /does not name/],
      [CUT_HEAD_KEYS.inputs, i32([3, 1]), /are not 2 vectors/],
      [CUT_HEAD_KEYS.inputs, i32([...Array(64).keys()].reverse()), /inputs is not ascending/],
      [CUT_HEAD_KEYS.inputs, { type: 'u32', value: 1 }, /inputs is no list of tokens/],
      [CUT_HEAD_KEYS.vocabularySize, { type: 'u32', value: 65 }, /are not 65 vectors/],
      [CUT_HEAD_KEYS.vocabularySize, { type: 'u32', value: 0 }, /no number of tokens/],
      [CUT_HEAD_KEYS.vocabularySize, undefined, /without/],
      [
        CUT_HEAD_KEYS.scales,
        { type: 'array', itemType: 'f32', value: new Float32Array(64).fill(NaN) },
        /no number/,
      ],
    ];
    for (const [key, value, words] of cases) {
      const metadata = new Map(file.metadata);
      if (value === undefined) metadata.delete(key);
      else metadata.set(key, value);
      const tensors = file.tensors.map((tensor) => ({
        ...tensor,
        data: () => readTensorBytes(file, tensor),
      }));
      writeGguf(damaged, { metadata, tensors });
      assert.throws(() => LlamaModel.load(damaged), { code: 'invalid_gguf', message: words }, key);
    }
  });
});
