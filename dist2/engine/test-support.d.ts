import { GrammarPool } from '../constraints/grammar-pool.js';
import { fakeModel, type FakeDecoderOptions } from '../decoder/fake.js';
import { EngineCore } from './core.js';
import { type EngineOptions, type EngineRequest, type RequestEvent, type StepReport } from './types.js';
/** Tokens 1, 4, 7 … of the fake model, without an end. */
export declare const EVERY_THIRD: import("../index.js").CompiledGrammar;
export declare const grammarsOf: (model: Model) => GrammarPool;
export type Model = ReturnType<typeof fakeModel>;
export declare function requestOf(id: number, prompt: readonly number[], more?: Partial<EngineRequest>): EngineRequest;
export declare function optionsOf(more?: Omit<Partial<EngineOptions>, 'speculation'> & Partial<EngineOptions['speculation']>): EngineOptions;
export interface Outcome {
    readonly tokens: number[];
    readonly finish: NonNullable<RequestEvent['finish']>;
}
/** Steps until all is answered; checks that each request ends once and that the books are right. */
export declare function runAll(core: EngineCore, onStep?: (step: number, report: StepReport) => void): Map<number, Outcome>;
export declare function generate(model: Model, options: EngineOptions, requests: readonly EngineRequest[]): Map<number, Outcome>;
export declare const textsOf: (outcomes: Map<number, Outcome>) => number[][];
/** A draft that agrees with its target in most contexts; both repeat themselves enough for lookup. */
export declare const pair: (more?: FakeDecoderOptions) => Model;
export declare const PROMPTS: number[][];
