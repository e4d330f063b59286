/**
 * What a draft is worth on this machine, measured by the engine itself: each prompt is answered without guesses and
 * with those that pay, one after the other and in turns the other way round, so that what else the machine does
 * meets both alike; and once with a fixed number of guesses, which says how many of them are right.
 */
import { GREEDY } from '../base/sampling-options.js';
import { ForetokenError } from '../base/errors.js';
import { startEngine } from '../engine/engine.js';
import { AS_THE_ENGINE, } from '../engine/types.js';
/** Guesses in a row where their number is fixed. */
export const GUESSES = 3;
const ANSWER_TOKENS = 48;
const MOST_PROMPTS = 4;
/** No other prompt is begun after this, once there are two. */
const BUDGET_MS = 20_000;
const OFF = { ...AS_THE_ENGINE, mode: 'off' };
const PAYING = { ...AS_THE_ENGINE, mode: 'auto' };
const FIXED = { ...AS_THE_ENGINE, mode: 'fixed', length: GUESSES };
/** @throws ForetokenError as `startEngine`, `invalid_option` when no prompt fits, `cancelled` */
export async function measureDraft(options) {
    const engine = await start(options);
    try {
        const { sequenceCapacity } = engine.info;
        const prompts = options.prompts
            .filter(({ length }) => length > 0 && length + ANSWER_TOKENS < sequenceCapacity)
            .slice(0, MOST_PROMPTS);
        if (prompts.length === 0)
            throw new ForetokenError('invalid_option', 'There is no prompt to measure the draft with.', {
                param: 'prompts',
            });
        return await measure(engine, prompts, options);
    }
    finally {
        await engine.close({ graceMs: 0 });
    }
}
function start({ target, draft, threads }) {
    return startEngine({
        modelPath: target,
        draftPath: draft,
        contextSize: 0,
        parallel: 1,
        batchSize: 512,
        microBatchSize: 512,
        threads,
        gpu: 'none',
        gpuLayers: 0,
        kvUnified: undefined,
        loraPaths: [],
        calibration: 'auto',
    }, {
        parallel: 1,
        queueLimit: 1,
        prefillChunk: 64,
        speculation: {
            mode: 'auto',
            length: 16,
            proposers: ['draft'],
            lookupMinNgram: 2,
            suffixBytes: 0,
        },
    });
}
async function measure(engine, prompts, { onProgress, signal }) {
    const [off, paying] = [new Sum(), new Sum()];
    const fixed = new Sum();
    // What is slow the first time is nobody's fault.
    for (const wish of [OFF, FIXED])
        await answer(engine, prompts[0], wish, signal);
    const startMs = performance.now();
    let done = 0;
    for (const [index, prompt] of prompts.entries()) {
        if (index >= 2 && performance.now() - startMs > BUDGET_MS)
            break;
        const ways = [
            [OFF, off],
            [PAYING, paying],
        ];
        for (const [wish, sum] of index % 2 === 0 ? ways : [...ways].reverse())
            sum.add(await answer(engine, prompt, wish, signal));
        fixed.add(await answer(engine, prompt, FIXED, signal));
        done += 1;
        onProgress?.(done / prompts.length);
    }
    return {
        prompts: done,
        right: fixed.guesses === 0 ? undefined : fixed.right / fixed.guesses,
        timesAsFast: off.msPerToken / paying.msPerToken,
        paying: paying.guesses,
    };
}
async function answer(engine, prompt, speculation, signal) {
    const stream = engine.submit({
        prompt,
        maxTokens: ANSWER_TOKENS,
        sampling: GREEDY,
        stop: [],
        ignoreEndOfGeneration: false,
        // Shorter answers leave nothing to measure.
        minTokens: 16,
        grammar: undefined,
        topLogprobs: -1,
        speculation,
        label: 0,
    });
    const cancel = () => {
        stream.cancel();
    };
    signal?.addEventListener('abort', cancel);
    try {
        for await (const { finish } of stream) {
            if (finish === undefined)
                continue;
            if (finish.error !== undefined)
                throw ForetokenError.fromPlain(finish.error);
            if (finish.reason === 'cancelled')
                break;
            return finish.statistics;
        }
    }
    finally {
        signal?.removeEventListener('abort', cancel);
    }
    throw new ForetokenError('cancelled', 'Measuring the draft was broken off.');
}
/** Of answers of one kind. */
class Sum {
    guesses = 0;
    right = 0;
    #tokens = 0;
    #ms = 0;
    add({ draftTokens, acceptedTokens, outputTokens, decodeMs }) {
        this.guesses += draftTokens;
        this.right += acceptedTokens;
        // The time of decoding is that from the first token on.
        this.#tokens += outputTokens - 1;
        this.#ms += decodeMs;
    }
    get msPerToken() {
        return this.#ms / this.#tokens;
    }
}
//# sourceMappingURL=verdict.js.map