import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { ForetokenError } from '../base/errors.js';
import { bundledTarget } from '../base/bundled.js';
import { findingsIn, readModelFiles, readPlausibleModel } from './plausibility.js';
import { readGgufFrom } from './reader.js';
import { memorySource } from './head-reader.js';
import { GgufStrings } from './strings.js';
import { temporaryFolder } from './test-files.js';
import { tinyModel } from './tiny-model.js';
import { ggufHead, writeGguf } from './writer.js';
const folder = temporaryFolder();
const SMALL = { width: 32, heads: 2, kvHeads: 1, feedForward: 32 };
const u32 = (value) => ({ type: 'u32', value });
const f32 = (value) => ({ type: 'f32', value });
const text = (value) => ({ type: 'string', value });
const strings = (value) => ({
    type: 'array',
    itemType: 'string',
    value: GgufStrings.from(value),
});
/** What is found in a small model after a change; nothing of its weights is made. */
function findings(change) {
    const model = tinyModel(SMALL);
    change(model);
    return findingsIn([read(model)]);
}
function read(content) {
    const head = ggufHead(content);
    return readGgufFrom(memorySource('changed.gguf', head, head.length + 2 ** 30));
}
function errors(change) {
    return findings(change)
        .filter(({ severity }) => severity === 'error')
        .map((finding) => finding.text)
        .join('; ');
}
const tokensOf = ({ metadata }) => {
    const { value } = metadata.get('tokenizer.ggml.tokens');
    return [...value];
};
describe('a sound file', () => {
    it('has nothing wrong with it', () => {
        assert.deepEqual(findings(() => undefined), []);
        assert.deepEqual(findingsIn(readModelFiles(bundledTarget())), []);
    });
    it('may have keys, and be of an architecture, that nobody here knows', () => {
        const unknown = findings(({ metadata }) => {
            metadata.set('llama.something.new', f32(Infinity));
            metadata.set('somebody.own', f32(NaN));
            metadata.set('general.architecture', text('novel'));
            metadata.set('novel.block_count', u32(99));
            metadata.set('novel.context_length', u32(99));
            metadata.set('novel.embedding_length', u32(7));
            metadata.set('novel.attention.head_count', u32(3));
        });
        assert.deepEqual(unknown, []);
    });
    it('may have special tokens that the library ignores', () => {
        const odd = findings(({ metadata }) => {
            metadata.set('tokenizer.ggml.padding_token_id', u32(4_000_000));
            metadata.set('tokenizer.ggml.bos_token_id', u32(2 ** 32 - 1));
        });
        assert.deepEqual(odd.map(({ severity }) => severity), ['warning']);
    });
});
describe('no network has', () => {
    const key = (name, value) => (model) => {
        model.metadata.set(`llama.${name}`, value);
    };
    const cases = [
        ['8191 layers', key('block_count', u32(8191)), /block_count is 8191 instead of .* from 1 to 512/],
        ['no layers', key('block_count', u32(0)), /block_count is 0/],
        ['more layers than tensors', key('block_count', u32(3)), /has no layer 2/],
        ['more tensors than layers', key('block_count', u32(1)), /has a layer 1, and block_count is 1/],
        ['a size of another type', key('block_count', text('two')), /block_count is "two"/],
        ['a norm epsilon that is no number', key('attention.layer_norm_rms_epsilon', f32(NaN)), /epsilon is NaN/],
        [
            'an endless norm epsilon',
            key('attention.layer_norm_rms_epsilon', f32(Infinity)),
            /epsilon is Infinity/,
        ],
        ['a negative norm epsilon', key('attention.layer_norm_rms_epsilon', f32(-1e-5)), /epsilon/],
        ['a norm epsilon of 0', key('attention.layer_norm_rms_epsilon', f32(0)), /epsilon" is 0/],
        ['a rope base that is no number', key('rope.freq_base', f32(NaN)), /freq_base is NaN/],
        ['a rope scaling nobody knows', key('rope.scaling.type', text('yarm')), /"yarm" instead of none, linear/],
        [
            'rope over more than a head',
            key('rope.dimension_count', u32(64)),
            /dimension_count is 64, and heads have 16/,
        ],
        ['an unknown number that is none', key('some.factor', f32(NaN)), /some\.factor" is no number/],
        ['a context of 0', key('context_length', u32(0)), /context_length is 0/],
        ['a width of 0', key('embedding_length', u32(0)), /embedding_length is 0/],
        [
            'another width than its tensors',
            key('embedding_length', u32(64)),
            /is 32.*, and embedding_length is 64/,
        ],
        ['heads that do not divide its width', key('attention.head_count', u32(3)), /no multiple of 3 heads/],
        ['heads that cannot share keys', key('attention.head_count_kv', u32(4)), /2 heads cannot share 4/],
        ['2000 experts', key('expert_count', u32(2000)), /expert_count is 2000/],
        ['experts of which none is used', key('expert_count', u32(8)), /none of 8 experts/],
        ['more experts in use than there are', key('expert_used_count', u32(2)), /2 of 0 experts/],
        ['a sliding window of text', key('attention.sliding_window', text('x')), /sliding_window is "x"/],
    ];
    for (const [what, change, words] of cases)
        it(what, () => {
            assert.match(errors(change), words);
        });
    it('no architecture, or one that is no text', () => {
        assert.match(errors(({ metadata }) => metadata.delete('general.architecture')), /architecture is missing/);
        assert.match(errors(({ metadata }) => metadata.set('general.architecture', u32(7))), /of type u32 instead of text/);
    });
    it('sizes that are missing', () => {
        for (const name of ['block_count', 'embedding_length', 'context_length'])
            assert.match(errors(({ metadata }) => metadata.delete(`llama.${name}`)), new RegExp(`${name}" is missing`));
    });
});
describe('no tensors', () => {
    const change = (name, to) => (model) => {
        const at = model.tensors.findIndex((tensor) => tensor.name === name);
        model.tensors[at] = { ...model.tensors[at], ...to };
    };
    it('are of types that cannot be computed with', () => {
        assert.match(errors(change('blk.0.attn_q.weight', { type: 26 })), /"blk\.0\.attn_q\.weight" is of type I32/);
        assert.match(errors(change('blk.0.attn_norm.weight', { type: 8 })), /attn_norm\.weight" is of type Q8_0/);
    });
    it('have another number of rows than there are words', () => {
        assert.match(errors(change('token_embd.weight', { shape: [32, 5] })), /has 5 rows for \d+ words/);
    });
    it('are without vectors for words, or without layers', () => {
        assert.match(errors(change('token_embd.weight', { name: 'other.weight' })), /no token vectors/);
        assert.match(errors((model) => {
            model.tensors.splice(1, model.tensors.length - 3);
        }), /has no layer/);
    });
    it('lie over each other', () => {
        const file = read(tinyModel(SMALL));
        const tensors = file.tensors.map((tensor, i) => i === 3 ? { ...tensor, offsetBytes: file.tensors[2].offsetBytes } : tensor);
        const [found] = findingsIn([{ ...file, tensors }]);
        assert.match(found.text, /lie over each other/);
    });
});
describe('no vocabulary has', () => {
    const words = (edit) => (model) => {
        const tokens = tokensOf(model);
        edit(tokens);
        model.metadata.set('tokenizer.ggml.tokens', strings(tokens));
    };
    it('a word twice, though one bit makes it so', () => {
        assert.match(errors(words((tokens) => {
            const at = tokens.indexOf('a');
            tokens[at] = String.fromCharCode(tokens[at].charCodeAt(0) ^ 2);
        })), /words \d+ and \d+ of the vocabulary are the same: "c"/);
    });
    it('a damaged word that others are made of', () => {
        const found = errors(words((tokens) => {
            tokens[tokens.indexOf('Ġthe')] = 'Ġtje';
        }));
        // One of the few merges of a tiny model is more than one in a hundred of them.
        assert.equal(found, '');
        const model = tinyModel(SMALL);
        const merges = Array.from({ length: 300 }, () => 'Ġ t');
        model.metadata.set('tokenizer.ggml.merges', strings([...merges, 'Ġ q']));
        assert.match(findingsIn([read(model)])[0].text, /1 of 301 merges join what is not in the vocabulary, such as "Ġ q"/);
    });
    it('lists of fewer entries than it has words; more are only odd', () => {
        assert.match(errors(words((tokens) => tokens.push('more'))), /token_type has \d+ entries for \d+ words/);
        assert.match(errors(({ metadata }) => {
            metadata.set('tokenizer.ggml.scores', { type: 'array', itemType: 'f32', value: Float32Array.of(1) });
        }), /scores has 1 entries/);
        const odd = findings(({ metadata }) => {
            metadata.set('tokenizer.ggml.scores', {
                type: 'array',
                itemType: 'f32',
                value: new Float32Array(5000),
            });
        });
        assert.deepEqual(odd.map(({ severity }) => severity), ['warning']);
    });
    it('words of unknown kinds, scores that are no numbers', () => {
        const set = (name, value) => (model) => {
            model.metadata.set(`tokenizer.ggml.${name}`, value);
        };
        const { length } = tokensOf(tinyModel(SMALL));
        const kinds = new Int32Array(length).fill(1).fill(99, 7, 8);
        const scores = new Float32Array(length).fill(NaN, 3, 4);
        assert.match(errors(set('token_type', { type: 'array', itemType: 'i32', value: kinds })), /word 7 .* kind 99/);
        assert.match(errors(set('scores', { type: 'array', itemType: 'f32', value: scores })), /no number/);
    });
    it('an end of text outside of it', () => {
        assert.match(errors(({ metadata }) => metadata.set('tokenizer.ggml.eos_token_id', u32(999_999))), /eos_token_id is 999999, and the vocabulary has \d+ words/);
    });
    it('a beginning of text that is to be there and is not', () => {
        assert.match(errors(({ metadata }) => {
            metadata.set('tokenizer.ggml.add_bos_token', { type: 'bool', value: true });
            metadata.set('tokenizer.ggml.pre', text('glm4'));
        }), /begin with a token that the vocabulary lacks/);
    });
    it('bytes that cannot be written', () => {
        const bytes = Array.from({ length: 256 }, (_, i) => `<0x${i.toString(16).toUpperCase().padStart(2, '0')}>`);
        const model = (edit) => (changed) => {
            const tokens = tokensOf(changed).map((word, i) => bytes[i] ?? word);
            edit(tokens);
            changed.metadata.set('tokenizer.ggml.model', text('llama'));
            changed.metadata.set('tokenizer.ggml.tokens', strings(tokens));
        };
        assert.equal(errors(model(() => undefined)), '');
        assert.match(errors(model((tokens) => {
            tokens[0xe2] = 'x';
        })), /no word <0xE2> for a byte/);
    });
    it('words that are no UTF-8', () => {
        assert.match(errors((model) => {
            const entry = model.metadata.get('tokenizer.ggml.tokens').value;
            const bytes = entry.bytes.slice();
            bytes[bytes.length - 1] = 0xff;
            model.metadata.set('tokenizer.ggml.tokens', {
                type: 'array',
                itemType: 'string',
                value: new GgufStrings(bytes, entry.ends),
            });
        }), /word \d+ of the vocabulary is no valid UTF-8/);
    });
});
describe('an adapter', () => {
    const adapter = (alpha, rank) => ({
        metadata: new Map([
            ['general.type', text('adapter')],
            ['general.architecture', text('llama')],
            ['adapter.type', text('lora')],
            ['adapter.lora.alpha', f32(alpha)],
        ]),
        tensors: [
            {
                name: 'blk.0.attn_q.weight.lora_a',
                shape: [32, rank],
                type: 0,
                data: () => new Uint8Array(128 * rank),
            },
            { name: 'blk.0.attn_q.weight.lora_b', shape: [4, 32], type: 0, data: () => new Uint8Array(512) },
        ],
    });
    it('has pairs of one rank, and a number for alpha', () => {
        assert.deepEqual(findingsIn([read(adapter(4, 4))]), []);
        assert.match(findingsIn([read(adapter(4, 2))])[0].text, /differ in rank/);
        assert.match(findingsIn([read(adapter(NaN, 4))])[0].text, /alpha is NaN/);
    });
});
describe('reading a model', () => {
    it('refuses what is implausible with a reason, on one line whatever the file holds', () => {
        const model = tinyModel(SMALL);
        model.metadata.set('llama.block_count', u32(8191));
        model.metadata.set('llama.rope.scaling.type', text('\u001b[31m\nred'));
        const file = path.join(folder, 'implausible.gguf');
        writeGguf(file, model);
        assert.throws(() => readPlausibleModel(file), (error) => {
            assert.ok(error instanceof ForetokenError && error.code === 'invalid_gguf');
            assert.match(error.message, /implausible\.gguf is not a usable model: .*block_count is 8191/);
            // eslint-disable-next-line no-control-regex -- none is to be there
            assert.doesNotMatch(error.message, /[\u0000-\u001f]/);
            return true;
        });
    });
    it('wants all files of a split one', () => {
        const file = path.join(folder, 'split-00001-of-00002.gguf');
        writeGguf(path.join(folder, 'part.gguf'), tinyModel(SMALL));
        renameSync(path.join(folder, 'part.gguf'), file);
        assert.throws(() => readModelFiles(file), {
            code: 'file_not_found',
            message: /split-00002-of-00002\.gguf/,
        });
    });
});
//# sourceMappingURL=plausibility.test.js.map