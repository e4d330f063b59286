/**
 * What no network can be, whatever its architecture: sizes that contradict each other or the tensors, and numbers for
 * which llama.cpp ends the process (`llama_model_base::load_hparams`). Keys and architectures that are not known here
 * are left to the library.
 */
import { quoted } from './head-reader.js';
import { TENSOR_TYPES } from './types.js';
/** Of the library: LLAMA_MAX_LAYERS and LLAMA_MAX_EXPERTS. */
const MOST_LAYERS = 512;
const MOST_EXPERTS = 1024;
const MOST_WIDTH = 1 << 20;
const MOST_HEADS = 1 << 16;
const MOST_HEAD_WIDTH = 1 << 16;
const MOST_FEED_FORWARD = 1 << 24;
/** Positions are 32-bit numbers. */
const MOST_POSITIONS = 2 ** 31 - 1;
/** Their layers are all alike, of attention and a feed-forward network. */
const PLAIN = new Set('llama qwen qwen2 qwen3 gemma gemma2 gemma3 phi2 phi3 stablelm internlm2 olmo olmo2 starcoder2 exaone exaone4 smollm3 glm4 granite xverse orion mistral3'.split(' '));
/** Their token vectors are those of another model. */
const OTHER_VOCABULARY = new Set(['clip', 'eagle3', 'dflash', 'wavtokenizer-dec']);
const ROPE_SCALINGS = ['none', 'linear', 'yarn', 'longrope'];
const NO_WEIGHTS = new Set(['Q8_1', 'Q8_K', 'I8', 'I16', 'I32', 'I64', 'F64']);
const VECTORS = new Set(['F32', 'F16', 'BF16']);
export function checkNetwork(findings, tensors) {
    const architecture = findings.text('general.architecture');
    if (architecture === undefined) {
        if (!findings.metadata.has('general.architecture'))
            findings.error('general.architecture is missing');
        return;
    }
    // An architecture of which the file says nothing is a wrong name, and the library has words for that.
    const isDescribed = [...findings.metadata.keys()].some((key) => key.startsWith(`${architecture}.`));
    if (architecture === 'clip' || !isDescribed)
        return;
    const key = (name) => `${architecture}.${name}`;
    const layers = findings.integer(key('block_count'), 1, MOST_LAYERS);
    const width = findings.integer(key('embedding_length'), 1, MOST_WIDTH);
    findings.integer(key('context_length'), 1, MOST_POSITIONS);
    for (const name of ['block_count', 'embedding_length', 'context_length'])
        if (tensors.length > 0 && !findings.metadata.has(key(name)))
            findings.error(`${quoted(key(name))} is missing`);
    findings.integers(key('feed_forward_length'), 0, MOST_FEED_FORWARD);
    findings.integers(key('attention.sliding_window'), 0, MOST_POSITIONS);
    checkHeads(findings, key, architecture, width);
    checkExperts(findings, key, architecture);
    checkNumbers(findings, architecture);
    const scaling = findings.text(key('rope.scaling.type'));
    if (scaling !== undefined && !ROPE_SCALINGS.includes(scaling))
        findings.error(`${key('rope.scaling.type')} is ${quoted(scaling)} instead of ${ROPE_SCALINGS.join(', ')}`);
    const next = findings.integer(key('nextn_predict_layers'), 0, layers ?? MOST_LAYERS) ?? 0;
    if (tensors.length === 0)
        return;
    if (layers !== undefined)
        checkLayers(findings, tensors, layers, next, PLAIN.has(architecture));
    checkTypes(findings, tensors);
    checkShapes(findings, tensors, architecture, width);
}
function checkHeads(findings, key, architecture, width) {
    const heads = findings.integers(key('attention.head_count'), 0, MOST_HEADS);
    const kvHeads = findings.integers(key('attention.head_count_kv'), 0, MOST_HEADS);
    const at = (values, layer) => typeof values === 'number' ? values : (values[layer] ?? 0);
    if (heads !== undefined && kvHeads !== undefined) {
        const layers = Math.max(lengthOf(heads), lengthOf(kvHeads));
        for (let layer = 0; layer < layers; layer++) {
            const [all, kv] = [at(heads, layer), at(kvHeads, layer)];
            if (kv === 0 || all % kv === 0)
                continue;
            findings.error(`${all} heads cannot share ${kv} heads of keys and values (attention.head_count_kv)`);
            break;
        }
    }
    const keyLength = findings.integer(key('attention.key_length'), 1, MOST_HEAD_WIDTH);
    findings.integer(key('attention.value_length'), 1, MOST_HEAD_WIDTH);
    const rope = findings.integers(key('rope.dimension_count'), 0, MOST_HEAD_WIDTH);
    if (!PLAIN.has(architecture) || typeof heads !== 'number' || width === undefined)
        return;
    if (heads === 0)
        findings.error(`${key('attention.head_count')} is 0`);
    else if (keyLength === undefined && width % heads !== 0)
        findings.error(`embedding_length ${width} is no multiple of ${heads} heads`);
    else if (typeof rope === 'number' && rope > (keyLength ?? width / heads))
        findings.error(`${key('rope.dimension_count')} is ${rope}, and heads have ${keyLength ?? width / heads}`);
}
const lengthOf = (values) => typeof values === 'number' ? 1 : values.length;
/** As the library asserts it. */
function checkExperts(findings, key, architecture) {
    const experts = findings.integer(key('expert_count'), 0, MOST_EXPERTS) ?? 0;
    const used = findings.integers(key('expert_used_count'), 0, MOST_EXPERTS) ?? 0;
    const groups = findings.integer(key('expert_group_count'), 0, MOST_EXPERTS) ?? 0;
    const groupsUsed = findings.integer(key('expert_group_used_count'), 0, MOST_EXPERTS) ?? 0;
    // Dense networks of this family have one expert, and the library takes it for none.
    if (architecture.startsWith('hunyuan') && experts <= 1)
        return;
    const most = typeof used === 'number' ? used : used.reduce((a, b) => Math.max(a, b), 0);
    if (most > experts)
        findings.error(`${most} of ${experts} experts are to be used`);
    else if (experts > 0 && most === 0)
        findings.error(`none of ${experts} experts is to be used`);
    else if (experts === 0 ? groups > 0 : groups >= experts)
        findings.error(`${experts} experts are in ${groups} groups`);
    else if (groups > 1 && (experts % groups !== 0 || groupsUsed === 0 || groupsUsed >= groups))
        findings.error(`${groupsUsed} of ${groups} groups of ${experts} experts are to be used`);
}
/** Numbers that are multiplied with everything: none may be NaN, and most must be finite. */
function checkNumbers(findings, architecture) {
    for (const [key, { type }] of findings.metadata) {
        if ((type !== 'f32' && type !== 'f64') || !key.startsWith(`${architecture}.`))
            continue;
        const name = key.slice(architecture.length + 1);
        if (/norm(_rms)?_epsilon$/.test(name)) {
            if (findings.number(key, 0, 1) === 0)
                findings.error(`${quoted(key)} is 0`);
        }
        else if (/^rope\.(freq_base|scaling\.|scale)/.test(name))
            findings.number(key, 0);
        else if (/(softcapping|_scale|\.scale|clamp_kqv|alibi_bias)$/.test(name))
            findings.number(key);
        else if (Number.isNaN(findings.metadata.get(key)?.value))
            findings.error(`${quoted(key)} is no number`);
    }
}
/** Layers count from 0, and each has tensors. (Those that predict further tokens may be left out, or alone.) */
function checkLayers(findings, tensors, layers, next, plain) {
    const seen = new Set();
    for (const { name } of tensors) {
        const match = /^blk\.(\d{1,9})\./.exec(name);
        if (match !== null)
            seen.add(Number(match[1]));
    }
    if (seen.size === 0) {
        if (plain)
            findings.error(`the file has no layer, and block_count is ${layers}`);
        return;
    }
    for (const layer of seen)
        if (layer >= layers) {
            findings.error(`the file has a layer ${layer}, and block_count is ${layers}`);
            return;
        }
    if (!plain || next > 0 || seen.size === layers)
        return;
    const missing = Array.from({ length: layers }, (_, layer) => layer).find((layer) => !seen.has(layer));
    findings.error(`block_count is ${layers}, and the file has no layer ${missing ?? layers}`);
}
/** Matrices that are multiplied are of numbers or blocks of them; what is added or scales is not in blocks. */
function checkTypes(findings, tensors) {
    for (const { name, type } of tensors) {
        const typeName = TENSOR_TYPES.get(type).name;
        const matrix = /(^|\.)(token_embd|output|attn_[a-z_]+|ffn_(up|down|gate)(_exps|_shexp)?)\.weight$/.test(name);
        const vector = /_norm\.weight$/.test(name) || /\.bias$/.test(name);
        if (vector ? !VECTORS.has(typeName) && !/tid2eid/.test(name) : matrix && NO_WEIGHTS.has(typeName)) {
            findings.error(`tensor ${quoted(name)} is of type ${typeName}, which it cannot be`);
            return;
        }
    }
}
function checkShapes(findings, tensors, architecture, width) {
    const tokens = findings.metadata.get('tokenizer.ggml.tokens');
    const model = findings.metadata.get('tokenizer.ggml.model')?.value;
    const words = model === 'no_vocab' || model === 'none' ? undefined : tokens;
    for (const { name, shape } of tensors) {
        const isVectors = name === 'token_embd.weight' || name === 'output.weight';
        if (isVectors && words?.type === 'array' && !OTHER_VOCABULARY.has(architecture)) {
            if (name === 'token_embd.weight' && (shape[1] ?? 1) !== words.value.length)
                findings.error(`${quoted(name)} has ${shape[1] ?? 1} rows for ${words.value.length} words`);
        }
        if (!PLAIN.has(architecture) || width === undefined)
            continue;
        const isWide = isVectors || name === 'output_norm.weight' || /^blk\.\d+\.(attn|ffn)_norm\.weight$/.test(name);
        if (isWide && shape[0] !== width)
            findings.error(`tensor ${quoted(name)} is ${shape.join(' x ')}, and embedding_length is ${width}`);
    }
    if (PLAIN.has(architecture) && !tensors.some(({ name }) => name === 'token_embd.weight'))
        findings.error('the file has no token vectors (token_embd.weight)');
}
//# sourceMappingURL=network-findings.js.map