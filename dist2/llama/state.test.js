import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { position, sequenceId, token } from '../base/types.js';
import { LlamaDecoder } from './context.js';
import { LlamaModel } from './model.js';
import { restoreSequence, restoreSequenceFile, saveSequence, saveSequenceFile } from './state.js';
import { DEMO_MODEL, temporaryFolder } from './test-models.js';
const [A, B] = [sequenceId(0), sequenceId(1)];
const TEXT = [5, 9, 17, 33, 21, 12];
describe('state of a sequence', () => {
    const model = LlamaModel.load(DEMO_MODEL);
    const decoder = new LlamaDecoder(model, { contextSize: 256, maxSequences: 2, threads: 1 });
    const folder = temporaryFolder();
    after(() => {
        decoder.dispose();
        model.dispose();
    });
    const run = (sequence, ids) => {
        const from = decoder.lengthOf(sequence);
        decoder.batch.clear();
        ids.forEach((id, i) => decoder.batch.add(token(id), position(from + i), sequence, i === ids.length - 1));
        assert.equal(decoder.decode(), 'done');
        return decoder.logits(0).slice();
    };
    it('goes on from bytes as if nothing had been', () => {
        run(A, TEXT);
        const state = saveSequence(decoder, A);
        const expected = run(A, [40]);
        decoder.clear();
        run(B, [1, 2, 3]);
        restoreSequence(decoder, B, state);
        assert.equal(decoder.lengthOf(B), TEXT.length);
        assert.deepEqual(run(B, [40]), expected);
    });
    it('goes on from a file, and gives its tokens back', () => {
        const file = path.join(folder, 'sequence.state');
        decoder.clear();
        run(A, TEXT);
        saveSequenceFile(decoder, A, Int32Array.from(TEXT), file);
        saveSequenceFile(decoder, A, Int32Array.from(TEXT), file);
        assert.deepEqual(readdirSync(folder), ['sequence.state'], 'no temporary file stays');
        const expected = run(A, [40]);
        assert.deepEqual([...restoreSequenceFile(decoder, B, file)], TEXT);
        assert.deepEqual(run(B, [40]), expected);
    });
    it('refuses what is damaged, and leaves the sequence empty', () => {
        decoder.clear();
        run(A, TEXT);
        const state = saveSequence(decoder, A);
        for (const bad of [new Uint8Array(), state.subarray(0, state.length / 2), new Uint8Array(100)]) {
            run(B, [1]);
            assert.throws(() => {
                restoreSequence(decoder, B, bad);
            }, { code: 'invalid_request' });
            assert.equal(decoder.lengthOf(B), 0);
        }
        assert.equal(decoder.lengthOf(A), TEXT.length, 'others are left alone');
        const file = path.join(folder, 'damaged.state');
        saveSequenceFile(decoder, A, Int32Array.from(TEXT), file);
        const bytes = readFileSync(file);
        for (const at of [0, 9, 20, 60, bytes.length - 1]) {
            const damaged = Buffer.from(bytes);
            damaged[at] ^= 0x40;
            // A changed token is not noticed here: the tokens are the caller's.
            if (at >= 12 && at < 12 + 4 * TEXT.length)
                continue;
            writeFileSync(file, damaged);
            assert.throws(() => restoreSequenceFile(decoder, B, file), { code: 'invalid_request' }, `byte ${at}`);
        }
        writeFileSync(file, bytes.subarray(0, 30));
        assert.throws(() => restoreSequenceFile(decoder, B, file), { code: 'invalid_request' });
        assert.throws(() => restoreSequenceFile(decoder, B, path.join(folder, 'none')), {
            code: 'file_not_found',
        });
    });
});
//# sourceMappingURL=state.test.js.map