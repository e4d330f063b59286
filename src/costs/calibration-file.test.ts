import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import {
  calibrationKey,
  calibrationPath,
  readCalibration,
  writeCalibration,
  type CalibrationSubject,
} from './calibration-file.js';
import type { ModelCosts } from './cost-table.js';
import { MACHINE } from './test-machines.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-calibration-'));
after(() => {
  rmSync(folder, { recursive: true, force: true });
});

const KEY = 'a'.repeat(64);

const COSTS: ModelCosts = MACHINE.target;

/** Reads a file with this content. */
function readText(text: string | Uint8Array): ReturnType<typeof readCalibration> {
  const file = path.join(folder, 'text.json');
  writeFileSync(file, text);
  return readCalibration(file, KEY);
}

const readCosts = (costs: unknown): ReturnType<typeof readCalibration> =>
  readText(JSON.stringify({ format: 7, key: KEY, costs }));

function assertProblem(result: ReturnType<typeof readCalibration>, words: RegExp, what: string): void {
  assert.ok(result !== undefined && 'problem' in result, `${what} was believed`);
  assert.match(result.problem, words, what);
}

describe('calibration file', () => {
  it('gives back what was written, also over an older file, and leaves nothing beside it', () => {
    const file = calibrationPath(path.join(folder, 'new', 'place'), KEY);
    assert.equal(writeCalibration(file, KEY, { ...COSTS, msPerOutput: 0 }), undefined);
    assert.equal(writeCalibration(file, KEY, COSTS), undefined);
    assert.deepEqual(readCalibration(file, KEY), COSTS);
    assert.deepEqual(readdirSync(path.dirname(file)), [path.basename(file)]);
  });

  it('is not there, or about something else', () => {
    assert.equal(readCalibration(path.join(folder, 'none.json'), KEY), undefined);
    const file = path.join(folder, 'other.json');
    writeCalibration(file, KEY, COSTS);
    assert.equal(readCalibration(file, 'b'.repeat(64)), undefined);
    for (const format of [1, 6, 8])
      assert.equal(
        readText(JSON.stringify({ format, key: KEY, costs: MACHINE })),
        undefined,
        'an older or newer format',
      );
  });

  it('refuses every half-written file', () => {
    const file = path.join(folder, 'whole.json');
    writeCalibration(file, KEY, COSTS);
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
    const bad: Record<string, unknown> = {
      nothing: null,
      'a list': [],
      'a missing field': { ...COSTS, resizeMs: undefined },
      'an unknown field': { ...COSTS, more: 1 },
      'a negative amount': { ...COSTS, resizeMs: -0.1 },
      'a text': { ...COSTS, msPerOutput: '0.1' },
      'not a number': { ...COSTS, coldMs: NaN },
      'no end': { ...COSTS, coldMs: Infinity },
      'an absurd amount': { ...COSTS, resizeMs: 1e12 },
      'those of an older format': { target: COSTS.curve, targetMsPerTokenCell: 0, targetMsPerOutput: 0 },
    };
    const curves: Record<string, unknown> = {
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
      'more than a curve': { ...COSTS.curve, more: 1 },
    };
    for (const [what, costs] of Object.entries(bad))
      assertProblem(readCosts(costs), /impossible costs/, what);
    for (const [what, curve] of Object.entries(curves)) {
      assertProblem(readCosts({ ...COSTS, curve }), /impossible costs \(curve\)/, what);
    }
    assert.deepEqual(readCosts(COSTS), COSTS, 'what is changed here is otherwise good');
  });

  it('says in words when it cannot be written', () => {
    const blocked = path.join(folder, 'a-file');
    writeFileSync(blocked, '');
    const problem = writeCalibration(path.join(blocked, 'costs.json'), KEY, COSTS);
    assert.match(problem!, /cannot be kept in .*FORETOKEN_CACHE_DIR/);
    const directory = path.join(folder, 'a-folder.json');
    writeCalibration(path.join(directory, 'in-it.json'), KEY, COSTS);
    assert.match(writeCalibration(directory, KEY, COSTS)!, /cannot be kept/);
    assert.ok(!readdirSync(folder).some((name) => name.endsWith('.tmp')), 'a temporary file is left');
  });
});

describe('key of a calibration', () => {
  const file = (name: string, bytes: Uint8Array): string => {
    const full = path.join(folder, name);
    writeFileSync(full, bytes);
    return full;
  };
  const weights = new Uint8Array(300_000).map((_, i) => i % 251);
  const draftPath = file('draft.gguf', weights.subarray(0, 1000));
  const subject: CalibrationSubject = {
    role: 'target',
    modelPath: file('model.gguf', weights),
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
    const others: Partial<CalibrationSubject>[] = [
      { modelPath: file('changed.gguf', changed) },
      { modelPath: file('end.gguf', end) },
      { modelPath: file('longer.gguf', new Uint8Array([...weights, 0])) },
      { role: 'draft' },
      { modelPath: draftPath },
      { loraPaths: [draftPath] },
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
