import { draftMs, overheadMs, targetMs } from '../costs/cost-table.js';
import { VirtualClock } from './clock.js';
import { Dice } from './dice.js';
import { DraftTruth } from './draft-truth.js';
import { SimDecoder } from './sim-decoder.js';
import { VOCABULARY } from './workload.js';
export const NO_NOISE = { sigma: 0, outliers: 0, outlierFactor: 1 };
/** Streams of luck. */
const NOISE = 31;
const OUTLIER = 33;
const WRONG = 34;
export class SimModel {
    clock = new VirtualClock();
    truth;
    decoder;
    draft;
    embeddingWidth = 4;
    #options;
    #dice;
    /** Tokens of the target's latest decode. */
    #lastTokens = 0;
    /** Which model has run last, whose weights the caches hold. */
    #latest = 'target';
    #targetDecodes = 0;
    #draftDecodes = 0;
    #firstLook = true;
    constructor(workload, options) {
        this.#options = options;
        this.#dice = new Dice(workload.seed).fork(5);
        this.truth = new DraftTruth(workload);
        const shape = {
            maxSequences: options.parallel,
            // The draft may guess a little beyond the last token.
            sequenceCapacity: workload.mostTokens + 1,
            batchSize: options.batchSize,
            unified: options.unified,
        };
        this.decoder = new SimDecoder(shape, workload.items, this.#target());
        this.draft = options.draft
            ? new SimDecoder({ ...shape, unified: true }, workload.items, this.#drafter(), this.decoder)
            : undefined;
    }
    /** The engine begins with a part of a step: looking for guesses and planning take time of their own. */
    worked(phase) {
        if (phase === 'planning')
            this.clock.advance(this.#options.costs.overheadMsGuessing);
    }
    isEndOfGeneration(token) {
        return token === 0;
    }
    tokenBytes(token) {
        return token === 0 ? new Uint8Array(0) : new Uint8Array([token]);
    }
    embed() {
        return new Float32Array(this.embeddingWidth);
    }
    dispose() {
        this.decoder.dispose();
        this.draft?.dispose();
    }
    #target() {
        const { costs, mishaps, unified, besideMs } = this.#options;
        return {
            spend: (tokens, outputs, tokenCells, parts) => {
                const decode = this.#targetDecodes++;
                let factor = this.#noise(decode, 0);
                for (const mishap of mishaps) {
                    if (mishap.decode !== decode)
                        continue;
                    if (mishap.kind === 'stall')
                        factor *= mishap.factor;
                    else
                        this.clock.jump(mishap.jumpMs);
                }
                const resized = tokens !== this.#lastTokens;
                this.#lastTokens = tokens;
                const sizes = unified ? undefined : parts.map((part) => part.tokens);
                const afterDraft = this.#latest === 'draft';
                this.#latest = 'target';
                let ms = targetMs(costs, { tokens, outputs, tokenCells, resized, afterDraft, parts: sizes });
                if (besideMs !== undefined)
                    for (const part of parts)
                        ms += besideMs(part, unified);
                this.clock.advance(factor * ms);
                this.draft?.resetDepths();
                this.#firstLook = true;
            },
            look: () => {
                // Work outside the decodes belongs to sampling and what comes after it.
                this.clock.advance(this.#firstLook ? overheadMs(costs, 1, false) : costs.overheadMsPerRow);
                this.#firstLook = false;
            },
            say: ({ text }, position) => {
                const token = text[position] ?? 1;
                return { token, second: wrongToken(token, 1), margin: 2 };
            },
        };
    }
    #drafter() {
        return {
            spend: (tokens, _outputs, tokenCells) => {
                const factor = this.#noise(this.#draftDecodes++, 1);
                const { costs } = this.#options;
                const cold = this.#latest === 'target' ? costs.draftAfterTargetMs : 0;
                this.#latest = 'draft';
                this.clock.advance(factor * (draftMs(costs, tokens, tokenCells) + cold));
            },
            say: (request, position, depth) => {
                const right = request.text[position] ?? 1;
                const { agrees, margin, secondAgrees } = this.truth.guess(request, position, depth);
                const chance = Math.floor(this.#dice.uniform(request.index, WRONG + 16 * position) * 100);
                const token = agrees ? right : wrongToken(right, 2 + chance);
                return { token, second: secondAgrees ? right : wrongToken(right, 1), margin };
            },
        };
    }
    /** The factor on a decode's time; 1 on average but for the outliers. */
    #noise(decode, decoder) {
        const { sigma, outliers, outlierFactor } = this.#options.noise;
        if (sigma === 0 && outliers === 0)
            return 1;
        const index = decode * 2 + decoder;
        const factor = Math.exp(sigma * this.#dice.normal(index, NOISE) - sigma ** 2 / 2);
        return this.#dice.uniform(index, OUTLIER) < outliers ? factor * outlierFactor : factor;
    }
}
/** Another token than `token`, and never 0, which would end a text. @param step 1 to VOCABULARY - 2 */
function wrongToken(token, step) {
    return ((token - 1 + step) % (VOCABULARY - 1)) + 1;
}
//# sourceMappingURL=sim-model.js.map