/**
 * Writes small models that are valid in every respect: `llama` networks of seeded random weights behind a byte-level
 * BPE vocabulary with the special tokens of ChatML. They stand in where a test needs a model of a certain shape or
 * type: F32 and F16 are written here, and `llama/quantize.ts` makes every other type of them.
 */
import { fillNormal, randomNumbers } from '../base/random.js';
import { quantize } from './quantization.js';
import { GgufStrings } from './strings.js';
import { TENSOR_TYPE } from './types.js';
import { writeGguf } from './writer.js';
/** The pairs that the vocabulary joins, most important first; `Ġ` is the space of byte-level BPE. */
const MERGES = 'Ġ t|h e|Ġ a|i n|e r|o n|Ġ s|r e|Ġ w|Ġt he|a t|e n|Ġ c|o r|i s|i t|Ġ o|e s|a n|n d|o u|Ġ b|Ġ f|Ġ m|in g|a l|Ġ p|' +
    'e d|Ġa nd|a r|o m|l e|Ġt o|Ġo f|a s|i c|Ġ h|Ġ d|Ġ in|l l|Ġ l|Ġ n|u t|r o|Ġ e|Ġ g|o w|Ġ is|s t|v e|Ġ y|Ġy ou|i d|l o';
const SPECIAL = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];
const CONTROL = 3;
const CHAT_TEMPLATE = "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>\\n' }}" +
    "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";
/** Writes `file`, whole or not at all. With the same options it has the same bytes. */
export function writeTinyModel(file, options = {}) {
    writeGguf(file, tinyModel(options));
}
/** What `writeTinyModel` writes, to be changed before it is written. */
export function tinyModel(options = {}) {
    const { layers = 2, width = 256, heads = 4, kvHeads = 2, feedForward = 512, contextLength = 512 } = options;
    const tokens = [...byteCharacters(), ...MERGES.split('|').map((pair) => pair.replace(' ', '')), ...SPECIAL];
    const metadata = new Map([
        ['general.architecture', text('llama')],
        ['general.type', text('model')],
        ['general.name', text('Tiny')],
        ['general.license', text('apache-2.0')],
        ['general.file_type', u32(options.type === 'F16' ? 1 : 0)],
        ['llama.context_length', u32(contextLength)],
        ['llama.vocab_size', u32(tokens.length)],
        ['llama.embedding_length', u32(width)],
        ['llama.block_count', u32(layers)],
        ['llama.feed_forward_length', u32(feedForward)],
        ['llama.attention.head_count', u32(heads)],
        ['llama.attention.head_count_kv', u32(kvHeads)],
        ['llama.attention.layer_norm_rms_epsilon', f32(1e-5)],
        ['llama.rope.dimension_count', u32(width / heads)],
        ['llama.rope.freq_base', f32(10000)],
        ['tokenizer.ggml.model', text('gpt2')],
        ['tokenizer.ggml.pre', text('gpt-2')],
        ['tokenizer.ggml.tokens', strings(tokens)],
        ['tokenizer.ggml.token_type', tokenTypes(tokens)],
        ['tokenizer.ggml.merges', strings(MERGES.split('|'))],
        ['tokenizer.ggml.eos_token_id', u32(tokens.indexOf('<|im_end|>'))],
        ['tokenizer.ggml.padding_token_id', u32(tokens.indexOf('<|endoftext|>'))],
        ['tokenizer.ggml.add_bos_token', { type: 'bool', value: false }],
        ['tokenizer.chat_template', text(CHAT_TEMPLATE)],
    ]);
    return { metadata, tensors: networkTensors(options, tokens.length) };
}
function networkTensors(options, vocabularySize) {
    const { layers = 2, width = 256, heads = 4, kvHeads = 2, feedForward = 512, seed = 1 } = options;
    const kvWidth = (width / heads) * kvHeads;
    const matrixType = TENSOR_TYPE[options.type ?? 'F32'];
    const tensors = [];
    /** Each tensor has numbers of its own, whatever else there is and in whatever order it is asked for. */
    const matrix = (name, fast, slow, deviation) => {
        const own = seed * 1_000_003 + tensors.length;
        const data = () => quantize(fillNormal(new Float32Array(fast * slow), deviation, randomNumbers(own)), matrixType);
        tensors.push({ name, shape: [fast, slow], type: matrixType, data });
    };
    const norm = (name) => {
        const data = () => quantize(new Float32Array(width).fill(1), TENSOR_TYPE.F32);
        tensors.push({ name, shape: [width], type: TENSOR_TYPE.F32, data });
    };
    matrix('token_embd.weight', width, vocabularySize, options.tied === true ? 1 / Math.sqrt(width) : 1);
    for (let layer = 0; layer < layers; layer++) {
        const named = (part) => `blk.${layer}.${part}.weight`;
        norm(named('attn_norm'));
        // Keys and queries are large enough for attention that looks at some tokens more than at others.
        matrix(named('attn_q'), width, width, 1.5 / Math.sqrt(width));
        matrix(named('attn_k'), width, kvWidth, 1.5 / Math.sqrt(width));
        matrix(named('attn_v'), width, kvWidth, 1 / Math.sqrt(width));
        matrix(named('attn_output'), width, width, 1 / Math.sqrt(width));
        norm(named('ffn_norm'));
        matrix(named('ffn_gate'), width, feedForward, 1 / Math.sqrt(width));
        matrix(named('ffn_up'), width, feedForward, 1 / Math.sqrt(width));
        matrix(named('ffn_down'), feedForward, width, 1 / Math.sqrt(feedForward));
    }
    norm('output_norm.weight');
    if (options.tied !== true)
        matrix('output.weight', width, vocabularySize, 2 / Math.sqrt(width));
    return tensors;
}
/**
 * The characters that byte-level BPE writes for the bytes 0 to 255 (GPT-2): printable ones stand for themselves, the
 * others for the characters from U+0100 on.
 */
export function byteCharacters() {
    let next = 0x100;
    return Array.from({ length: 256 }, (_, byte) => {
        const printable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xff && byte !== 0xad);
        return String.fromCodePoint(printable ? byte : next++);
    });
}
const text = (value) => ({ type: 'string', value });
const u32 = (value) => ({ type: 'u32', value });
const f32 = (value) => ({ type: 'f32', value });
const strings = (value) => ({
    type: 'array',
    itemType: 'string',
    value: GgufStrings.from(value),
});
function tokenTypes(tokens) {
    const special = new Set(SPECIAL);
    const value = Int32Array.from(tokens, (token) => (special.has(token) ? CONTROL : 1));
    return { type: 'array', itemType: 'i32', value };
}
//# sourceMappingURL=tiny-model.js.map