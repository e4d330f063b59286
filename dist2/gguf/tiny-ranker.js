/** A tiny model that ranks, for tests: a `qwen3` network of seeded random weights with a head of two classes. */
import { fillNormal, randomNumbers } from '../base/random.js';
import { quantize } from './quantization.js';
import { GgufStrings } from './strings.js';
import { tinyModel } from './tiny-model.js';
import { TENSOR_TYPE } from './types.js';
import { writeGguf } from './writer.js';
const WIDTH = 64;
const HEADS = 4;
const LAYERS = 2;
const RANK_POOLING = 4;
/** @param options `template`: text of `tokenizer.chat_template.rerank`; `ranks: false`: the same without its pooling */
export function writeTinyRanker(file, { template, ranks = true } = {}) {
    const base = tinyModel({ width: WIDTH, heads: HEADS, kvHeads: 2, feedForward: 128, layers: LAYERS });
    const metadata = new Map();
    for (const [key, value] of base.metadata)
        metadata.set(key.replace(/^llama\./, 'qwen3.'), value);
    metadata.set('general.architecture', { type: 'string', value: 'qwen3' });
    if (ranks)
        metadata.set('qwen3.pooling_type', { type: 'u32', value: RANK_POOLING });
    metadata.set('qwen3.classifier.output_labels', {
        type: 'array',
        itemType: 'string',
        value: GgufStrings.from(['yes', 'no']),
    });
    if (template !== undefined)
        metadata.set('tokenizer.chat_template.rerank', { type: 'string', value: template });
    writeGguf(file, { metadata, tensors: [...base.tensors, ...norms(), head()] });
}
/** Of queries and keys, which `qwen3` has for each layer. */
function norms() {
    return Array.from({ length: LAYERS }, (_, layer) => layer).flatMap((layer) => ['attn_q_norm', 'attn_k_norm'].map((part) => ({
        name: `blk.${layer}.${part}.weight`,
        shape: [WIDTH / HEADS],
        type: TENSOR_TYPE.F32,
        data: () => quantize(new Float32Array(WIDTH / HEADS).fill(1), TENSOR_TYPE.F32),
    })));
}
/** [class × width], the first class being the one that fits. */
export const rankerHead = () => fillNormal(new Float32Array(WIDTH * 2), 1 / Math.sqrt(WIDTH), randomNumbers(99));
function head() {
    const data = () => quantize(rankerHead(), TENSOR_TYPE.F32);
    return { name: 'cls.output.weight', shape: [WIDTH, 2], type: TENSOR_TYPE.F32, data };
}
//# sourceMappingURL=tiny-ranker.js.map