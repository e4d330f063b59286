/**
 * Damages models in many ways and loads each as `serve` does: the head and the weights by bits, values exchanged, the
 * file cut, single entries of the metadata and of the tensors replaced. A damaged file is refused with a reason or
 * works; it never ends the process that loads it. Ends with status 1 where one does.
 *
 *   node scripts/damage-models.mjs [--count 300] [--seed 1] [--model FILE]
 *
 * `count` is for each model: without --model a tiny one as Q8_0 and as Q4_K, and the bundled target.
 */
import { spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundledTarget } from '../dist/base/bundled.js';
import { randomNumbers } from '../dist/base/random.js';
import { mutatedContent } from '../dist/gguf/mutations.js';
import { readGguf, readTensorBytes } from '../dist/gguf/reader.js';
import { tensorBytes } from '../dist/gguf/types.js';
import { writeTinyModel } from '../dist/gguf/tiny-model.js';
import { writeGguf } from '../dist/gguf/writer.js';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '300' },
    seed: { type: 'string', default: '1' },
    model: { type: 'string', multiple: true },
    loader: { type: 'boolean', default: false },
  },
});
/** The process that is not to end: loads each file named on a line, and answers with a line. */
async function loadWhatIsNamed() {
  const { LlamaEngineModel } = await import('../dist/llama/engine-model.js');
  const { Vocabulary } = await import('../dist/llama/vocabulary.js');
  const { position, sequenceId, token } = await import('../dist/base/types.js');
  for await (const file of createInterface({ input: process.stdin })) {
    let answer;
    try {
      const model = LlamaEngineModel.load({
        modelPath: file,
        loraPaths: [],
        contextSize: 256,
        parallel: 1,
        batchSize: 64,
        microBatchSize: 64,
        threads: 1,
        gpu: 'none',
        gpuLayers: 0,
      });
      const vocabulary = Vocabulary.open(file);
      const words = vocabulary.hasWords
        ? vocabulary.tokenize('Hello, world! Ä 日本 🙂', { addSpecial: true })
        : [];
      const { decoder } = model;
      decoder.batch.clear();
      [...words.slice(0, 32)].forEach((id, i) =>
        decoder.batch.add(token(id), position(i), sequenceId(0), true),
      );
      if (words.length > 0) decoder.decode();
      vocabulary.dispose();
      model.dispose();
      answer = 'works';
    } catch (error) {
      answer =
        error.name === 'ForetokenError' ? `${error.code}: ${error.message}` : `internal: ${error.stack}`;
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

async function damageAll() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'foretoken-damage-'));
  process.env.FORETOKEN_CACHE_DIR = path.join(folder, 'cache');
  try {
    const models = values.model ?? [...(await tinyModels(folder)), bundledTarget()];
    let crashes = 0;
    for (const model of models) crashes += await damage(model, path.join(folder, 'damaged.gguf'));
    return crashes === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function tinyModels(folder) {
  const { quantizeModel } = await import('../dist/llama/quantize.js');
  const source = path.join(folder, 'tiny.gguf');
  writeTinyModel(source, { type: 'F16' });
  return ['Q8_0', 'Q4_K_M'].map((type) => {
    const file = path.join(folder, `tiny-${type}.gguf`);
    quantizeModel(source, file, { type, threads: 1 });
    return file;
  });
}

async function damage(model, damaged) {
  const file = readGguf(model);
  const loader = new Loader();
  const outcomes = {
    works: 0,
    'refused by the checks': 0,
    'refused after the trial': 0,
    'ended the trial': 0,
  };
  const crashes = [];
  const count = Number(values.count);
  for (let number = 0; number < count; number++) {
    const random = randomNumbers(Number(values.seed) * 1_000_003 + number);
    const what = makeDamaged(file, damaged, random);
    const answer = await loader.load(damaged);
    if (answer === undefined || answer.startsWith('internal'))
      crashes.push(`case ${number} (${what}): ${answer ?? loader.lastWords}`);
    else if (answer === 'works') outcomes.works += 1;
    else if (answer.includes('ended the trial process')) outcomes['ended the trial'] += 1;
    else if (/is not a usable|is not a GGUF|is GGUF version/.test(answer))
      outcomes['refused by the checks'] += 1;
    else outcomes['refused after the trial'] += 1;
    if (process.env.FORETOKEN_DEBUG === '1') console.error(`${number} ${what}: ${answer}`);
  }
  loader.end();
  const counted = Object.entries(outcomes).map(([name, times]) => `${times} ${name}`);
  console.log(
    `${path.basename(model)}: ${count} damaged, ${counted.join(', ')}, ${crashes.length} ended the process`,
  );
  for (const crash of crashes) console.error(crash);
  return crashes.length;
}

/** Writes `damaged`; says what was done. */
function makeDamaged(file, damaged, random) {
  const below = (end) => Math.floor(random() * end);
  const kind = below(6);
  // A large file is damaged in its place only.
  if (kind === 0 && file.fileBytes < 16e6) {
    const content = {
      metadata: file.metadata,
      tensors: file.tensors.map((tensor) => ({ ...tensor, data: () => readTensorBytes(file, tensor) })),
    };
    const changed = mutatedContent(content, random);
    // Weights are cut or filled up to what the tensor now claims.
    const tensors = changed.tensors.map((tensor) => ({
      ...tensor,
      data: () => {
        const bytes = new Uint8Array(Math.min(tensorBytes(tensor.type, tensor.shape), 2 ** 24));
        bytes.set(tensor.data().subarray(0, bytes.length));
        return bytes;
      },
    }));
    try {
      writeGguf(damaged, { metadata: changed.metadata, tensors });
      return 'an entry of the head';
    } catch {
      // What cannot even be written is damaged in another way.
    }
  }
  copyFileSync(file.path, damaged);
  const fd = openSync(damaged, 'r+');
  try {
    const flip = (from, to) => {
      const byte = Buffer.alloc(1);
      const at = from + below(to - from);
      readSync(fd, byte, 0, 1, at);
      byte[0] ^= 1 << below(8);
      writeSync(fd, byte, 0, 1, at);
    };
    switch (kind) {
      case 1:
        ftruncateSync(fd, below(statSync(damaged).size));
        return 'cut';
      case 2: {
        const [a, b] = [below(file.dataOffsetBytes - 8), below(file.dataOffsetBytes - 8)];
        const [first, second] = [Buffer.alloc(8), Buffer.alloc(8)];
        readSync(fd, first, 0, 8, a);
        readSync(fd, second, 0, 8, b);
        writeSync(fd, second, 0, 8, a);
        writeSync(fd, first, 0, 8, b);
        return `values at ${a} and ${b} exchanged`;
      }
      case 3:
        for (let flips = 1 + below(64); flips > 0; flips--) flip(file.dataOffsetBytes, file.fileBytes);
        return 'bits of weights';
      case 4: {
        const value = Buffer.alloc(4);
        value.writeUInt32LE([0, 0xffffffff, 0x7fc07fc0, 0x7c007c00, 0x7fffffff][below(5)]);
        const at =
          random() < 0.5
            ? below(file.dataOffsetBytes)
            : file.dataOffsetBytes + below(file.fileBytes - file.dataOffsetBytes - 4);
        writeSync(fd, value, 0, 4, at);
        return `a value at ${at}`;
      }
      default:
        for (let flips = 1 + below(2); flips > 0; flips--) flip(8, file.dataOffsetBytes);
        return 'bits of the head';
    }
  } finally {
    closeSync(fd);
  }
}

/** The loading process, started anew when it has ended. */
class Loader {
  lastWords = '';
  #child;
  #answers;

  async load(file) {
    if (this.#child === undefined) {
      this.#child = spawn(process.execPath, [fileURLToPath(import.meta.url), '--loader']);
      this.#child.stderr.on('data', (chunk) => (this.lastWords = String(chunk).slice(-500)));
      this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
    }
    this.#child.stdin.write(`${file}\n`);
    const { value, done } = await this.#answers.next();
    if (!done) return JSON.parse(value);
    this.#child = undefined;
    return undefined;
  }

  end() {
    this.#child?.stdin.end();
  }
}

if (values.loader) await loadWhatIsNamed();
else process.exitCode = await damageAll();
