/** Bytes by which tokens are first compared, as one exact number. */
const PREFIX = 6;
/** Longer tokens are never allowed; none of any model is near. */
const LONGEST = 0xffff;
export class TokenTrie {
    vocabularySize;
    /** Tokens that end a generation, ascending. */
    ends;
    /** [node] bytes before its own; nodes are in depth-first order, the root is not one of them. */
    depth;
    byte;
    /** [node] the next node that does not lie below it */
    after;
    /** Tokens of node n: `tokens[firstToken[n], firstToken[n + 1])`. */
    firstToken;
    tokens;
    /** The longest token, bytes. */
    deepest;
    /** Bytes of token t: `#bytes[#starts[t], #starts[t + 1])`. */
    #bytes;
    #starts;
    #ending;
    #tokenize;
    constructor(texts) {
        const size = texts.vocabularySize;
        this.vocabularySize = size;
        this.#tokenize = texts.tokenize?.bind(texts);
        this.#ending = Uint8Array.from({ length: size }, (_, token) => texts.isEndOfGeneration(token) ? 1 : 0);
        this.ends = Int32Array.from(this.#ending.keys()).filter((token) => this.#ending[token] === 1);
        const pieces = Array.from({ length: size }, (_, token) => this.#ending[token] === 1 ? new Uint8Array(0) : texts.tokenBytes(token));
        this.#starts = new Int32Array(size + 1);
        pieces.forEach((piece, token) => (this.#starts[token + 1] = this.#starts[token] + piece.length));
        this.#bytes = new Uint8Array(this.#starts[size]);
        pieces.forEach((piece, token) => {
            this.#bytes.set(piece, this.#starts[token]);
        });
        const order = sortedByText(pieces);
        const nodes = this.#bytes.length;
        const depth = new Uint16Array(nodes);
        const byte = new Uint8Array(nodes);
        const after = new Int32Array(nodes);
        const firstToken = new Int32Array(nodes + 1);
        let count = 0;
        let deepest = 0;
        /** Nodes on the way to the latest token. */
        const path = [];
        let previous = new Uint8Array(0);
        for (const [rank, token] of order.entries()) {
            const piece = pieces[token];
            let shared = 0;
            while (shared < previous.length && shared < piece.length && previous[shared] === piece[shared])
                shared += 1;
            while (path.length > shared)
                after[path.pop()] = count;
            for (let at = shared; at < piece.length; at++) {
                firstToken[count] = rank;
                depth[count] = at;
                byte[count] = piece[at];
                path.push(count++);
            }
            deepest = Math.max(deepest, piece.length);
            previous = piece;
        }
        while (path.length > 0)
            after[path.pop()] = count;
        firstToken[count] = order.length;
        this.depth = depth.slice(0, count);
        this.byte = byte.slice(0, count);
        this.after = after.slice(0, count);
        this.firstToken = firstToken.slice(0, count + 1);
        this.tokens = order;
        this.deepest = deepest;
    }
    /** Nodes without the root. */
    get size() {
        return this.byte.length;
    }
    endsGeneration(token) {
        return this.#ending[token] === 1;
    }
    start(token) {
        return this.#starts[token];
    }
    /** The bytes of all tokens in a row; those of token t are `[start(t), start(t + 1))`. */
    get bytes() {
        return this.#bytes;
    }
    /**
     * The first token of a text as the model would write it, and how many bytes it has; undefined where no token spells
     * its beginning.
     */
    first(text) {
        const spelled = Buffer.from(text.buffer, text.byteOffset, text.length).toString('utf8');
        const token = text.length > 0 ? this.#tokenize?.(spelled)[0] : undefined;
        if (token !== undefined) {
            const length = this.#starts[token + 1] - this.#starts[token];
            // Some tokenizers put a blank in front of a text, which is not there.
            const own = this.#bytes.subarray(this.#starts[token], this.#starts[token + 1]);
            if (length > 0 && length <= text.length && own.every((byte, at) => byte === text[at]))
                return { token, length };
        }
        return this.#longest(text);
    }
    #longest(text) {
        let found;
        let node = 0;
        let end = this.size;
        for (const [read, byte] of text.entries()) {
            while (node < end && this.byte[node] !== byte)
                node = this.after[node];
            if (node >= end)
                break;
            const first = this.firstToken[node];
            if (first < this.firstToken[node + 1])
                found = { token: this.tokens[first], length: read + 1 };
            end = this.after[node];
            node += 1;
        }
        return found;
    }
}
/** Tokens that have a text, by their bytes, then by id. */
function sortedByText(pieces) {
    const prefix = new Float64Array(pieces.length);
    pieces.forEach((piece, token) => {
        let key = 0;
        for (let at = 0; at < PREFIX; at++)
            key = key * 257 + (at < piece.length ? piece[at] + 1 : 0);
        prefix[token] = key;
    });
    const tokens = Int32Array.from(pieces.keys()).filter((token) => {
        const { length } = pieces[token];
        return length > 0 && length <= LONGEST;
    });
    return tokens.sort((left, right) => prefix[left] - prefix[right] || Buffer.compare(pieces[left], pieces[right]) || left - right);
}
//# sourceMappingURL=token-trie.js.map