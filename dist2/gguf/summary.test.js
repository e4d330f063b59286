import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { it } from 'node:test';
import { GgufStrings } from './strings.js';
import { splitFilesOf } from './plausibility.js';
import { inspectGguf } from './summary.js';
import { smallContent, temporaryFolder } from './test-files.js';
import { writeGguf } from './writer.js';
const folder = temporaryFolder();
const u32 = (value) => ({ type: 'u32', value });
const model = () => new Map([
    ['general.architecture', { type: 'string', value: 'toy' }],
    ['general.name', { type: 'string', value: 'Toy' }],
    ['toy.context_length', u32(100)],
    ['toy.block_count', u32(3)],
    ['toy.embedding_length', u32(64)],
    ['toy.attention.head_count', u32(4)],
    ['toy.attention.head_count_kv', { type: 'array', itemType: 'i32', value: Int32Array.of(1, 2, 2) }],
    ['tokenizer.ggml.model', { type: 'string', value: 'gpt2' }],
    ['tokenizer.ggml.tokens', { type: 'array', itemType: 'string', value: GgufStrings.from(['a', '<end>']) }],
    ['tokenizer.ggml.eos_token_id', u32(1)],
    ['tokenizer.chat_template', { type: 'string', value: '{{ messages }}' }],
]);
it('says what a model is and needs', () => {
    const file = path.join(folder, 'toy.gguf');
    writeGguf(file, { ...smallContent(), metadata: model() });
    const summary = inspectGguf(file, { contextSize: 10 });
    assert.equal(summary.name, 'Toy');
    assert.equal(summary.architecture, 'toy');
    assert.equal(summary.parameters, 3 + 64 + 30);
    assert.equal(summary.quantization, 'Q8_0');
    assert.equal(summary.headWidth, 16);
    assert.equal(summary.kvHeads, 2);
    assert.equal(summary.hasChatTemplate, true);
    assert.deepEqual(summary.vocabulary, {
        size: 2,
        type: 'gpt2',
        preTokenizer: undefined,
        special: [{ role: 'end of text', id: 1, text: '<end>' }],
    });
    // Keys and values: 3 layers, 2 heads of 16, 2 bytes each.
    assert.deepEqual(summary.memory, {
        contextSize: 10,
        weightBytes: 12 + 68 + 60,
        kvBytesPerToken: 3 * 2 * 2 * 16 * 2,
        kvBytes: 3840,
        totalBytes: 140 + 3840,
    });
    assert.equal(inspectGguf(file).memory?.contextSize, 100);
    assert.deepEqual(summary.splitFiles, []);
    assert.throws(() => inspectGguf(file, { contextSize: 0.5 }), /contextSize/);
});
it('says little, and no nonsense, of a file that is no model', () => {
    const file = path.join(folder, 'other.gguf');
    writeGguf(file, { metadata: new Map(), tensors: [] });
    const summary = inspectGguf(file);
    assert.equal(summary.architecture, 'unknown');
    assert.equal(summary.quantization, 'none');
    assert.equal(summary.memory, undefined);
});
it('adds up the files of a split model', () => {
    const [first, second] = splitFilesOf(path.join(folder, 'big-00001-of-00002.gguf'));
    assert.equal(path.basename(second), 'big-00002-of-00002.gguf');
    writeGguf(path.join(folder, 'part.gguf'), { ...smallContent(), metadata: model() });
    renameSync(path.join(folder, 'part.gguf'), first);
    writeGguf(second, smallContent());
    const summary = inspectGguf(first);
    assert.equal(summary.splitFiles.length, 2);
    assert.equal(summary.parameters, 2 * (3 + 64 + 30));
});
//# sourceMappingURL=summary.test.js.map