import { ForetokenError } from '../base/errors.js';
import { Fields } from './fields.js';
import { readGeneration } from './generation-fields.js';
export function llamaServerRoutes(app, context) {
    app.get('/props', (request) => {
        const { info } = context.engine;
        const { facts } = context.codec;
        return {
            default_generation_settings: { params: defaultSettings(context), n_ctx: info.sequenceCapacity },
            total_slots: info.parallel,
            model_alias: context.modelId,
            // Paths tell of the machine: only whoever has a key learns them.
            model_path: context.keys.broughtBy(request) ? context.modelPath : '',
            modalities: { vision: false, audio: false },
            endpoint_slots: true,
            endpoint_props: false,
            endpoint_metrics: true,
            chat_template: facts.chatTemplate,
            bos_token: facts.bos,
            eos_token: facts.eos,
            build_info: context.systemFingerprint,
            is_sleeping: false,
        };
    });
    app.get('/slots', (request) => {
        const { info, inFlight } = context.engine;
        if (request.query['fail_on_no_slot'] !== undefined && inFlight >= info.parallel)
            throw new ForetokenError('no_slot_free', `All ${info.parallel} slots are taken; a request would have to wait.`);
        // Which request is in which slot is the engine's own business; how many are taken is not.
        return Array.from({ length: info.parallel }, (_, id) => ({
            id,
            n_ctx: info.sequenceCapacity,
            speculative: info.canSpeculate && info.proposers.length > 0,
            is_processing: id < inFlight,
        }));
    });
}
/** What a request gets that says nothing, in llama-server's names. */
function defaultSettings(context) {
    const { sampling } = readGeneration(Fields.ofBody({}), context.limits, {
        maxTokens: undefined,
        topLogprobs: -1,
    });
    return {
        // As much as the context holds, and a seed drawn for each answer.
        n_predict: -1,
        max_tokens: -1,
        seed: 0xffff_ffff,
        temperature: sampling.temperature,
        top_k: sampling.topK,
        top_p: sampling.topP,
        min_p: sampling.minP,
        repeat_last_n: sampling.repeatLastN,
        repeat_penalty: sampling.repeatPenalty,
        presence_penalty: sampling.presencePenalty,
        frequency_penalty: sampling.frequencyPenalty,
        stream: false,
        n_probs: 0,
        n_keep: 0,
        ignore_eos: false,
    };
}
//# sourceMappingURL=llama-server-routes.js.map