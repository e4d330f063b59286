/** Rotates slowly enough that most pairs of a head of 64 compare contents and not positions. */
export const COPY_ROPE_BASE = 1e6;
/** Distance over which compared pairs shall turn by less than one radian. */
const COPY_DISTANCE = 256;
/** Pairs with the fastest rotation, which tell neighbours apart. */
const PLACE_PAIRS = 6;
/** Logits by which the right place beats the others, as a softmax sees them. */
const SHARPNESS = 12;
/** What the constant weighs beside a code of unit variance. */
const CONSTANT = 4;
/** The copied code is written louder than the token's own. */
const COPY_GAIN = 2;
/** Logit of a token that is copied with certainty. */
const COPY_LOGIT = 6;
export function codeWidth(shape) {
    return Math.min(Math.floor((shape.width - 8) / 3), shape.width / shape.heads);
}
/** The circuit needs two layers, and heads wide enough to tell tokens apart. */
export function canCopy(shape) {
    return shape.layers >= 2 && shape.width / shape.heads >= 48 && codeWidth(shape) >= 24;
}
/**
 * Makes codes from projected token vectors [rows, width], in place: centred, of equal variance in each
 * direction, of equal length for each token, so that the network's norms act on all tokens alike.
 */
export function whiten(codes, rows, width) {
    for (let column = 0; column < width; column++) {
        let mean = 0;
        for (let row = 0; row < rows; row++)
            mean += codes[row * width + column] / rows;
        let variance = 0;
        for (let row = 0; row < rows; row++)
            variance += (codes[row * width + column] - mean) ** 2 / rows;
        const scale = 1 / (Math.sqrt(variance) || 1);
        for (let row = 0; row < rows; row++)
            codes[row * width + column] = (codes[row * width + column] - mean) * scale;
    }
    for (let row = 0; row < rows; row++) {
        const code = codes.subarray(row * width, (row + 1) * width);
        const length = Math.hypot(...code) || 1;
        for (let i = 0; i < width; i++)
            code[i] = (code[i] * Math.sqrt(width)) / length;
    }
    return codes;
}
/** Writes the circuit into head 0 of layers 0 and 1, the token vectors and the output head. */
export function buildCopyCircuit(weights, shape, codes) {
    const { width, heads, vocabularySize } = shape;
    const headWidth = width / heads;
    const code = codeWidth(shape);
    const [b, c, constant] = [code, 2 * code, width - 1];
    const get = (name) => weights.get(`${name}.weight`);
    /** Sets what output `row` takes from input `column`. */
    const set = (name, fast, row, column, value) => {
        get(name)[row * fast + column] = value;
    };
    const clearRows = (name, count) => {
        get(name).fill(0, 0, count * width);
    };
    /** The columns through which head 0 writes. */
    const clearColumns = (name, count) => {
        for (let row = 0; row < width; row++)
            get(name).fill(0, row * width, row * width + count);
    };
    const vectors = get('token_embd');
    const output = get('output');
    for (let token = 0; token < vocabularySize; token++) {
        vectors.fill(0, token * width, (token + 1) * width);
        vectors.set(codes.subarray(token * code, (token + 1) * code), token * width);
        vectors[token * width + constant] = CONSTANT;
    }
    const own = code + CONSTANT ** 2;
    const rms = (squares) => Math.sqrt(squares / width);
    const [rms0, rms1] = [rms(own), rms(own + code)];
    const rmsOut = rms(own + code + COPY_GAIN ** 2 * code);
    const theta = (pair) => COPY_ROPE_BASE ** ((-2 * pair) / headWidth);
    // Layer 0: score = sum of cos(theta * (distance - 1)) over the fast pairs.
    for (const name of ['attn_q', 'attn_k', 'attn_v'])
        clearRows(`blk.0.${name}`, headWidth);
    clearColumns('blk.0.attn_output', headWidth);
    let contrast = 0;
    for (let pair = 0; pair < PLACE_PAIRS; pair++)
        contrast += 1 - Math.cos(theta(pair));
    const amplitude = Math.sqrt((SHARPNESS * Math.sqrt(headWidth)) / contrast) / (CONSTANT / rms0);
    for (let pair = 0; pair < PLACE_PAIRS; pair++) {
        set('blk.0.attn_q', width, 2 * pair, constant, amplitude * Math.cos(theta(pair)));
        set('blk.0.attn_q', width, 2 * pair + 1, constant, -amplitude * Math.sin(theta(pair)));
        set('blk.0.attn_k', width, 2 * pair, constant, amplitude);
    }
    for (let i = 0; i < code; i++) {
        set('blk.0.attn_v', width, i, i, 1);
        set('blk.0.attn_output', width, b + i, i, rms0);
    }
    // Layer 1: score = likeness of the present token and the one before each place.
    for (const name of ['attn_q', 'attn_k', 'attn_v'])
        clearRows(`blk.1.${name}`, headWidth);
    clearColumns('blk.1.attn_output', headWidth);
    let firstPair = 0;
    while (theta(firstPair) * COPY_DISTANCE > 1)
        firstPair++;
    const compared = Math.min(code, headWidth - 2 * firstPair);
    const likeness = Math.sqrt((SHARPNESS * Math.sqrt(headWidth)) / compared) * rms1;
    for (let i = 0; i < compared; i++) {
        set('blk.1.attn_q', width, 2 * firstPair + i, i, likeness);
        set('blk.1.attn_k', width, 2 * firstPair + i, b + i, likeness);
    }
    for (let i = 0; i < code; i++) {
        set('blk.1.attn_v', width, i, i, 1);
        set('blk.1.attn_output', width, c + i, i, COPY_GAIN * rms1);
    }
    const read = (COPY_LOGIT * rmsOut) / (COPY_GAIN * code);
    for (let token = 0; token < vocabularySize; token++)
        for (let i = 0; i < code; i++)
            output[token * width + c + i] = read * codes[token * code + i];
}
//# sourceMappingURL=copy-circuit.js.map