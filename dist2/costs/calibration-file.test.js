import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { calibrationKey, calibrationPath, readCalibration, writeCalibration, } from './calibration-file.js';
import { MACHINE } from './test-machines.js';
const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-calibration-'));
after(() => {
    rmSync(folder, { recursive: true, force: true });
});
const KEY = 'a'.repeat(64);
/** Reads a file with this content. */
function readText(text, key = KEY) {
    const file = path.join(folder, 'text.json');
    writeFileSync(file, text);
    return readCalibration(file, key);
}
const readCosts = (costs) => readText(JSON.stringify({ format: 5, key: KEY, costs }));
function assertProblem(result, words, what) {
    assert.ok(result !== undefined && 'problem' in result, `${what} was believed`);
    assert.match(result.problem, words, what);
}
describe('calibration file', () => {
    it('gives back what was written, also over an older file, and leaves nothing beside it', () => {
        const file = calibrationPath(path.join(folder, 'new', 'place'), KEY);
        for (const costs of [{ ...MACHINE, draft: undefined, draftMsPerTokenCell: 0 }, MACHINE]) {
            assert.equal(writeCalibration(file, KEY, { ...costs, version: 17 }), undefined);
            assert.deepEqual(readCalibration(file, KEY), { ...costs, version: 0 });
        }
        assert.deepEqual(readdirSync(path.dirname(file)), [path.basename(file)]);
    });
    it('is not there, or about something else', () => {
        assert.equal(readCalibration(path.join(folder, 'none.json'), KEY), undefined);
        const file = path.join(folder, 'other.json');
        writeCalibration(file, KEY, MACHINE);
        assert.equal(readCalibration(file, 'b'.repeat(64)), undefined);
        assert.equal(readText(JSON.stringify({ format: 1, key: KEY, costs: MACHINE })), undefined);
    });
    it('refuses every half-written file', () => {
        const file = path.join(folder, 'whole.json');
        writeCalibration(file, KEY, MACHINE);
        const whole = readFileSync(file);
        for (let length = 0; length < whole.length; length++)
            assertProblem(readText(whole.subarray(0, length)), /half-written/, `${length} bytes`);
    });
    it('refuses garbage', () => {
        for (const text of [
            'null',
            '7',
            '[]',
            '{}',
            '"costs"',
            '{"format":1}',
            '{"format":1,"key":"x","costs":1,"more":2}',
        ])
            assertProblem(readText(text), /is no calibration/, text);
        assertProblem(readText(new Uint8Array([0, 255, 3])), /damaged/, 'bytes');
        assertProblem(readText(' '.repeat(100_000)), /far too large/, 'a large file');
        assertProblem(readCalibration(folder, KEY), /cannot be read/, 'a folder');
    });
    it('refuses impossible costs', () => {
        const { draft, target } = MACHINE;
        const bad = {
            nothing: null,
            'a list': [],
            'a missing field': { ...MACHINE, overheadMs: undefined },
            'an unknown field': { ...MACHINE, more: 1 },
            'a negative amount': { ...MACHINE, targetResizeMs: -0.1 },
            'a text': { ...MACHINE, targetMsPerOutput: '0.1' },
            'not a number': { ...MACHINE, overheadMsPerRow: NaN },
            'an absurd amount': { ...MACHINE, overheadMs: 1e12 },
            'another version': { ...MACHINE, version: 3 },
            'no draft': { ...MACHINE, draft: null },
            'a draft that is none': { ...MACHINE, draft: { tokens: [1, 2], ms: [1] } },
        };
        const curves = {
            'no points': { tokens: [], ms: [] },
            'a curve from 2 on': { tokens: [2, 4], ms: [1, 2] },
            'sizes that fall': { tokens: [1, 4, 3], ms: [1, 2, 3] },
            'sizes that stay': { tokens: [1, 4, 4], ms: [1, 2, 3] },
            'half a token': { tokens: [1, 2.5], ms: [1, 2] },
            'absurd sizes': { tokens: [1, 1e9], ms: [1, 2] },
            'times that fall': { tokens: [1, 2, 3], ms: [1, 3, 2] },
            'no time': { tokens: [1, 2], ms: [0, 1] },
            'a negative time': { tokens: [1, 2], ms: [-1, 1] },
            'a time that is none': { tokens: [1, 2], ms: [1, null] },
            'an absurd time': { tokens: [1, 2], ms: [1, 1e9] },
            'too many points': { tokens: Array.from({ length: 99 }, (_, i) => i + 1), ms: new Array(99).fill(1) },
            'more than a curve': { ...target, more: 1 },
        };
        for (const [what, costs] of Object.entries(bad))
            assertProblem(readCosts(costs), /impossible costs/, what);
        for (const [what, curve] of Object.entries(curves)) {
            assertProblem(readCosts({ ...MACHINE, target: curve }), /impossible costs \(target\)/, what);
            assertProblem(readCosts({ ...MACHINE, draft: curve }), /impossible costs \(draft\)/, `draft: ${what}`);
        }
        assert.deepEqual(readCosts({ ...MACHINE, draft }), MACHINE, 'what is changed here is otherwise good');
    });
    it('says in words when it cannot be written', () => {
        const blocked = path.join(folder, 'a-file');
        writeFileSync(blocked, '');
        const problem = writeCalibration(path.join(blocked, 'costs.json'), KEY, MACHINE);
        assert.match(problem, /cannot be kept in .*FORETOKEN_CACHE_DIR/);
        const directory = path.join(folder, 'a-folder.json');
        writeCalibration(path.join(directory, 'in-it.json'), KEY, MACHINE);
        assert.match(writeCalibration(directory, KEY, MACHINE), /cannot be kept/);
        assert.ok(!readdirSync(folder).some((name) => name.endsWith('.tmp')), 'a temporary file is left');
    });
});
describe('key of a calibration', () => {
    const file = (name, bytes) => {
        const full = path.join(folder, name);
        writeFileSync(full, bytes);
        return full;
    };
    const weights = new Uint8Array(300_000).map((_, i) => i % 251);
    const subject = {
        modelPath: file('model.gguf', weights),
        draftPath: file('draft.gguf', weights.subarray(0, 1000)),
        loraPaths: [],
        libraryVersion: '0.5.0',
        threads: 2,
        batchSize: 512,
        microBatchSize: 512,
        unified: false,
        exact: true,
        repacked: true,
        gpu: 'none',
        gpuLayers: 0,
        devices: [],
        flashAttention: 'auto',
    };
    it('is the same for the same, wherever the files lie', () => {
        const moved = file('moved.gguf', weights);
        assert.equal(calibrationKey({ ...subject, modelPath: moved }), calibrationKey(subject));
    });
    it('is another for anything else', () => {
        const changed = weights.slice();
        changed[100] = 0;
        const end = weights.slice();
        end[299_999] = 0;
        const others = [
            { modelPath: file('changed.gguf', changed) },
            { modelPath: file('end.gguf', end) },
            { modelPath: file('longer.gguf', new Uint8Array([...weights, 0])) },
            { draftPath: undefined },
            { draftPath: subject.modelPath },
            { loraPaths: [subject.draftPath] },
            { libraryVersion: '0.5.1' },
            { threads: 1 },
            { batchSize: 256 },
            { microBatchSize: 256 },
            { unified: true },
            { exact: false },
            { repacked: false },
            { gpu: 'cuda' },
            { gpuLayers: 1 },
            { devices: ['Vulkan Vulkan0 NVIDIA H200'] },
            { flashAttention: 'disabled' },
        ];
        const keys = [{}, ...others].map((other) => calibrationKey({ ...subject, ...other }));
        assert.equal(new Set(keys).size, others.length + 1);
        assert.ok(keys.every((key) => /^[0-9a-f]{64}$/.test(key)));
    });
});
//# sourceMappingURL=calibration-file.test.js.map