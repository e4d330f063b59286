/** The first start measures what the model costs here, the next one knows it; a damaged file is said once and mended. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, it } from 'node:test';
import { apartFromRounding, serving } from './test-command.js';

const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-calibration-'));
after(() => {
  rmSync(folder, { recursive: true });
});

/** Starts a server and ends it. @returns what it said on standard error */
async function startOnce(calibration: string): Promise<string> {
  const env = { FORETOKEN_CALIBRATION: calibration, FORETOKEN_CACHE_DIR: folder };
  const { server } = await serving([], { env });
  server.kill('SIGTERM');
  const { code, err } = await server.finished;
  assert.equal(code, 0, err);
  return apartFromRounding(err);
}

const calibrations = (): string[] => readdirSync(folder).filter((name) => name.startsWith('costs-'));

it('keeps what it measured, uses it, and mends it', async () => {
  await startOnce('off');
  assert.deepEqual(calibrations(), []);

  assert.doesNotMatch(await startOnce('auto'), /warning/);
  const [name, ...more] = calibrations();
  // One of the target, one of its draft.
  assert.equal(more.length, 1);
  const file = path.join(folder, name!);
  const whole = readFileSync(file, 'utf8');
  const written = statSync(file).mtimeMs;

  assert.doesNotMatch(await startOnce('auto'), /warning/);
  assert.equal(statSync(file).mtimeMs, written, 'the second start measured again');

  await startOnce('fresh');
  assert.notEqual(statSync(file).mtimeMs, written, 'fresh did not measure');

  writeFileSync(file, whole.slice(0, whole.length / 2));
  const warnings = (await startOnce('auto')).match(/warning: .*/g) ?? [];
  assert.equal(warnings.length, 1, warnings.join());
  assert.match(warnings[0], /is damaged or half-written; measuring anew/);
  assert.doesNotMatch(await startOnce('auto'), /warning/);
});
