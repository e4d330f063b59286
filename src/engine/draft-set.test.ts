/** Who has which draft, how drafts go, and what they take; and several drafts in one step loop. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asDraftId, type DraftId } from '../base/draft-id.js';
import type { DraftModel } from '../decoder/decoder.js';
import { draftOver, FakeDecoder, fakeModel, hashedModel } from '../decoder/fake.js';
import { DraftModelProposer } from '../speculation/draft-model.js';
import { EngineCore } from './core.js';
import { DraftSet } from './draft-set.js';
import { generate, optionsOf, PROMPTS, requestOf, runAll, textsOf } from './test-support.js';
import { AS_THE_ENGINE } from './types.js';

const id = asDraftId;

function set(memoryBytes = Infinity): { drafts: DraftSet; gone: string[] } {
  const gone: string[] = [];
  const proposerOf = (model: DraftModel): DraftModelProposer =>
    new DraftModelProposer(model.decoder, () => false);
  return { gone, drafts: new DraftSet(memoryBytes, proposerOf, ({ key }) => gone.push(key)) };
}

const draft = (name: string, version = 'one'): DraftModel => draftOver(new FakeDecoder(), name, version);
const idsOf = (drafts: DraftSet): string[] => drafts.statuses().map((one) => `${one.id} ${one.state}`);

describe('the drafts of an engine', () => {
  it('gives a request the draft that it names, or the first', () => {
    const { drafts } = set();
    assert.equal(drafts.take(1, undefined), undefined);
    for (const name of ['a', 'b']) drafts.add(draft(name));
    assert.equal(drafts.take(1, undefined)!.key, 'a');
    assert.equal(drafts.take(2, id('b'))!.key, 'b');
    assert.equal(drafts.take(3, id('gone'))!.key, 'a');
    assert.deepEqual(
      drafts.statuses().map(({ requests, isDefault }) => [requests, isDefault]),
      [
        [2, true],
        [1, false],
      ],
    );
    assert.throws(() => {
      drafts.assertThere(id('c'));
    }, /no draft 'c'.*a, b/);
  });

  it('lets a draft go with the last request that has it, and gives it to nobody meanwhile', () => {
    const { drafts, gone } = set();
    for (const name of ['a', 'b']) drafts.add(draft(name));
    drafts.take(1, undefined);
    drafts.take(2, id('a'));
    assert.equal(drafts.leave(id('a')), 'a');
    assert.equal(drafts.leave(id('a')), undefined);
    assert.deepEqual(idsOf(drafts), ['a leaving', 'b ready']);
    assert.equal(drafts.take(3, id('a'))!.key, 'b');
    drafts.release(1);
    assert.deepEqual(gone, []);
    drafts.release(2);
    drafts.release(2);
    assert.deepEqual(gone, ['a']);
    drafts.leave(id('b'));
    assert.ok(!drafts.available);
    drafts.release(3);
    assert.deepEqual(gone, ['a', 'b']);
    assert.deepEqual(drafts.all, []);
  });

  it('puts another version in the place of one, which stays for those that have it', () => {
    const { drafts, gone } = set();
    drafts.add(draft('a'));
    drafts.take(1, undefined);
    drafts.add(draft('a', 'two'));
    assert.deepEqual(
      drafts.all.map(({ key }) => key),
      ['a', 'a@two'],
    );
    assert.equal(drafts.take(2, id('a'))!.model.version, 'two');
    assert.ok(drafts.revive(id('a'), 'one'), 'the first is wanted again');
    assert.equal(drafts.take(3, id('a'))!.model.version, 'one');
    drafts.release(2);
    assert.deepEqual(gone, ['a@two']);
    assert.ok(!drafts.revive(id('a'), 'two'));
  });

  it('frees those used least recently for a new one, and never one in use', () => {
    // Each takes 1000 bytes.
    const { drafts, gone } = set(3500);
    for (const name of ['a', 'b', 'c']) {
      drafts.makeRoom(id(name), 1000);
      drafts.add(draft(name));
    }
    for (const [request, name] of ['b', 'c', 'a'].entries()) drafts.take(request, id(name));
    for (const request of [1, 2]) drafts.release(request);
    drafts.makeRoom(id('d'), 1400);
    assert.deepEqual(gone, ['c']);
    assert.throws(
      () => {
        drafts.makeRoom(id('e'), 2600);
      },
      { code: 'out_of_memory', message: /'e' needs 2\.60 KB.*1 of 2 drafts .* in use/ },
    );
    assert.deepEqual(gone, ['c'], 'what would not suffice frees nothing');
    drafts.makeRoom(id('e'), 2500);
    assert.deepEqual(gone, ['c', 'a']);
    assert.deepEqual(idsOf(drafts), ['b ready']);
  });

  it('never frees one that was loaded by name for one of a task', () => {
    const { drafts, gone } = set(3500);
    const load = (name: string, bytes: number, forTask: boolean): void => {
      drafts.makeRoom(id(name), bytes, forTask);
      drafts.add(draft(name), forTask);
    };
    load('mine', 1000, false);
    load('sql', 1000, true);
    load('math', 1000, true);
    for (const [request, name] of ['math', 'sql'].entries()) {
      drafts.take(request, id(name));
      drafts.release(request);
    }
    load('code', 1000, true);
    assert.deepEqual(gone, ['math'], 'who was used least recently is the one loaded by name');
    assert.throws(
      () => {
        load('large', 2600, true);
      },
      { code: 'out_of_memory', message: /1 of 3 drafts .* are in use or were loaded by name/ },
    );
    assert.throws(
      () => {
        load('mine', 100, true);
      },
      { code: 'invalid_request', message: /'mine' was loaded by name and stays/ },
    );
    assert.deepEqual([gone, drafts.isNamed(id('mine')), drafts.isNamed(id('sql'))], [['math'], true, false]);
    // Asked for by name it is one of these from then on; for another one by name those of tasks go first.
    assert.ok(drafts.revive(id('sql'), 'one'));
    drafts.take(7, id('code'));
    drafts.release(7);
    load('other', 1000, false);
    assert.deepEqual(
      [gone, idsOf(drafts)],
      [
        ['math', 'code'],
        ['mine ready', 'sql ready', 'other ready'],
      ],
    );
    load('another', 2000, false);
    assert.deepEqual(gone, ['math', 'code', 'mine', 'other']);
  });

  it('keeps the id of one loaded by name from one of a task on its way out', () => {
    const { drafts } = set();
    drafts.add(draft('sql'), true);
    drafts.take(1, undefined);
    drafts.add(draft('sql', 'mine'));
    assert.ok(!drafts.revive(id('sql'), 'one', true));
    assert.equal(drafts.take(2, id('sql'))!.model.version, 'mine');
    assert.ok(drafts.revive(id('sql'), 'mine', true));
    assert.ok(drafts.isNamed(id('sql')));
  });
});

/** Drafts of different worth beside one target. */
function coreWith(names: readonly string[], drafting = optionsOf({ proposers: ['draft'] })) {
  const text = { salt: 3, sharpness: 5 };
  const sizes = { vocabularySize: 24 };
  const model = fakeModel({ ...sizes, next: hashedModel(text) });
  const decoders = names.map(
    (_, at) => new FakeDecoder({ ...sizes, next: hashedModel({ ...text, disagreement: 0.2 * at }) }),
  );
  const drafts = names.map((name, at) => draftOver(decoders[at]!, name, `v${at}`));
  return { core: new EngineCore({ ...model, drafts }, drafting), decoders, model };
}

