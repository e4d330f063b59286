import { FakeDecoder, fakeModel } from '../decoder/fake.js';
import { targetMs } from './cost-table.js';
/** A curve with bends, as small models on a processor have them. */
export const BENT = {
    tokens: [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256],
    ms: [1.1, 1.9, 2.05, 2.6, 3, 3.2, 3.9, 5.2, 6.8, 10.6, 13, 20, 26, 50, 99],
};
export const MACHINE = {
    version: 0,
    target: BENT,
    targetMsPerTokenCell: 0.0012,
    targetMsPerOutput: 0.06,
    targetResizeMs: 0.3,
    targetAfterDraftMs: 0.4,
    draft: { tokens: [1, 2, 4, 8, 16, 32, 64], ms: [0.16, 0.19, 0.27, 0.45, 0.8, 1.6, 3.1] },
    draftMsPerTokenCell: 0.00007,
    draftAfterTargetMs: 0.1,
    overheadMs: 0.03,
    overheadMsPerRow: 0.035,
    overheadMsGuessing: 0,
};
/** A machine on which nothing costs anything but a decode of the target: for tests that set what matters to them. */
export const FREE = {
    version: 0,
    target: { tokens: [1], ms: [1] },
    targetMsPerTokenCell: 0,
    targetMsPerOutput: 0,
    targetResizeMs: 0,
    targetAfterDraftMs: 0,
    draft: undefined,
    draftMsPerTokenCell: 0,
    draftAfterTargetMs: 0,
    overheadMs: 0,
    overheadMsPerRow: 0,
    overheadMsGuessing: 0,
};
/** A decoder that takes as long as a table says, on a clock of its own. */
export class TimedDecoder extends FakeDecoder {
    #clock;
    #costs;
    #factor;
    #lastTokens = 0;
    constructor(options, clock, costs, factor = () => 1) {
        super(options);
        this.#clock = clock;
        this.#costs = costs;
        this.#factor = factor;
    }
    decode() {
        const { length: tokens, outputCount: outputs, arrays } = this.batch;
        let tokenCells = 0;
        for (let index = 0; index < tokens; index++)
            tokenCells += arrays.positions[index] + 1;
        const afterDraft = this.#clock.latest !== undefined && this.#clock.latest !== this;
        const work = { tokens, outputs, tokenCells, resized: tokens !== this.#lastTokens, afterDraft };
        this.#clock.latest = this;
        this.#lastTokens = tokens;
        this.#clock.ms += targetMs(this.#costs, work) * this.#factor();
        return super.decode();
    }
}
/** The costs of the draft as if it were a target. */
export function asTarget(costs) {
    return {
        ...costs,
        target: costs.draft,
        targetMsPerTokenCell: costs.draftMsPerTokenCell,
        targetMsPerOutput: 0,
        targetResizeMs: 0.04,
        targetAfterDraftMs: costs.draftAfterTargetMs,
    };
}
/** A model that takes as long as a table says. */
export function timedModel(costs, clock, options = {}, factor) {
    const sizes = { batchSize: 256, maxSequences: 4, cellCount: 2048, vocabularySize: 8, ...options };
    return {
        ...fakeModel(sizes),
        decoder: new TimedDecoder(sizes, clock, costs, factor),
        draft: costs.draft && new TimedDecoder(sizes, clock, asTarget(costs), factor),
    };
}
//# sourceMappingURL=test-machines.js.map