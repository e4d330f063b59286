/** Machines by their data sheets: processors from the shipped profile, cards by a roofline. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { describedDevice, deviceOf, type Device } from '../devices.js';
import { shippedProfile } from './known-profiles.js';
import type { LanguageModel } from './language-model.js';
import { networkOf } from './learned.js';
import { describedProcessor, type Machine, sheetMachine } from './machine.js';
import { decodeMs, type Pace } from './step-time.js';

const shapeOf = (width: number, layers: number): Parameters<typeof networkOf>[0] => ({
  ...{ model: 'test', type: 'Q4_K', tied: 1, experts: 0, expertsUsed: 0, fileBytes: 0 },
  ...{ width, layers, heads: width / 64, kvHeads: 2, headWidth: 64, feedForward: 3 * width },
  vocabulary: 32_000,
});
const SMALL = shapeOf(256, 4);
const networkOfWidth = (width: number, layers: number): LanguageModel => networkOf(shapeOf(width, layers));
const small = networkOf(SMALL);
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
/** As often as not the pace of many tokens is far from that of one: matrix units, or a machine that was busy. */
const PACES = [
  { one: 1, many: 0.1 },
  { one: 2, many: 0.04 },
  { one: 0.3, many: 2 },
];
const msOn = (machine: Machine, model: LanguageModel, work = ONE): number =>
  machine.decodeMs(model, work, OPTIONS);

describe('a processor at another pace', () => {
  const profile = shippedProfile();

  it('takes longer for more tokens, whatever the paces of one and of many', () => {
    for (const pace of PACES)
      for (const type of ['Q4_0', 'Q8_0', 'Q4_K', 'F16'])
        for (const cells of [0, 1024]) {
          const model = networkOf({ ...SMALL, type });
          const times = [1, 2, 4, 8, 16, 32, 64, 128, 512].map((tokens) =>
            decodeMs(model, { tokens, cells, outputs: tokens }, OPTIONS, { profile, threads: 2, pace }),
          );
          for (const [at, ms] of times.entries())
            assert.ok(
              at === 0 || ms >= times[at - 1]!,
              `${JSON.stringify({ pace, type, cells })}: ${times.join(' ')}`,
            );
        }
  });

  it('is as fast as the profile, times the pace, for the tokens that it was measured with', () => {
    for (const { one, many } of PACES)
      for (const [tokens, pace] of [
        [1, one],
        [32, Math.max(many, one * (msAt(1) / msAt(32)))],
      ] as const)
        assert.ok(Math.abs(msAt(tokens, { one, many }) / (pace * msAt(tokens)) - 1) < 1e-9);
  });

  const msAt = (tokens: number, pace?: Pace): number =>
    decodeMs(small, { tokens, cells: 0, outputs: tokens }, OPTIONS, { profile, threads: 1, pace });
});

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
