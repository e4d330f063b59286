/**
 * How well a draft guesses its target, without running both: along texts that the target wrote, where the
 * draft's first choice is the target's token. Every step of speculation sees such text and no other, so the
 * counts give the acceptance exactly for greedy decoding, up to the draft's own numerical noise.
 */
import { ForetokenError } from '../base/errors.js';
import { position, sequenceId, token } from '../base/types.js';
import { LlamaDecoder } from '../llama/context.js';
import { LlamaModel } from '../llama/model.js';
import { readCorpus } from './corpus.js';
const DRAFTED = 4;
function argMax(values) {
    let best = 0;
    for (let i = 1; i < values.length; i++)
        if (values[i] > values[best])
            best = i;
    return best;
}
class Counter {
    #texts = 0;
    #tokens = 0;
    #agreed = 0;
    #steps = 0;
    #survived = new Array(DRAFTED).fill(0);
    #places = new Array(DRAFTED).fill(0);
    add(agreed) {
        this.#texts += 1;
        this.#tokens += agreed.length;
        for (let start = 0; start < agreed.length; start++) {
            let run = 0;
            while (run < DRAFTED && agreed[start + run] === true)
                run++;
            if (run > 0)
                this.#agreed += 1;
            for (let k = 0; k < DRAFTED && start + k < agreed.length; k++) {
                this.#places[k] += 1;
                if (run > k)
                    this.#survived[k] += 1;
            }
        }
        for (let start = 0; start < agreed.length; this.#steps++) {
            let run = 0;
            while (run < DRAFTED && agreed[start + run] === true)
                run++;
            start += run + 1;
        }
    }
    result() {
        const share = (part, whole) => (whole === 0 ? 0 : part / whole);
        return {
            texts: this.#texts,
            tokens: this.#tokens,
            rate: share(this.#agreed, this.#tokens),
            survival: this.#survived.map((count, k) => share(count, this.#places[k])),
            tokensPerStep: share(this.#tokens, this.#steps),
        };
    }
}
/** Compares the draft's first choices with the texts' answers. Blocks between texts only. */
export async function measureAgreement(draft, texts, signal) {
    const overall = new Counter();
    const byTask = new Map();
    const { batch } = draft;
    const first = sequenceId(0);
    for (const { task = '', tokens, promptLength } of texts) {
        if (signal?.aborted === true)
            break;
        const agreed = [];
        draft.truncate(first, position(0));
        const length = Math.min(tokens.length - 1, draft.sequenceCapacity);
        for (let start = 0; start < length; start += batch.capacity) {
            batch.clear();
            const rows = [];
            for (let place = start; place < Math.min(length, start + batch.capacity); place++) {
                const wanted = place >= promptLength - 1;
                const row = batch.add(token(tokens[place]), position(place), first, wanted);
                if (wanted)
                    rows.push([row, place]);
            }
            const outcome = draft.decode();
            if (outcome !== 'done')
                throw new ForetokenError('decode_failed', `The draft's decode ended with "${outcome}".`);
            for (const [row, place] of rows)
                agreed.push(argMax(draft.logits(row)) === tokens[place + 1]);
        }
        overall.add(agreed);
        let counter = byTask.get(task);
        if (counter === undefined)
            byTask.set(task, (counter = new Counter()));
        counter.add(agreed);
        await new Promise((resolve) => setImmediate(resolve));
    }
    return {
        overall: overall.result(),
        byTask: new Map([...byTask].map(([task, counter]) => [task, counter.result()])),
    };
}
/** Milliseconds of one decode of n tokens after `context` tokens, by n; the median of several. */
export function measureCost(decoder, counts, context = 128, repetitions = 40) {
    const { batch } = decoder;
    const first = sequenceId(0);
    const decode = (from, count) => {
        batch.clear();
        for (let i = 0; i < count; i++)
            batch.add(token((from + i) % decoder.vocabularySize), position(from + i), first, i >= count - 16);
        const startMs = performance.now();
        decoder.decode();
        decoder.logits(0);
        return performance.now() - startMs;
    };
    decoder.truncate(first, position(0));
    decode(0, context);
    const medians = new Map();
    for (const count of counts) {
        const times = Array.from({ length: repetitions }, () => {
            const time = decode(context, count);
            decoder.truncate(first, position(context));
            return time;
        }).sort((a, b) => a - b);
        medians.set(count, times[times.length >> 1]);
    }
    return medians;
}
export async function evaluateDraft(options) {
    const model = LlamaModel.load(options.draft);
    const decoder = new LlamaDecoder(model, {
        batchSize: 512,
        ...(options.threads === undefined ? {} : { threads: options.threads }),
    });
    try {
        const texts = readCorpus(options.corpus, decoder.vocabularySize);
        const evaluation = await measureAgreement(decoder, texts, options.signal);
        return { ...evaluation, tokenMs: measureCost(decoder, [1]).get(1) };
    }
    finally {
        decoder.dispose();
        model.dispose();
    }
}
//# sourceMappingURL=evaluate.js.map