import { ForetokenError } from '../base/errors.js';
export class EmbeddingLine {
    #context;
    #waiting = 0;
    constructor(context) {
        this.#context = context;
    }
    /**
     * @param encode makes the texts' tokens
     * @returns undefined when the client has gone: there is nobody to answer
     * @throws ForetokenError `queue_full`
     */
    async run(reply, gone, encode) {
        const { engine, embeddingQueueLimit } = this.#context;
        if (this.#waiting >= embeddingQueueLimit)
            throw new ForetokenError('queue_full', `${this.#waiting} embedding requests are waiting already; try again in a moment.`);
        this.#waiting += 1;
        try {
            const texts = await encode();
            const vectors = [];
            for (const text of texts) {
                // One after another, so that a client that has gone costs no more than the text under way.
                if (reply.raw.destroyed) {
                    reply.hijack();
                    return undefined;
                }
                vectors.push(await engine.embed(text, gone));
            }
            return { vectors, tokens: texts.reduce((total, one) => total + one.length, 0) };
        }
        finally {
            this.#waiting -= 1;
        }
    }
}
//# sourceMappingURL=embedding-line.js.map