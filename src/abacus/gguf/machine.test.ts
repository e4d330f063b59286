/** Machines by their data sheets: processors from the shipped profile, cards by a roofline. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describedDevice, deviceOf, type Device } from '../devices.js';
import { shippedProfile } from './known-profiles.js';
import type { LanguageModel } from './language-model.js';
import { networkOf } from './learned.js';
import { describedProcessor, type Machine, sheetMachine } from './machine.js';
import { decodeMs } from './step-time.js';

const networkOfWidth = (width: number, layers: number): LanguageModel =>
  networkOf({
    ...{ model: 'test', type: 'Q4_K', tied: 1, experts: 0, expertsUsed: 0, fileBytes: 0 },
    ...{ width, layers, heads: width / 64, kvHeads: 2, headWidth: 64, feedForward: 3 * width },
    vocabulary: 32_000,
  });
const small = networkOfWidth(256, 4);
const large = networkOfWidth(4096, 32);
/** The processor of the shipped profile, unless `more` says otherwise. */
const processor = (more: Record<string, unknown> = {}): Device =>
  describedDevice(
    {
      ...{ kind: 'processor', name: 'test', memory_gb: 8, cores: 2, clock_ghz: 3.24, simd_bits: 256 },
      ...{ bandwidth_gb_s: 40 },
      ...more,
    },
    'test',
  );
const OPTIONS = { repacked: false };
const ONE = { tokens: 1, cells: 512, outputs: 1 };
const msOn = (machine: Machine, model: LanguageModel, work = ONE): number =>
  machine.decodeMs(model, work, OPTIONS);

describe('a described processor', () => {
  const profile = shippedProfile();
  const described = (more: Record<string, unknown> = {}, threads = 0): Machine =>
    describedProcessor(processor(more), profile, threads);

  it('that is the one of the profile is predicted as that', () => {
    for (const threads of [1, 2])
      for (const tokens of [1, 4, 32]) {
        const work = { tokens, cells: 256, outputs: tokens };
        const own = decodeMs(small, work, OPTIONS, { profile, threads, pace: undefined });
        const there = msOn(described({}, threads), small, work);
        assert.ok(Math.abs(there / own - 1) < 1e-9, `${threads} threads, ${tokens} tokens: ${there}, ${own}`);
      }
  });

  it('is faster with a higher clock, wider vectors and more cores, and bound by its memory', () => {
    const own = msOn(described(), small);
    for (const more of [{ clock_ghz: 6.48 }, { simd_bits: 512 }, { cores: 8 }])
      assert.ok(msOn(described(more), small) < 0.7 * own, JSON.stringify(more));
    const bytes = large.matrices.reduce((sum, { bytes: size }) => sum + size, 0);
    const slow = msOn(described({ cores: 64, bandwidth_gb_s: 5 }), large);
    assert.ok(Math.abs(slow / ((1000 * bytes) / 5e9) - 1) < 1e-9, `${slow} ms for ${bytes} bytes`);
    assert.ok(msOn(described({ cores: 64, bandwidth_gb_s: 50 }), large) < slow / 2);
  });

  it('computes with no more threads than it has cores, holds the process, and has a wide interval', () => {
    assert.equal(msOn(described({}, 16), small), msOn(described({}, 2), small));
    const machine = described();
    assert.ok(machine.holdsProcess && machine.availableBytes < machine.memoryBytes);
    assert.ok(machine.intervalLog >= Math.log(2));
  });

  it('is no card: it has none of its time to launch kernels, nor its speed with many tokens', () => {
    const many = { tokens: 64, cells: 0, outputs: 1 };
    const card = sheetMachine(deviceOf('rtx3090'));
    assert.ok(msOn(described(), large, many) > 20 * msOn(card, large, many));
    assert.ok(!card.holdsProcess);
  });
});

describe('a card', () => {
  it('takes longer for more tokens, more context and larger networks, and less where it is faster', () => {
    const times = (id: string, model: LanguageModel): number[] =>
      [1, 8, 64, 512].map((tokens) =>
        msOn(sheetMachine(deviceOf(id)), model, { tokens, cells: 0, outputs: 1 }),
      );
    for (const id of ['gtx1080ti', 'rtx3090', 'h100']) {
      const all = times(id, large);
      all.forEach((ms, at) => {
        assert.ok(at === 0 || ms >= all[at - 1]!, `${id}: ${all.join(' ')}`);
      });
      assert.ok(times(id, small).every((ms, at) => ms < all[at]!));
      const machine = sheetMachine(deviceOf(id));
      assert.ok(msOn(machine, large, { ...ONE, cells: 8192 }) > msOn(machine, large));
    }
    const [old, newer, newest] = ['gtx1080ti', 'rtx3090', 'h100'].map((id) => times(id, large));
    old!.forEach((ms, at) => {
      assert.ok(ms > newer![at]! && newer![at]! > newest![at]!);
    });
  });
});
