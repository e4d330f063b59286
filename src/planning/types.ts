/** What the planner is asked and what it answers: plain records, so that a plan can be logged and computed again. */
import type { CostTable } from '../costs/cost-table.js';
import type { SequenceShare } from '../costs/ubatches.js';

/** One way of guessing for a request. */
export interface PlanOption {
  readonly source: 'grammar' | 'lookup' | 'suffix' | 'draft';
  /** Which draft, by its key in the table of costs; undefined: the only one. */
  readonly draft?: string | undefined;
  /** [i] probability that the guesses 0 to i are all accepted; never rises. Its length is the most to guess. */
  readonly survival: readonly number[];
  /** Tokens the draft model computes before its first guess, >= 1; 0 where guessing costs nothing. */
  readonly catchUp: number;
  /** Share of a long catch-up that this step must earn, (0, 1]; later steps of the request earn the rest. */
  readonly catchUpShare: number;
}

export interface PlanRequest {
  readonly id: number;
  /** Number of its KV sequence; requests come in this order. */
  readonly sequence: number;
  /** Tokens in its KV cache. */
  readonly context: number;
  /** Ways of guessing; the planner takes one of them or none. */
  readonly options: readonly PlanOption[];
  /** True when not the planner but the request says how much is guessed: the first option, in full. */
  readonly fixed: boolean;
}

export interface PlanInput {
  readonly requests: readonly PlanRequest[];
  /** Prompt tokens computed in the same decode, by sequence in ascending order. */
  readonly prefill: readonly SequenceShare[];
  /** KV cells that they attend to, summed over tokens. */
  readonly prefillTokenCells: number;
  /** One pool of KV cells; otherwise the library computes a batch in parts (`costs/ubatches.ts`). */
  readonly unified: boolean;
  readonly costs: CostTable;
  /**
   * Tokens of the target's latest batch, where that held guesses: a batch of another size costs the building of a graph,
   * which one of the same size saves. Undefined: sizes are not compared with it.
   */
  readonly previousTokens?: number | undefined;
  /** What a copied token is worth beside one that comes anyway; undefined: as much. */
  readonly copyWorth?: number | undefined;
}

/** What a step is expected to do. */
export interface Forecast {
  /** Tokens committed. */
  readonly tokens: number;
  readonly ms: number;
  /** Of these, inside the draft model's decodes. */
  readonly draftMs: number;
  /** Tokens in the target's batch. */
  readonly batchTokens: number;
}

/** `option` is an index into the request's options, -1 for no guesses. */
export interface Choice {
  readonly id: number;
  readonly option: number;
  /** Guesses in a row. */
  readonly length: number;
}

export interface GoodputPlan {
  readonly choices: readonly Choice[];
  /**
   * Requests with fewer guesses verify so many tokens all the same, because unequal lengths would cost more
   * (`costs/ubatches.ts`); 0 for not.
   */
  readonly padTo: number;
  readonly forecast: Forecast;
  /** The same step without guesses, but for those of requests that fix them. */
  readonly without: Forecast;
  /** Tokens per millisecond that a millisecond more must bring: the goodput of the plan, prompts apart. */
  readonly price: number;
  /** What the best guesses promise, also where that is too little to make them: goodput over that without less 1. */
  readonly gain: number;
}
