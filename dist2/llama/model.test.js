import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { LlamaDecoder } from './context.js';
import { LlamaModel } from './model.js';
import { codeOf } from './model-trial.js';
import { DEMO_MODEL, patchedModel, temporaryFolder } from './test-models.js';
import { Vocabulary } from './vocabulary.js';
describe('a model', () => {
    it('tells what it is', () => {
        const model = LlamaModel.load(DEMO_MODEL);
        assert.equal(model.metadata('general.architecture'), 'llama');
        assert.equal(model.metadata('no.such.key'), undefined);
        assert.ok(model.contextTrain > 0 && model.width > 0 && model.layers > 0);
        assert.ok(model.bytes > 1e6 && model.parameters > model.bytes / 2);
        assert.match(model.description, /llama/);
        assert.ok(model.canTruncate);
        model.dispose();
        assert.throws(() => model.metadata('general.architecture'), { code: 'disposed' });
    });
    it('reports progress, and stops loading when told', () => {
        const seen = [];
        LlamaModel.load(DEMO_MODEL, {
            onProgress: (progress) => {
                seen.push(progress);
                return true;
            },
        }).dispose();
        assert.equal(seen.at(-1), 1);
        assert.deepEqual(seen, [...seen].sort((a, b) => a - b));
        assert.throws(() => LlamaModel.load(DEMO_MODEL, { onProgress: () => false }), { code: 'cancelled' });
    });
    it('outlives its disposal for as long as something needs it', () => {
        const model = LlamaModel.load(DEMO_MODEL);
        const decoder = new LlamaDecoder(model, { contextSize: 256, threads: 1 });
        const vocabulary = Vocabulary.of(model);
        model.dispose();
        assert.throws(() => new LlamaDecoder(model), { code: 'disposed' });
        assert.ok(vocabulary.tokenize('still here').length > 0);
        assert.ok(model.handle.alive);
        vocabulary.dispose();
        assert.ok(model.handle.alive);
        decoder.dispose();
        assert.ok(!model.handle.alive);
    });
});
describe('a file that is no usable model', () => {
    const folder = temporaryFolder();
    const file = (name) => path.join(folder, name);
    const refuses = (name, code, message) => {
        assert.throws(() => LlamaModel.load(file(name)), { code, message });
    };
    it('is missing', () => {
        refuses('missing.gguf', 'file_not_found', /missing\.gguf/);
    });
    it('is a folder, empty, or of another format', () => {
        assert.throws(() => LlamaModel.load(folder), { code: 'invalid_gguf', message: /folder/ });
        writeFileSync(file('empty.gguf'), '');
        refuses('empty.gguf', 'invalid_gguf', /not a GGUF file/);
        writeFileSync(file('text.gguf'), 'This is a text file, and nothing but a text file.');
        refuses('text.gguf', 'invalid_gguf', /not a GGUF file/);
        const bytes = readFileSync(DEMO_MODEL).subarray(0, 4096);
        bytes.writeUInt32LE(9, 4);
        writeFileSync(file('version.gguf'), bytes);
        refuses('version.gguf', 'invalid_gguf', /version 9/);
    });
    it('is cut off, in its head or in its data', () => {
        const bytes = readFileSync(DEMO_MODEL);
        writeFileSync(file('head.gguf'), bytes.subarray(0, 1000));
        refuses('head.gguf', 'invalid_gguf', /not a usable GGUF file/);
        writeFileSync(file('data.gguf'), bytes.subarray(0, bytes.length / 2));
        refuses('data.gguf', 'invalid_gguf', /but the file ends at \d+ \(is the download complete/);
    });
    it('is of an architecture that the library does not know', () => {
        patchedModel(file('architecture.gguf'), 'llama', 'lxama');
        refuses('architecture.gguf', 'unsupported_architecture', /unknown model architecture: 'lxama'/);
        // A file may not write on the terminal of who reads the message.
        patchedModel(file('escape.gguf'), 'llama', '\u001b[31m');
        refuses('escape.gguf', 'unsupported_architecture', /unknown model architecture: '\\x1b\[31m'/);
    });
    it('does not fit into memory', () => {
        assert.equal(codeOf('unable to allocate CPU buffer; failed to load model'), 'out_of_memory');
        assert.equal(codeOf('mmap failed: Cannot allocate memory'), 'out_of_memory');
        assert.equal(codeOf("tensor 'x' data is not within the file bounds"), 'invalid_gguf');
    });
});
//# sourceMappingURL=model.test.js.map