/**
 * Trains a draft on its target's answers: distillation on the target's own greedy text, with the target's
 * distribution as labels (in the manner of DistillSpec, arXiv 2310.08461). Learning rate: linear warm-up, then
 * half a cosine down.
 */
import { ForetokenError } from '../base/errors.js';
import { TENSOR_TYPE } from '../gguf/types.js';
import { Trainer } from '../llama/training/training.js';
import { makeBatches, shuffle } from './batches.js';
import { readCorpus } from './corpus.js';
import { readNetwork, writeNetwork } from './network.js';
import { randomNumbers } from '../base/random.js';
/** Tokens of a batch whose output is computed: about the share of answers in chat traffic. */
const OUTPUT_SHARE = 0.4;
/** Outputs times vocabulary; logits, labels and their gradients take about 20 bytes for each. */
const MOST_LABELS = 1 << 25;
const WARM_UP_SHARE = 0.04;
const FINAL_RATE_SHARE = 0.04;
const VALIDATION_TEXTS = 64;
/** Of every so many texts one is held out. */
const HELD_OUT_OF = 10;
/** Fewest texts: with fewer none would be held out, and nothing could be said of what was learned. */
export const LEAST_TEXTS = HELD_OUT_OF;
const CHECKPOINT_SECONDS = 240;
/**
 * The event loop stays free during training. Aborting saves what was learned until then.
 * @throws ForetokenError `invalid_option`, `unsupported_architecture`, `file_not_found`, `invalid_gguf`
 */
export async function trainDraft(options) {
    const { epochs, minutes, learningRate, seed, rows, tokensPerRow, threads } = checked(options);
    const network = readNetwork(options.draft);
    const batchShape = batchShapeOf(network.shape.vocabularySize, tokensPerRow, rows);
    const random = randomNumbers(seed);
    const texts = shuffle(options.corpus.flatMap((path) => readCorpus(path, network.shape.vocabularySize)), random);
    requireTexts(texts.length, 'corpus');
    const validation = texts.splice(0, Math.min(VALIDATION_TEXTS, Math.floor(texts.length / HELD_OUT_OF)));
    const trainer = new Trainer(network.shape, batchShape, network.weights, { threads });
    const metadata = new Map(network.file.metadata);
    if (options.recipe !== undefined)
        metadata.set('foretoken.draft.recipe', { type: 'string', value: options.recipe });
    const save = () => {
        writeNetwork(options.output, metadata, network.shape, trainer.weights(), TENSOR_TYPE[options.type ?? 'Q8_0']);
    };
    const startMs = performance.now();
    const elapsedSeconds = () => (performance.now() - startMs) / 1000;
    const stepsPerEpoch = [...makeBatches(texts, batchShape, randomNumbers(seed))].length;
    let done = 0;
    let step = 0;
    let epoch = 0;
    let loss = NaN;
    let validationLoss;
    let savedSeconds = 0;
    const stopped = () => done >= 1 || options.signal?.aborted === true;
    try {
        while (!stopped()) {
            for (const batch of makeBatches(texts, batchShape, random)) {
                const rate = learningRate * schedule(done);
                const current = await trainer.stepAsync(batch, rate);
                if (!Number.isFinite(current))
                    throw new ForetokenError('invalid_option', 'Training diverged; take a lower learning rate.', {
                        param: 'learningRate',
                    });
                loss = Number.isNaN(loss) ? current : loss + 0.02 * (current - loss);
                step += 1;
                done = Math.max(step / (epochs * stepsPerEpoch), elapsedSeconds() / 60 / minutes);
                const tokensPerSecond = (step * batch.tokens.length) / elapsedSeconds();
                options.onProgress?.({
                    epoch,
                    step,
                    done: Math.min(1, done),
                    loss,
                    validationLoss,
                    tokensPerSecond,
                    learningRate: rate,
                });
                if (stopped())
                    break;
                if (elapsedSeconds() - savedSeconds > CHECKPOINT_SECONDS) {
                    savedSeconds = elapsedSeconds();
                    validationLoss = await lossOn(validation, trainer, batchShape);
                    save();
                }
            }
            epoch += 1;
        }
        validationLoss = await lossOn(validation, trainer, batchShape);
        save();
        return {
            steps: step,
            tokens: step * batchShape.rows * batchShape.tokensPerRow,
            seconds: elapsedSeconds(),
            loss,
            validationLoss,
            heldOut: validation,
        };
    }
    finally {
        trainer.dispose();
    }
}
/** @param count texts, or prompts that will become texts. @throws ForetokenError `invalid_option` */
export function requireTexts(count, param) {
    if (count < LEAST_TEXTS)
        throw new ForetokenError('invalid_option', `Training needs at least ${LEAST_TEXTS} ${param === 'corpus' ? 'texts' : 'prompts'}, of which one in ${HELD_OUT_OF} ` +
            `is held out to say what was learned; got ${count}. Some hundreds of the kind that will be asked make a draft worth having.`, { param });
}
/** Share of the highest learning rate at `done` (0 to 1). */
export function schedule(done) {
    if (done < WARM_UP_SHARE)
        return Math.max(0.01, done / WARM_UP_SHARE);
    const fallen = (1 + Math.cos(Math.PI * Math.min(1, done))) / 2;
    return FINAL_RATE_SHARE + (1 - FINAL_RATE_SHARE) * fallen;
}
async function lossOn(texts, trainer, shape) {
    let sum = 0;
    let count = 0;
    // The same order each time, so that the figures can be compared.
    for (const batch of makeBatches(texts, shape, randomNumbers(0))) {
        sum += await trainer.stepAsync(batch, 0);
        count += 1;
    }
    return sum / count;
}
/** Two rows suit small models; a large vocabulary makes each output dear in memory. */
function batchShapeOf(vocabularySize, tokensPerRow, rows) {
    const outputsPerRow = Math.ceil(tokensPerRow * OUTPUT_SHARE);
    const fitting = Math.floor(MOST_LABELS / (outputsPerRow * vocabularySize));
    const chosen = rows ?? Math.min(2, Math.max(1, fitting));
    return { rows: chosen, tokensPerRow, outputs: chosen * outputsPerRow };
}
function checked(options) {
    const number = (name, fallback, from, to, whole = true) => {
        const value = options[name] ?? fallback;
        if (!(value >= from && value <= to) || (whole && !Number.isInteger(value)))
            throw new ForetokenError('invalid_option', `${name} must be a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`, { param: name });
        return value;
    };
    if (options.corpus.length === 0)
        throw new ForetokenError('invalid_option', 'No corpus to train on.', { param: 'corpus' });
    return {
        epochs: number('epochs', 8, 0.01, 10000, false),
        minutes: number('minutes', 1e6, 0.001, 1e6, false),
        learningRate: number('learningRate', 2e-3, 1e-7, 1, false),
        seed: number('seed', 1, 0, 2 ** 32 - 1),
        threads: number('threads', 2, 1, 1024),
        tokensPerRow: number('tokensPerRow', 512, 16, 8192),
        rows: options.rows === undefined ? undefined : number('rows', 1, 1, 256),
    };
}
//# sourceMappingURL=train.js.map