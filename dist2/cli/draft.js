/** `foretoken draft create` and `foretoken draft train`: small models that guess for a large one. */
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
import { readLines } from '../drafts/corpus.js';
import { createDraft } from '../drafts/create.js';
import { generateCorpus } from '../drafts/generate.js';
import { requireTexts, trainDraft } from '../drafts/train.js';
import { defaultThreads } from '../llama/threads.js';
import { modelFile } from '../base/bundled.js';
import { verdict } from './draft-verdict.js';
import { ProgressBar } from './terminal.js';
const INTERRUPTED = 130;
export async function create(flags) {
    const target = modelFile(flags.model);
    const output = path.resolve(flags.output);
    refuseOverwriting(output, target, 'the model itself');
    const { layers, width, heads, feedForward, fromLayers, name } = flags;
    const bar = new ProgressBar();
    bar.update('making', 0, 'reading the model');
    const made = createDraft({
        onProgress: (done, note) => {
            bar.update('making', done, note);
        },
        target,
        output,
        seed: flags.seed,
        copyCircuit: flags.copyCircuit,
        ...(name === undefined ? {} : { name }),
        ...(fromLayers === undefined ? {} : { fromLayers }),
        ...(layers === undefined ? {} : { layers }),
        ...(width === undefined ? {} : { width }),
        ...(heads === undefined ? {} : { heads }),
        ...(feedForward === undefined ? {} : { feedForward }),
    });
    bar.clear();
    const { shape } = made;
    process.stdout.write(`${made.path}: ${(made.parameters / 1e6).toFixed(1)}M parameters, ${shape.layers} layers of width ` +
        `${shape.width}, ${shape.vocabularySize} tokens\n` +
        `It has learned nothing yet: foretoken draft train --draft ${flags.output} --prompts FILE --output FILE\n`);
    if (flags.verdict)
        await verdict(target, output, { threads: 0 });
}
/** @returns the exit code */
export async function train(flags) {
    const output = path.resolve(flags.output);
    if (flags.corpus.length === 0 && flags.prompts === undefined)
        throw new ForetokenError('invalid_option', 'What to learn from? Give --prompts for the model to answer, or --corpus with earlier answers.', { param: 'prompts' });
    const threads = flags.threads === 0 ? defaultThreads() : flags.threads;
    const interrupt = new AbortController();
    process.on('SIGINT', () => {
        if (interrupt.signal.aborted)
            process.exit(INTERRUPTED);
        interrupt.abort();
        process.stderr.write('\nforetoken: stopping; what is done is kept (again: at once)\n');
    });
    const corpus = flags.corpus.map((file) => path.resolve(file));
    // Before the model answers for minutes.
    if (corpus.length === 0)
        requireTexts(readLines(flags.prompts).length, 'prompts');
    if (flags.prompts !== undefined)
        corpus.push(await answers(flags, flags.prompts, `${output.replace(/\.gguf$/i, '')}.corpus.jsonl`, threads, interrupt.signal));
    if (isAborted(interrupt.signal))
        return INTERRUPTED;
    const options = {
        draft: path.resolve(flags.draft),
        corpus,
        output,
        type: flags.type,
        epochs: flags.epochs,
        learningRate: flags.learningRate,
        ...(flags.rows !== undefined && { rows: flags.rows }),
        tokensPerRow: flags.tokensPerRow,
        threads,
        seed: flags.seed,
        signal: interrupt.signal,
        ...(flags.minutes === undefined ? {} : { minutes: flags.minutes }),
    };
    const bar = new ProgressBar();
    const result = await trainDraft({
        ...options,
        onProgress: ({ done, loss, tokensPerSecond, epoch }) => {
            const note = `pass ${epoch + 1} · loss ${loss.toFixed(3)} · ${tokensPerSecond.toFixed(0)} tokens/s`;
            bar.update('training', done, note);
        },
    }).finally(() => {
        bar.clear();
    });
    process.stdout.write(`${flags.output}: ${result.steps} steps, ${result.tokens} tokens in ${(result.seconds / 60).toFixed(1)} min, ` +
        `loss ${result.loss.toFixed(3)}, on texts not trained on ${result.validationLoss.toFixed(3)} nats a token\n`);
    if (isAborted(interrupt.signal))
        return INTERRUPTED;
    if (flags.verdict) {
        const target = modelFile(flags.model);
        const prompts = result.heldOut.map(({ tokens, promptLength }) => Int32Array.from(tokens.slice(0, promptLength)));
        await verdict(target, output, { prompts, threads, signal: interrupt.signal });
    }
    return isAborted(interrupt.signal) ? INTERRUPTED : 0;
}
/** Asked anew each time: it changes while other things run. */
const isAborted = (signal) => signal.aborted;
/** Lets the model answer the prompts of a file. @returns the file of the answers */
async function answers(flags, prompts, output, threads, signal) {
    const bar = new ProgressBar();
    const done = await generateCorpus({
        target: modelFile(flags.model),
        prompts: readLines(prompts).map((line, index) => promptOf(line, `line ${index + 1} of ${prompts}`)),
        output,
        maxTokens: flags.answerTokens,
        threads,
        signal,
        onProgress: ({ texts, prompts: all, tokensPerSecond }) => {
            bar.update('answering', texts / all, `${texts} of ${all} prompts · ${tokensPerSecond.toFixed(0)} tokens/s`);
        },
    }).finally(() => {
        bar.clear();
    });
    process.stdout.write(`${path.relative('', output)}: ${done.texts} answers, ${done.answerTokens} tokens\n`);
    return output;
}
/** A line of JSON with a prompt in it, or else the line itself. */
function promptOf(line, place) {
    if (!line.trimStart().startsWith('{'))
        return { prompt: line };
    let value;
    try {
        value = JSON.parse(line);
    }
    catch (cause) {
        throw new ForetokenError('invalid_json', `${place} is not JSON: ${cause.message}`, { cause });
    }
    const { prompt, task } = value;
    if (typeof prompt !== 'string' || prompt === '')
        throw new ForetokenError('invalid_option', `${place} has no text under "prompt".`, { param: 'prompts' });
    return typeof task === 'string' ? { prompt, task } : { prompt };
}
function refuseOverwriting(output, file, what) {
    if (existsSync(output) && existsSync(file) && realpathSync(output) === realpathSync(file))
        throw new ForetokenError('invalid_option', `--output ${output} is ${what}; name another file.`, {
            param: 'output',
        });
}
//# sourceMappingURL=draft.js.map