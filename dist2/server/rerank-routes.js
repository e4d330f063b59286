import { ForetokenError } from '../base/errors.js';
import { clientGone } from './client-gone.js';
import { Fields, invalid } from './fields.js';
import { requireModel } from './model-routes.js';
import { encodePair } from './prompts.js';
const MAX_DOCUMENTS = 2048;
export const RERANK_FIELDS = [
    'model',
    'query',
    'documents',
    'texts',
    'top_n',
    'return_documents',
    'return_text',
    'user',
];
export function rerankRoutes(app, context, line) {
    for (const path of ['/v1/rerank', '/rerank'])
        app.post(path, async (request, reply) => {
            requireModel(context, request.body);
            if (!context.engine.info.ranks)
                throw new ForetokenError('not_supported', `The model '${context.modelId}' does not rank documents: its file names no pooling of the type 'rank'. ` +
                    'Serve a reranking model, such as a GGUF of Qwen3-Reranker.');
            const rerank = readRerankRequest(request.body);
            const gone = clientGone(reply);
            const embedded = await line.run(reply, gone, () => Promise.all(rerank.documents.map((document, index) => encodePair(context, rerank.query, document, `documents[${index}]`, gone))));
            if (embedded === undefined)
                return undefined;
            return describe(context, rerank, embedded.vectors, embedded.tokens);
        });
}
function readRerankRequest(body) {
    const fields = Fields.ofBody(body);
    fields.refuseUnknown(RERANK_FIELDS);
    const query = fields.string('query');
    if (query === undefined || query === '')
        throw invalid('query', 'a text', query);
    const bare = fields.raw('texts') !== undefined;
    const name = bare ? 'texts' : 'documents';
    const given = fields.raw(name);
    if (!Array.isArray(given) || given.length === 0 || given.length > MAX_DOCUMENTS)
        throw invalid(name, `an array of 1 to ${MAX_DOCUMENTS} texts`, given);
    return {
        query,
        documents: given.map((document, index) => readDocument(document, `${name}[${index}]`)),
        topN: fields.number('top_n', { integer: true, min: 1 }) ?? given.length,
        returnDocuments: fields.boolean(bare ? 'return_text' : 'return_documents') ?? false,
        bare,
    };
}
/** A text, or an object that holds one. */
function readDocument(value, path) {
    if (typeof value === 'string')
        return value;
    return Fields.ofObject(value, path).requiredString('text');
}
/** Best first. */
function describe(context, { documents, topN, returnDocuments, bare }, scores, tokens) {
    const best = scores
        .map((score, index) => ({ index, score: score[0] }))
        .sort((a, b) => b.score - a.score || a.index - b.index)
        .slice(0, topN);
    if (bare)
        return best.map(({ index, score }) => ({
            index,
            score,
            ...(returnDocuments && { text: documents[index] }),
        }));
    return {
        model: context.modelId,
        object: 'list',
        usage: { prompt_tokens: tokens, total_tokens: tokens },
        results: best.map(({ index, score }) => ({
            index,
            relevance_score: score,
            ...(returnDocuments && { document: { text: documents[index] } }),
        })),
    };
}
//# sourceMappingURL=rerank-routes.js.map