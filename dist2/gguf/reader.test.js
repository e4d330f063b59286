import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { dequantize } from './quantization.js';
import { readGguf, readTensorBytes } from './reader.js';
import { GgufStrings } from './strings.js';
import { metadataOfEveryType, numbers, smallContent, temporaryFolder } from './test-files.js';
import { writeGguf } from './writer.js';
const folder = temporaryFolder();
const small = path.join(folder, 'small.gguf');
writeGguf(small, smallContent());
const smallBytes = readFileSync(small);
function refuses(file, code, words) {
    assert.throws(() => readGguf(file), (error) => {
        assert.ok(error instanceof ForetokenError, String(error));
        assert.equal(error.code, code);
        assert.match(error.message, words);
        assert.ok(error.message.includes(file), `the message names the file: ${error.message}`);
        return true;
    });
}
function written(name, bytes) {
    const file = path.join(folder, name);
    writeFileSync(file, bytes);
    return file;
}
/** The small file with some of its bytes replaced. */
function patched(name, at, bytes) {
    const copy = Buffer.from(smallBytes);
    copy.set(bytes, at);
    return written(name, copy);
}
const u32 = (value) => Buffer.from(Uint32Array.of(value).buffer);
const u64 = (value) => Buffer.from(BigUint64Array.of(value).buffer);
const plain = (value) => value.value instanceof GgufStrings ? { ...value, value: [...value.value] } : value;
describe('a GGUF file', () => {
    it('gives back what was written', () => {
        const file = readGguf(small);
        assert.equal(file.version, 3);
        assert.equal(file.fileBytes, smallBytes.length);
        assert.deepEqual([...file.metadata.keys()], [...metadataOfEveryType().keys()]);
        for (const [key, value] of metadataOfEveryType())
            assert.deepEqual(plain(file.metadata.get(key)), plain(value), key);
        assert.deepEqual(file.tensors.map(({ name, shape, type }) => [name, shape, type]), [
            ['one', [3], 0],
            ['two', [32, 2], 8],
            ['three', [5, 2, 3, 1], 1],
        ]);
        const [one, , three] = file.tensors;
        assert.deepEqual(dequantize(readTensorBytes(file, one), one.type), numbers(3));
        dequantize(readTensorBytes(file, three), three.type).forEach((value, i) => {
            assert.ok(Math.abs(value - numbers(30)[i]) < 0.005);
        });
    });
    it('is written in the same bytes again', () => {
        const copy = path.join(folder, 'copy.gguf');
        const file = readGguf(small);
        writeGguf(copy, {
            metadata: file.metadata,
            tensors: file.tensors.map((tensor) => ({ ...tensor, data: () => readTensorBytes(file, tensor) })),
        });
        assert.ok(readFileSync(copy).equals(smallBytes));
    });
    it('may be aligned differently', () => {
        const file = path.join(folder, 'aligned.gguf');
        const content = smallContent();
        const metadata = new Map(content.metadata).set('general.alignment', { type: 'u32', value: 256 });
        writeGguf(file, { ...content, metadata });
        for (const { offsetBytes } of readGguf(file).tensors)
            assert.equal(offsetBytes % 256, 0);
    });
    it('is refused at every length but its own', () => {
        const cut = path.join(folder, 'cut.gguf');
        for (let length = 0; length < smallBytes.length; length++) {
            writeFileSync(cut, smallBytes.subarray(0, length));
            // What follows the last tensor is padding, which may be missing.
            const { offsetBytes, sizeBytes } = readGguf(small).tensors.at(-1);
            if (length >= offsetBytes + sizeBytes)
                assert.equal(readGguf(cut).tensors.length, 3);
            else
                refuses(cut, 'invalid_gguf', length === 0 ? /empty/ : /ends at|the most possible/);
        }
    });
    it('survives every single damaged byte of its head', () => {
        const damaged = path.join(folder, 'damaged.gguf');
        const { dataOffsetBytes } = readGguf(small);
        for (let at = 0; at < dataOffsetBytes; at++)
            for (const byte of [0x00, 0x7f, 0xff]) {
                const copy = Buffer.from(smallBytes);
                copy[at] = byte;
                writeFileSync(damaged, copy);
                try {
                    readGguf(damaged);
                }
                catch (error) {
                    assert.ok(error instanceof ForetokenError && error.code === 'invalid_gguf', String(error));
                }
            }
    });
});
describe('what is not a GGUF file is refused with a reason:', () => {
    it('nothing there', () => {
        refuses(path.join(folder, 'missing.gguf'), 'file_not_found', /no such file/);
    });
    it('a folder', () => {
        mkdirSync(path.join(folder, 'folder.gguf'));
        refuses(path.join(folder, 'folder.gguf'), 'invalid_gguf', /not a file/);
    });
    it('an empty file', () => {
        refuses(written('empty.gguf', Buffer.alloc(0)), 'invalid_gguf', /empty/);
    });
    it('another format', () => {
        refuses(written('page.gguf', Buffer.from('<!DOCTYPE html>'.repeat(9))), 'invalid_gguf', /"GGUF"/);
    });
    it('another version', () => {
        refuses(patched('v1.gguf', 4, u32(1)), 'invalid_gguf', /version is 1/);
        refuses(patched('v9.gguf', 4, u32(9)), 'invalid_gguf', /version is 9/);
    });
    it('absurd counts', () => {
        refuses(patched('tensors.gguf', 8, u64(2n ** 63n)), 'invalid_gguf', /number of tensors/);
        refuses(patched('entries.gguf', 16, u64(2n ** 40n)), 'invalid_gguf', /number of metadata/);
        refuses(patched('key.gguf', 24, u64(2n ** 50n)), 'invalid_gguf', /length of a metadata key/);
    });
    it('an array longer than the file', () => {
        const at = smallBytes.indexOf('a.words') + 'a.words'.length + 8;
        refuses(patched('words.gguf', at, u64(10n ** 9n)), 'invalid_gguf', /length of "a.words"/);
        const floats = smallBytes.indexOf('a.floats') + 'a.floats'.length + 8;
        refuses(patched('floats.gguf', floats, u64(10n ** 9n)), 'invalid_gguf', /length of "a.floats"/);
    });
    it('an unknown value type', () => {
        const at = smallBytes.indexOf('a.u8') + 'a.u8'.length;
        refuses(patched('type.gguf', at, u32(77)), 'invalid_gguf', /unknown type 77/);
    });
    it('a tensor of an unknown type, an impossible shape, no whole blocks, or misaligned', () => {
        const two = smallBytes.lastIndexOf('two') + 'two'.length;
        refuses(patched('t-type.gguf', two + 20, u32(5)), 'invalid_gguf', /"two" has the unknown type 5/);
        refuses(patched('t-dims.gguf', two, u32(9)), 'invalid_gguf', /9 dimensions/);
        refuses(patched('t-zero.gguf', two + 4, u64(0n)), 'invalid_gguf', /impossible shape/);
        refuses(patched('t-large.gguf', two + 4, u64(2n ** 48n)), 'invalid_gguf', /impossible shape/);
        refuses(patched('t-block.gguf', two + 4, u64(33n)), 'invalid_gguf', /no multiple/);
        refuses(patched('t-place.gguf', two + 24, u64(33n)), 'invalid_gguf', /not aligned/);
    });
    it('a tensor beyond the end', () => {
        const two = smallBytes.lastIndexOf('two') + 'two'.length;
        refuses(patched('t-end.gguf', two + 24, u64(2n ** 40n)), 'invalid_gguf', /the file ends at/);
    });
});
describe('writing', () => {
    it('leaves nothing behind when it fails', () => {
        const inside = path.join(folder, 'inside');
        mkdirSync(inside);
        const content = smallContent();
        const broken = { ...content.tensors[0], data: () => new Uint8Array(1) };
        assert.throws(() => {
            writeGguf(path.join(inside, 'x.gguf'), { ...content, tensors: [broken] });
        }, /Broken invariant/);
        assert.deepEqual(readdirSync(inside), []);
    });
    it('says where it cannot write', () => {
        assert.throws(() => {
            writeGguf(path.join(folder, 'no', 'where.gguf'), smallContent());
        }, /Cannot write .*where\.gguf/);
    });
});
//# sourceMappingURL=reader.test.js.map