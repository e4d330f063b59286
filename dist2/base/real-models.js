/**
 * Pretrained models for tests and benchmarks, where `npm run models:real` has fetched them. A test that needs one
 * passes `absent(model)` as its `skip`, which also says so on stderr: a run that skipped must not look like one
 * that passed.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
const folder = fileURLToPath(new URL('../../models/real/', import.meta.url));
/** SmolLM2-135M-Instruct as it was fetched, the same in Q8_0, and Gemma 3 270M (base, without a chat template). */
export const SMOLLM2_Q4_1 = path.join(folder, 'smollm2-135m-instruct-q4_1.gguf');
export const SMOLLM2_Q8_0 = path.join(folder, 'smollm2-135m-instruct-q8_0.gguf');
export const GEMMA = path.join(folder, 'gemma-3-270m-q4_k_m.gguf');
/** Why a test over `model` cannot run; false when it can. */
export function absent(model) {
    if (existsSync(model))
        return false;
    const reason = `NOT TESTED: ${path.basename(model)} is absent; fetch it with: npm run models:real`;
    process.stderr.write(`\n*** ${reason}\n`);
    return reason;
}
//# sourceMappingURL=real-models.js.map