const wishing = (name: DraftId) => ({ speculation: { ...AS_THE_ENGINE, draft: name } });

describe('several drafts in one step loop', () => {
  const expected = textsOf(
    generate(
      fakeModel({ vocabularySize: 24, next: hashedModel({ salt: 3, sharpness: 5 }) }),
      optionsOf({ mode: 'off' }),
      PROMPTS.map((prompt, request) => requestOf(request, prompt)),
    ),
  );

  it('guesses for each request by its own draft, and the text is the same', () => {
    for (const mode of ['fixed', 'auto'] as const) {
      const { core, decoders } = coreWith(['a', 'b'], optionsOf({ mode, proposers: ['draft'] }));
      PROMPTS.forEach((prompt, request) => {
        core.submit(requestOf(request, prompt, wishing(id(request % 2 === 0 ? 'a' : 'b'))));
      });
      assert.deepEqual(textsOf(runAll(core)), expected, mode);
      for (const { decodes } of decoders) assert.ok(mode === 'auto' || decodes > 10, `${decodes} decodes`);
      assert.ok(core.speculator.drafts.statuses().every(({ requests }) => requests === 0));
    }
  });

  it('takes one up and lets one go while requests run, and loses none', () => {
    const { core, decoders } = coreWith(['a', 'b']);
    PROMPTS.forEach((prompt, request) => {
      core.submit(requestOf(request, prompt, wishing(id('a'))));
    });
    const late = new FakeDecoder({ vocabularySize: 24, next: hashedModel({ salt: 3, sharpness: 5 }) });
    const texts = textsOf(
      runAll(core, (step) => {
        const { drafts } = core.speculator;
        if (step === 4) drafts.leave(id('a'));
        if (step === 5)
          assert.ok(
            drafts.all.some(({ key }) => key === 'a'),
            'it is in use',
          );
        if (step === 6) core.speculator.addDraft(draftOver(late, 'late', 'new'), undefined);
      }),
    );
    assert.deepEqual(texts, expected);
    assert.throws(() => decoders[0]!.decode(), { code: 'disposed' });
    core.submit(requestOf(99, PROMPTS[0]!, wishing(id('late'))));
    assert.deepEqual(runAll(core).get(99)!.tokens, expected[0]);
    assert.ok(late.decodes > 5);
    assert.ok(decoders[1]!.decodes > 5, 'who began after the draft had been told to go got the other one');
  });

  it('goes on where one of them fails, and leaves only that one out', () => {
    const { core, decoders } = coreWith(['a', 'b']);
    decoders[0]!.decode = () => {
      throw new Error('broken');
    };
    PROMPTS.forEach((prompt, request) => {
      core.submit(requestOf(request, prompt, wishing(id(request % 2 === 0 ? 'a' : 'b'))));
    });
    assert.deepEqual(textsOf(runAll(core)), expected);
    assert.ok(decoders[1]!.decodes > 10);
  });

  it('answers a request that names a draft which is not there', () => {
    const { core } = coreWith(['a']);
    core.submit(requestOf(1, [1, 2], wishing(id('nobody'))));
    const [event] = core.takeEvents();
    assert.equal(event!.finish!.error!.code, 'draft_not_found');
    core.submit(requestOf(2, [1, 2], wishing(id('a'))));
    assert.equal(runAll(core).get(2)!.finish.reason, 'length');
    const { speculation } = wishing(id('nobody'));
    core.submit(requestOf(3, [1, 2], { speculation: { ...speculation, orFirst: true } }));
    const { finish } = runAll(core).get(3)!;
    assert.deepEqual([finish.reason, finish.draft], ['length', 'a']);
  });

  it('plans each by its own costs', () => {
    const { core } = coreWith(['a', 'b'], optionsOf({ mode: 'auto', proposers: ['draft'] }));
    core.submit(requestOf(1, [1, 2, 3], wishing(id('a'))));
    core.submit(requestOf(2, [4, 5, 6], wishing(id('b'))));
    runAll(core);
    const options = core.speculator.records
      .toArray()
      .flatMap(({ input }) =>
        input.requests.flatMap((request) => request.options.map(({ draft: key }) => key)),
      );
    assert.deepEqual([...new Set(options)].sort(), ['a', 'b']);
    const { drafts } = core.speculator.timing.latency.table;
    assert.deepEqual(Object.keys(drafts).sort(), ['a', 'b']);
  });

  it('changes the label of a running request', () => {
    const { core } = coreWith(['a']);
    core.submit(requestOf(1, [1, 2, 3]));
    const texts = textsOf(
      runAll(core, (step) => {
        if (step === 3) core.relabel(1, 7);
      }),
    );
    core.relabel(1, 8);
    assert.deepEqual(texts[0], expected[0]);
  });
});
