/**
 * The promise put to the test: the same requests under every setting of speculation, alone and side by side, and how
 * many texts differ from those of one request at a time without speculation. For tests and `bench/exactness.mjs`.
 */
import { assert } from '../base/errors.js';
import { randomNumbers } from '../base/random.js';
import { GREEDY } from '../base/sampling-options.js';
import { EngineCore } from './core.js';
import { AS_THE_ENGINE } from './types.js';
/** The last one of the last kind has run beside others, so its texts find cached beginnings. */
export const TRIAL_SETTINGS = [
    ...[1, 4].flatMap((parallel) => [
        { mode: 'fixed', length: 2, parallel },
        { mode: 'fixed', length: 4, parallel },
        { mode: 'fixed', length: 8, parallel },
        { mode: 'auto', length: 8, parallel },
    ]),
    { mode: 'off', length: 0, parallel: 4 },
];
export const nameOfSetting = ({ mode, length, parallel }) => `${mode === 'fixed' ? `fixed:${length}` : mode}, ${parallel} at once`;
/** Half of the answers are greedy, the others are drawn at temperature 0.8. */
export function tryExactness(model, prompts, maxTokens, settings = TRIAL_SETTINGS, temperatures = [0, 0.8]) {
    const requests = prompts.map((prompt, id) => {
        return {
            id,
            prompt,
            maxTokens,
            sampling: { ...GREEDY, temperature: temperatures[id % temperatures.length], seed: id },
            stop: [],
            ignoreEndOfGeneration: true,
            grammar: undefined,
            topLogprobs: -1,
            speculation: AS_THE_ENGINE,
            label: 0,
        };
    });
    const expected = answer(model, requests, { mode: 'off', length: 0, parallel: 1 });
    const differing = [];
    let accepted = 0;
    let tokens = 0;
    for (const setting of settings) {
        const found = answer(model, requests, setting);
        accepted += found.accepted;
        for (const { id } of requests) {
            const [text, right] = [found.texts[id], expected.texts[id]];
            tokens += text.length;
            const at = text.findIndex((token, index) => token !== right[index]);
            if (at >= 0 || text.length !== right.length)
                differing.push(`${nameOfSetting(setting)}: answer ${id} from token ${at} on`);
        }
    }
    return { answers: settings.length * requests.length, tokens, accepted, differing };
}
/** Prompts that nobody wrote, of 1 to 40 tokens; later parts repeat earlier ones, so that there is something to look up. */
export function randomPrompts(count, vocabularySize, seed) {
    const next = randomNumbers(seed);
    return Array.from({ length: count }, () => {
        const length = 1 + Math.floor(next() * 40);
        const period = 1 + Math.floor(next() * 12);
        const tokens = new Int32Array(length);
        for (let index = 0; index < length; index += 1)
            tokens[index] =
                index >= period && next() < 0.9 ? tokens[index - period] : Math.floor(next() * vocabularySize);
        return tokens;
    });
}
function answer(model, requests, { mode, length, parallel }) {
    model.decoder.clear();
    model.draft?.clear();
    const core = new EngineCore(model, {
        parallel,
        queueLimit: requests.length,
        prefillChunk: 128,
        speculation: {
            mode,
            length,
            proposers: ['lookup', 'suffix', 'draft'],
            lookupMinNgram: 2,
            suffixBytes: 1 << 20,
        },
    });
    for (const request of requests)
        core.submit(request);
    const texts = requests.map(() => []);
    let accepted = 0;
    for (;;) {
        for (const event of core.takeEvents()) {
            texts[event.id].push(...event.tokens);
            if (event.finish === undefined)
                continue;
            assert(event.finish.reason === 'length', `answer ${event.id} ended by ${event.finish.reason}`);
            accepted += event.finish.statistics.acceptedTokens;
        }
        if (core.idle)
            return { texts, accepted };
        core.step();
    }
}
//# sourceMappingURL=exactness-trial.js.map