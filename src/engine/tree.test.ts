/** Trees through the whole step loop, over a fake model under pressure and over the real one. */
import { sum } from '../base/statistics.js';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { bundledDraft, bundledPrompts, bundledTarget } from '../base/bundled.js';
import { fakeModel, hashedModel, type FakeDecoderOptions } from '../decoder/fake.js';
import { LlamaEngineModel } from '../llama/engine-model.js';
import { isBatchInvariant } from '../llama/invariance.js';
import { EngineCore } from './core.js';
import {
  EVERY_THIRD,
  generate,
  optionsOf,
  PROMPTS,
  requestOf,
  runAll,
  textsOf,
  type Model,
} from './test-support.js';
import type { EngineRequest, StepReport } from './types.js';
import type { GuessSource } from '../speculation/proposal.js';

/** Counts accepted guesses by source. */
function counter(): {
  accepted: Record<GuessSource, number>;
  count: (step: number, report: StepReport) => void;
} {
  const accepted = { lookup: 0, suffix: 0, grammar: 0, draft: 0, alternative: 0 };
  return {
    accepted,
    count: (_, { guesses }) => {
      for (const [source, count] of Object.entries(guesses))
        accepted[source as GuessSource] += sum(count.accepted);
    },
  };
}

/** A draft that often prefers the target's second choice to its first. */
function blurredPair(more: FakeDecoderOptions = {}): Model {
  const next = hashedModel({ salt: 3, sharpness: 5 });
  const blur = hashedModel({ salt: 4, sharpness: 1.5 });
  const draft = (tokens: readonly number[], logits: Float32Array): void => {
    const by = logits.slice();
    blur(tokens, by);
    next(tokens, logits);
    for (let token = 0; token < logits.length; token++) logits[token]! += by[token]!;
  };
  return fakeModel({ next, vocabularySize: 24, branchSequences: 6, ...more, draft: { next: draft } });
}

describe('trees in the step loop', () => {
  const tree = { proposers: ['lookup', 'suffix', 'tree'] as const, length: 4 };

  it('are grown of all that guesses, and side branches of each kind stand', () => {
    const requests = PROMPTS.map((prompt, id) => requestOf(id, prompt, { maxTokens: 200 }));
    const { accepted, count } = counter();
    const core = new EngineCore(blurredPair(), optionsOf(tree));
    for (const request of requests) core.submit(request);
    const outcomes = runAll(core, count);
    assert.deepEqual(
      textsOf(outcomes),
      textsOf(generate(blurredPair(), optionsOf({ mode: 'off' }), requests)),
    );
    assert.ok(accepted.alternative > 10, `${accepted.alternative} second choices stood`);
    assert.ok(accepted.lookup + accepted.suffix > 10, 'copied text stood in trees');
    for (const { finish } of outcomes.values()) {
      const { acceptedTokens, draftTokens, drafts, acceptanceHistogram } = finish.statistics;
      assert.ok(acceptedTokens <= draftTokens);
      assert.equal(
        acceptanceHistogram.reduce((sum, times) => sum + times, 0),
        drafts,
      );
    }
  });

  it('leave texts and books as they are when cells and sequences for branches are short', () => {
    for (const [cellCount, branchSequences] of [
      [120, 6],
      [90, 2],
    ] as const) {
      const requests = [1, 2, 3, 4, 5, 6].map((id) =>
        requestOf(id, [id, id + 1, 9, 9, id], { maxTokens: 60 }),
      );
      const expected = textsOf(
        generate(blurredPair({ cellCount: 2048 }), optionsOf({ mode: 'off' }), requests),
      );
      const core = new EngineCore(blurredPair({ cellCount, branchSequences }), optionsOf(tree));
      for (const request of requests) core.submit(request);
      let preemptions = 0;
      const outcomes = runAll(core, (_, report) => {
        preemptions += report.preemptions;
        core.pool.checkIntegrity();
      });
      assert.deepEqual(textsOf(outcomes), expected, `${cellCount} cells`);
      assert.ok(preemptions > 0, `no preemption with ${cellCount} cells`);
    }
  });

  it('share a beginning, obey a grammar, are cancelled', () => {
    const beginning = Array.from({ length: 150 }, (_, index) => 1 + ((index * 7) % 20));
    const requests = [1, 2, 3, 4].map((id) =>
      requestOf(id, [...beginning, id, id], { grammar: EVERY_THIRD }),
    );
    const expected = textsOf(generate(blurredPair(), optionsOf({ mode: 'off' }), requests));
    const core = new EngineCore(blurredPair({ cellCount: 600 }), optionsOf(tree));
    for (const request of requests) core.submit(request);
    const outcomes = runAll(core, (step) => {
      core.pool.checkIntegrity();
      if (step === 10) core.cancel(4);
    });
    assert.equal(outcomes.get(4)!.finish.reason, 'cancelled');
    assert.deepEqual(textsOf(outcomes).slice(0, 3), expected.slice(0, 3));
    assert.deepEqual(outcomes.get(4)!.tokens, expected[3]!.slice(0, outcomes.get(4)!.tokens.length));
  });

  it('leave a model alone that has no sequences for branches', () => {
    const core = new EngineCore(blurredPair({ branchSequences: 0 }), optionsOf(tree));
    assert.deepEqual(core.speculator.proposers.names, ['lookup', 'suffix']);
  });
});

describe('trees over the real model', () => {
  const load = (kvUnified: boolean): LlamaEngineModel =>
    LlamaEngineModel.load({
      modelPath: bundledTarget(),
      draftPath: bundledDraft(bundledTarget()),
      contextSize: 2048,
      parallel: 1,
      batchSize: 128,
      microBatchSize: 128,
      threads: 1,
      gpu: 'none',
      gpuLayers: 0,
      kvUnified,
      loraPaths: [],
    });
  const lines = readFileSync(bundledPrompts(), 'utf8').split('\n');
  const texts = [0, 300, 600, 900, 1200, 1500].map((line) => {
    const { messages } = JSON.parse(lines[line]!) as { messages: { content: string }[] };
    return messages[0]!.content;
  });

  it('give the texts of separate streams without speculation', () => {
    const run = (kvUnified: boolean, options: Parameters<typeof optionsOf>[0]) => {
      const model = load(kvUnified);
      const invariant = isBatchInvariant(model.decoder);
      const core = new EngineCore(model, optionsOf({ parallel: 1, prefillChunk: 64, ...options }));
      texts.forEach((text, id) => {
        const prompt = [...model.vocabulary.tokenize(`<|im_start|>user\n${text}<|im_end|>\n`)];
        const request: EngineRequest = requestOf(id, prompt, { maxTokens: 60 });
        core.submit(request);
      });
      const { accepted, count } = counter();
      const outcomes = textsOf(runAll(core, count));
      model.dispose();
      return { invariant, accepted, outcomes };
    };
    const plain = run(false, { mode: 'off' });
    const { outcomes, accepted } = run(true, { proposers: ['lookup', 'tree'], length: 4 });
    assert.ok(accepted.alternative > 0, 'no second choice stood');
    if (plain.invariant) assert.deepEqual(outcomes, plain.outcomes);
    // Kernels that round batches differently may let a near tie fall the other way, and all that follows.
    const same = outcomes.filter((tokens, id) => tokens.join() === plain.outcomes[id]!.join()).length;
    assert.ok(same >= texts.length / 2, `${same} of ${texts.length} texts are the same`);
  });
});
