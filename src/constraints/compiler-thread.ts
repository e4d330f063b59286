/** The thread of `GrammarCompiler`: one source after another, nothing else. */
import { parentPort } from 'node:worker_threads';
import { assert, ForetokenError, type PlainError } from '../base/errors.js';
import { compileSource, type GrammarSource } from './grammar-source.js';
import type { CompiledGrammar } from './network.js';

/** Also tells that the thread has started, with neither. */
export interface CompileAnswer {
  readonly grammar?: CompiledGrammar;
  readonly error?: PlainError;
}

assert(parentPort !== null, 'constraints/compiler-thread.js runs as a worker only');
const port = parentPort;
port.on('message', (source: GrammarSource) => {
  let answer: CompileAnswer;
  try {
    answer = { grammar: compileSource(source) };
  } catch (thrown) {
    answer = { error: ForetokenError.from(thrown).toPlain() };
  }
  port.postMessage(answer);
});
const started: CompileAnswer = {};
port.postMessage(started);
