/** What the flags of speculation mean to the engine; what is refused is in usage.test.ts. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Command } from 'commander';
import { normaliseArguments } from '../arguments.js';
import { bundledDraft, bundledTarget } from '../../base/bundled.js';
import { addComputeFlags, addModelFlags, engineSetup } from './engine.js';
import { addSpeculationFlags } from './speculation.js';
function setup(...args) {
    const command = addComputeFlags(addSpeculationFlags(addModelFlags(new Command()))).exitOverride();
    command.parse(normaliseArguments(args), { from: 'user' });
    return engineSetup(command.opts(), { parallel: 1, queueLimit: 1 });
}
describe('speculation flags', () => {
    it('without any, everything guesses that can, as far as pays', () => {
        const { model, engine } = setup();
        assert.equal(model.draftPath, bundledDraft(bundledTarget()));
        assert.equal(model.calibration, 'auto');
        assert.equal(engine.planLog, undefined);
        assert.deepEqual(engine.speculation, {
            mode: 'auto',
            length: 16,
            proposers: ['lookup', 'suffix', 'grammar', 'draft'],
            lookupMinNgram: 2,
            suffixBytes: 32 * 2 ** 20,
        });
    });
    it('proposers follow from draft and cache, or are those named', () => {
        const proposers = (...args) => setup(...args).engine.speculation.proposers;
        assert.deepEqual(proposers('--kv-unified'), ['lookup', 'suffix', 'grammar', 'draft', 'tree']);
        assert.deepEqual(proposers('--kv-unified', '--draft', 'none'), ['lookup', 'suffix', 'grammar']);
        assert.deepEqual(proposers('--model', 'other.gguf'), ['lookup', 'suffix', 'grammar']);
        assert.deepEqual(proposers('--model', 'other.gguf', '-md', 'd.gguf'), [
            'lookup',
            'suffix',
            'grammar',
            'draft',
        ]);
        assert.deepEqual(proposers('--proposers', 'suffix', '--proposers', 'draft,suffix'), ['suffix', 'draft']);
        assert.deepEqual(proposers('--kv-unified', '--proposers', 'tree'), ['tree']);
    });
    it('a draft is loaded only where it may guess', () => {
        const draft = (...args) => setup(...args).model.draftPath;
        assert.equal(draft('--proposers', 'lookup,suffix'), undefined);
        assert.equal(draft('--speculation', 'off'), undefined);
        assert.equal(draft('--speculation', 'off', '--draft', 'none'), undefined);
        assert.ok(draft('--proposers', 'tree', '--kv-unified') !== undefined);
    });
    it('modes, lengths and the rest arrive', () => {
        const { speculation } = setup('--speculation', 'fixed:5').engine;
        assert.deepEqual([speculation.mode, speculation.length], ['fixed', 5]);
        const off = setup('--speculation', 'off').engine.speculation;
        assert.deepEqual([off.mode, off.proposers], ['off', []]);
        assert.equal(setup('--spec-draft-n-max', '7').engine.speculation.length, 7);
        assert.equal(setup('--suffix-mib', '3').engine.speculation.suffixBytes, 3 * 2 ** 20);
        assert.equal(setup('--lookup-min-ngram', '4').engine.speculation.lookupMinNgram, 4);
        assert.equal(setup('--calibration', 'fresh').model.calibration, 'fresh');
        assert.equal(setup('--plan-log', 'p.jsonl').engine.planLog, path.resolve('p.jsonl'));
    });
});
//# sourceMappingURL=speculation.test.js.map