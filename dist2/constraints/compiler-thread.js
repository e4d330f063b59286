/** The thread of `GrammarCompiler`: one source after another, nothing else. */
import { parentPort } from 'node:worker_threads';
import { assert, ForetokenError } from '../base/errors.js';
import { compileSource } from './grammar-source.js';
assert(parentPort !== null, 'constraints/compiler-thread.js runs as a worker only');
const port = parentPort;
port.on('message', (source) => {
    let answer;
    try {
        answer = { grammar: compileSource(source) };
    }
    catch (thrown) {
        answer = { error: ForetokenError.from(thrown).toPlain() };
    }
    port.postMessage(answer);
});
const started = {};
port.postMessage(started);
//# sourceMappingURL=compiler-thread.js.map