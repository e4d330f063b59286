import { type PlainError } from '../base/errors.js';
import type { CompiledGrammar } from './network.js';
/** Also tells that the thread has started, with neither. */
export interface CompileAnswer {
    readonly grammar?: CompiledGrammar;
    readonly error?: PlainError;
}
