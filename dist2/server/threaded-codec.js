import { TextLane } from './text-lane.js';
/** Characters read here in one turn of the event loop: less than a message to another thread and back. */
const MOST_AT_ONCE = 4096;
/** From so many characters (or tokens) on a text is long. */
const LONG = 64 * 1024;
export class ThreadedCodec {
    vocabularySize;
    beginning;
    infill;
    chatFallback;
    facts;
    thinks;
    #callSyntax;
    #own;
    #short;
    #long;
    #readThisTurn = 0;
    /** @param own the same vocabulary on this thread; stays the caller's */
    constructor(own, setup) {
        this.#own = own;
        this.vocabularySize = own.vocabularySize;
        this.beginning = own.beginning;
        this.infill = own.infill;
        this.chatFallback = own.chatFallback;
        this.facts = own.facts;
        this.thinks = own.thinks;
        this.#short = new TextLane(setup);
        this.#long = new TextLane(setup);
        // The long lane's thread starts when a long text comes.
        this.#short.start();
    }
    tokenBytes(token) {
        return this.#own.tokenBytes(token);
    }
    tokenize(text, addSpecial, parseSpecial, gone) {
        if (this.#mayReadHere(text.length))
            return this.#own.tokenize(text, addSpecial, parseSpecial);
        const job = { type: 'tokenize', text, addSpecial, parseSpecial };
        return this.#lane(text.length).run(job, text.length, gone);
    }
    detokenize(tokens, gone) {
        if (this.#mayReadHere(tokens.length))
            return this.#own.detokenize(tokens);
        const job = { type: 'detokenize', tokens };
        return this.#lane(tokens.length).run(job, tokens.length, gone);
    }
    encodeChat(messages, extra, gone, ending) {
        // A template may take any time for a few words, so never here.
        const size = sizeOf(messages, extra);
        const job = { type: 'encodeChat', messages, extra, ending };
        return this.#lane(size).run(job, size, gone);
    }
    encodePair(query, document, gone) {
        const size = query.length + document.length;
        return this.#lane(size).run({ type: 'encodePair', query, document }, size, gone);
    }
    async callSyntax(gone) {
        if (this.#callSyntax === undefined) {
            const json = (await this.#short.run({ type: 'callSyntax' }, 0, gone));
            this.#callSyntax = JSON.parse(json);
        }
        return this.#callSyntax;
    }
    /** Answers what waits. */
    close() {
        this.#short.close();
        this.#long.close();
    }
    #lane(size) {
        return size < LONG ? this.#short : this.#long;
    }
    #mayReadHere(size) {
        if (this.#readThisTurn + size > MOST_AT_ONCE)
            return false;
        if (this.#readThisTurn === 0)
            setImmediate(() => {
                this.#readThisTurn = 0;
            });
        // An empty text counts, too: there may be thousands.
        this.#readThisTurn += size + 1;
        return true;
    }
}
function sizeOf(messages, extra) {
    const variables = Object.keys(extra).length === 0 ? 0 : JSON.stringify(extra).length;
    return messages.reduce((size, { content }) => size + content.length + 16, variables);
}
//# sourceMappingURL=threaded-codec.js.map