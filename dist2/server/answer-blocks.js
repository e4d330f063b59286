const NONE = [];
export class BlockList {
    blocks = [];
    #open;
    #changes = [];
    /** Takes what one event added. */
    take({ reasoning, text, calls, logprobs }) {
        if (reasoning !== '')
            this.#add(this.#entered('reasoning'), reasoning, NONE);
        // Log-probabilities go with what is said.
        if (text !== '' || (logprobs.length > 0 && this.#open?.kind === 'text'))
            this.#add(this.#entered('text'), text, logprobs);
        for (const { start, arguments: more } of calls) {
            const block = start === undefined ? this.#entered('call') : this.#begin('call', start);
            if (more !== '')
                this.#add(block, more, NONE);
        }
        return this.#taken();
    }
    /** The answer has ended; one without any block says nothing in a block of text. */
    close() {
        if (this.blocks.length === 0)
            this.#begin('text', undefined);
        this.#end();
        return this.#taken();
    }
    #entered(kind) {
        return this.#open?.kind === kind ? this.#open : this.#begin(kind, undefined);
    }
    #begin(kind, call) {
        this.#end();
        const block = { kind, call, text: '', logprobs: [] };
        this.blocks.push(block);
        this.#open = block;
        this.#change('begin', block, '', NONE);
        return block;
    }
    #add(block, text, logprobs) {
        block.text += text;
        block.logprobs.push(...logprobs);
        this.#change('more', block, text, logprobs);
    }
    #end() {
        if (this.#open !== undefined)
            this.#change('end', this.#open, '', NONE);
        this.#open = undefined;
    }
    #change(type, block, text, logprobs) {
        this.#changes.push({ type, index: this.blocks.length - 1, block, text, logprobs });
    }
    #taken() {
        const changes = this.#changes;
        this.#changes = [];
        return changes;
    }
}
/** The blocks of an answer that is there at once. */
export function blocksOf({ reasoning, text, calls, logprobs }) {
    const list = new BlockList();
    list.take({
        reasoning,
        text,
        calls: calls.map(({ id, name, arguments: json }, index) => ({
            index,
            start: { id, name },
            arguments: json,
        })),
        logprobs: logprobs ?? NONE,
    });
    list.close();
    return list.blocks;
}
//# sourceMappingURL=answer-blocks.js.map