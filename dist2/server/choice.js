/** One choice of an answer: a stream of engine events on one side, text and what goes with it on the other. */
import { ForetokenError } from '../base/errors.js';
import { inWordsOfTheApi } from './engine-words.js';
import { AnswerReader } from './answer-reader.js';
import { LogprobQueue } from './logprobs.js';
import { TextAssembler } from './text-assembler.js';
const NO_LOGPROBS = [];
const NO_CALLS = [];
export class Choice {
    index;
    promptIndex;
    stream;
    scoredTokens;
    #assembler;
    #reader;
    #logprobs;
    #promptLogprobs = [];
    #ending;
    #outputTokens = 0;
    #logprobSum = 0;
    constructor(index, 
    /** Which of the request's prompts it continues. */
    promptIndex, stream, table, stops, wantsLogprobs, 
    /** Tokens of the prompt whose log-probabilities are awaited. */
    scoredTokens, 
    /** How its text is told apart; undefined: all of it is content. */
    reading) {
        this.index = index;
        this.promptIndex = promptIndex;
        this.stream = stream;
        this.scoredTokens = scoredTokens;
        this.#reader = reading && new AnswerReader(reading);
        this.#assembler = new TextAssembler(table, stops);
        this.#logprobs = wantsLogprobs ? new LogprobQueue(table) : undefined;
    }
    /** Log-probabilities of the prompt's tokens from the second one on; undefined until all are there. */
    get promptLogprobs() {
        return this.#promptLogprobs.length < this.scoredTokens ? undefined : this.#promptLogprobs;
    }
    /** Tokens that the engine has generated up to here. */
    get outputTokens() {
        return this.#outputTokens;
    }
    /** Mean log-probability of its tokens, where the engine tells them; 0 without any. */
    get meanLogprob() {
        return this.#outputTokens === 0 ? 0 : this.#logprobSum / this.#outputTokens;
    }
    get ending() {
        return this.#ending;
    }
    /** @throws ForetokenError when the event says that the request failed or was cancelled. */
    take(event) {
        if (this.#logprobs !== undefined && event.logprobs !== undefined)
            this.#logprobs.push(event.logprobs);
        for (const { logprob } of event.logprobs ?? [])
            this.#logprobSum += logprob;
        if (event.promptLogprobs !== undefined)
            this.#promptLogprobs.push(...event.promptLogprobs);
        const finish = event.finish;
        this.#outputTokens += event.tokens.length;
        if (finish === undefined) {
            const text = this.#assembler.push(event.tokens);
            const logprobs = this.#logprobs?.release(this.#assembler.emittedBytes) ?? NO_LOGPROBS;
            return { ...this.#parts(text), logprobs };
        }
        switch (finish.reason) {
            case 'error':
                throw finish.error === undefined
                    ? new ForetokenError('internal_error', 'The engine ended the request without saying why.')
                    : inWordsOfTheApi(finish.error);
            case 'cancelled':
                throw new ForetokenError('cancelled', 'The request was cancelled before its answer was complete.');
            case 'finished':
            case 'stopped':
            case 'length': {
                const text = this.#assembler.finish(event.tokens, finish.stopTrimBytes);
                const parts = this.#parts(text, true);
                const called = (this.#reader?.completeCalls ?? 0) > 0;
                this.#ending = {
                    reason: finish.reason === 'length' ? 'length' : called ? 'tool_calls' : 'stop',
                    statistics: finish.statistics,
                    stop: finish.stop,
                };
                return { ...parts, logprobs: this.#logprobs?.finish(this.#assembler.emittedBytes) ?? NO_LOGPROBS };
            }
        }
    }
    #parts(text, last = false) {
        if (this.#reader === undefined)
            return { text, reasoning: '', calls: NO_CALLS };
        const parts = this.#reader.push(text);
        if (!last)
            return parts;
        const rest = this.#reader.finish();
        return {
            text: parts.text + rest.text,
            reasoning: parts.reasoning + rest.reasoning,
            calls: [...parts.calls, ...rest.calls],
        };
    }
}
//# sourceMappingURL=choice.js.map