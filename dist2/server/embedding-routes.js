/** `POST /v1/embeddings`. */
import { endianness } from 'node:os';
import { assert, ForetokenError } from '../base/errors.js';
import { clientGone } from './client-gone.js';
import { readEmbeddingRequest } from './completion-request.js';
import { requireModel } from './model-routes.js';
import { encodePrompt } from './prompts.js';
import { warnInHeader } from './warnings.js';
export function embeddingRoutes(app, context, line) {
    app.post('/v1/embeddings', async (request, reply) => {
        requireModel(context, request.body);
        const { embeddingWidth, ranks } = context.engine.info;
        if (ranks)
            throw new ForetokenError('not_supported', `The model '${context.modelId}' ranks documents and gives no embeddings; send a query and documents to /v1/rerank.`);
        const { inputs, encoding, dimensions, warnings } = readEmbeddingRequest(request.body, context.limits, embeddingWidth);
        warnInHeader(reply, warnings);
        const gone = clientGone(reply);
        const embedded = await line.run(reply, gone, () => Promise.all(inputs.map((input) => encodePrompt(context, input, 'input', gone))));
        if (embedded === undefined)
            return undefined;
        const { tokens } = embedded;
        const vectors = embedded.vectors.map((vector) => shortened(vector, dimensions));
        return {
            object: 'list',
            data: vectors.map((vector, index) => ({
                object: 'embedding',
                index,
                embedding: encoding === 'base64' ? littleEndianBase64(vector) : Array.from(vector),
            })),
            model: context.modelId,
            usage: { prompt_tokens: tokens, total_tokens: tokens },
        };
    });
}
/** The first numbers of a vector, of length 1 again (Matryoshka embeddings: Kusupati et al., NeurIPS 2022). */
function shortened(vector, dimensions) {
    if (dimensions === vector.length)
        return vector;
    const first = vector.slice(0, dimensions);
    const length = Math.hypot(...first);
    return length === 0 ? first : first.map((value) => value / length);
}
/** 32-bit floats, lowest byte first, as OpenAI's clients unpack them. */
function littleEndianBase64(values) {
    assert(endianness() === 'LE', 'a processor that stores the lowest byte first');
    return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}
//# sourceMappingURL=embedding-routes.js.map