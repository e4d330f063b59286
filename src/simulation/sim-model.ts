/**
 * The machine of a simulation: a target and a draft over one virtual clock, with the true costs, noise on them
 * and the mishaps that are to happen.
 */
import type { DraftModel, EngineModel } from '../decoder/decoder.js';
import { draftOver } from '../decoder/fake.js';
import { decodeMs, ONLY_DRAFT, overheadMs, type CostTable } from '../costs/cost-table.js';
import type { Doing } from '../engine/pulse.js';
import { VirtualClock } from './clock.js';
import { Dice } from './dice.js';
import type { BesideMs } from './h200.js';
import { DraftTruth } from './draft-truth.js';
import type { RecordedGuesses } from './recorded.js';
import { SimDecoder, type Choice, type Voice } from './sim-decoder.js';
import { VOCABULARY, type Workload } from './workload.js';

/** How the times of single decodes scatter. */
export interface TimeNoise {
  /** Standard deviation of the logarithm of a decode's time. */
  readonly sigma: number;
  /** Share of the decodes that take `outlierFactor` times as long. */
  readonly outliers: number;
  readonly outlierFactor: number;
}

export const NO_NOISE: TimeNoise = { sigma: 0, outliers: 0, outlierFactor: 1 };

/** Happens once, at the target's decode of this number (counted from 0). */
export type Mishap =
  | { readonly kind: 'stall'; readonly decode: number; readonly factor: number }
  | { readonly kind: 'clock'; readonly decode: number; readonly jumpMs: number };

export interface MachineOptions {
  readonly costs: CostTable;
  /** What several sequences cost beside that, where it is known; no planner knows it from the start. */
  readonly besideMs?: BesideMs | undefined;
  readonly noise: TimeNoise;
  readonly mishaps: readonly Mishap[];
  /** Requests that run at the same time. */
  readonly parallel: number;
  readonly batchSize: number;
  /** One pool of KV cells; otherwise a batch of several requests is computed in parts (`costs/ubatches.ts`). */
  readonly unified: boolean;
  /** Without a draft, only lookup and suffix can guess. */
  readonly draft: boolean;
  /** What the draft says and what its file tells of it, where that was recorded; else luck decides. */
  readonly recorded?: RecordedGuesses | undefined;
}

/** Streams of luck. */
const NOISE = 31;
const OUTLIER = 33;
const WRONG = 34;

export class SimModel implements EngineModel {
  readonly clock = new VirtualClock();
  readonly truth: DraftTruth;
  readonly decoder: SimDecoder;
  readonly draft: SimDecoder | undefined;
  readonly drafts: readonly DraftModel[];
  readonly embeddingWidth = 4;
  readonly #options: MachineOptions;
  readonly #dice: Dice;
  /** Tokens of the target's latest decode. */
  #lastTokens = 0;
  /** Which model has run last, whose weights the caches hold. */
  #latest: 'target' | 'draft' = 'target';
  #targetDecodes = 0;
  #draftDecodes = 0;
  #firstLook = true;

  constructor(workload: Workload, options: MachineOptions) {
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
    const { acceptance } = options.recorded ?? {};
    this.drafts = this.draft === undefined ? [] : [{ ...draftOver(this.draft), acceptance }];
  }

  /** The engine begins with a part of a step: looking for guesses and planning take time of their own. */
  worked(phase: Doing): void {
    if (phase === 'planning') this.clock.advance(this.#options.costs.overheadMsGuessing);
  }

  isEndOfGeneration(token: number): boolean {
    return token === 0;
  }

  tokenBytes(token: number): Uint8Array {
    return token === 0 ? new Uint8Array(0) : new Uint8Array([token]);
  }

  unloadDraft(draft: DraftModel): void {
    draft.dispose();
  }

  embed(): Float32Array {
    return new Float32Array(this.embeddingWidth);
  }

  dispose(): void {
    this.decoder.dispose();
    this.draft?.dispose();
  }

  #target(): Voice {
    const { costs, mishaps, unified, besideMs } = this.#options;
    return {
      spend: (tokens, outputs, tokenCells, parts) => {
        const decode = this.#targetDecodes++;
        let factor = this.#noise(decode, 0);
        for (const mishap of mishaps) {
          if (mishap.decode !== decode) continue;
          if (mishap.kind === 'stall') factor *= mishap.factor;
          else this.clock.jump(mishap.jumpMs);
        }
        const resized = tokens !== this.#lastTokens;
        this.#lastTokens = tokens;
        const sizes = unified ? undefined : parts.map((part) => part.tokens);
        const cold = this.#latest === 'draft';
        this.#latest = 'target';
        let ms = decodeMs(costs.target, { tokens, outputs, tokenCells, resized, cold, parts: sizes });
        if (besideMs !== undefined) for (const part of parts) ms += besideMs(part, unified);
        this.clock.advance(factor * ms);
        this.draft?.resetDepths();
        this.#firstLook = true;
      },
      look: () => {
        // Work outside the decodes belongs to sampling and what comes after it.
        this.clock.advance(this.#firstLook ? overheadMs(costs, 1, false) : costs.overheadMsPerRow);
        this.#firstLook = false;
      },
      say: ({ text }, position): Choice => {
        const token = text[position] ?? 1;
        return { token, second: wrongToken(token, 1), margin: 2 };
      },
    };
  }

  #drafter(): Voice {
    const truth = this.#options.recorded ?? this.truth;
    return {
      spend: (tokens, _outputs, tokenCells) => {
        const factor = this.#noise(this.#draftDecodes++, 1);
        const cold = this.#latest === 'target';
        this.#latest = 'draft';
        const ms = decodeMs(this.#options.costs.drafts[ONLY_DRAFT], { tokens, tokenCells, cold });
        this.clock.advance(factor * ms);
      },
      say: (request, position, depth): Choice => {
        const right = request.text[position] ?? 1;
        const { agrees, margin, secondAgrees } = truth.guess(request, position, depth);
        const chance = Math.floor(this.#dice.uniform(request.index, WRONG + 16 * position) * 100);
        const token = agrees ? right : wrongToken(right, 2 + chance);
        return { token, second: secondAgrees ? right : wrongToken(right, 1), margin };
      },
    };
  }

  /** The factor on a decode's time; 1 on average but for the outliers. */
  #noise(decode: number, decoder: number): number {
    const { sigma, outliers, outlierFactor } = this.#options.noise;
    if (sigma === 0 && outliers === 0) return 1;
    const index = decode * 2 + decoder;
    const factor = Math.exp(sigma * this.#dice.normal(index, NOISE) - sigma ** 2 / 2);
    return this.#dice.uniform(index, OUTLIER) < outliers ? factor * outlierFactor : factor;
  }
}

/** Another token than `token`, and never 0, which would end a text. @param step 1 to VOCABULARY - 2 */
function wrongToken(token: number, step: number): number {
  return ((token - 1 + step) % (VOCABULARY - 1)) + 1;
}
