/** The bundled models, as `foretoken serve` finds them: what is measured when nothing else is named. */
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { root } from './machine.mjs';
import { fail } from './options.mjs';

const folder = path.join(root, 'models');
const names = () =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.gguf'))
        .sort()
    : [];

/** @returns {string | undefined} */
export function bundledTarget() {
  const name = names().find((file) => file.startsWith('foretoken-demo-') && !file.includes('draft'));
  return name && path.join(folder, name);
}

/** @returns {string | undefined} */
export function bundledDraft() {
  const drafts = names().filter((file) => file.includes('draft'));
  const name = drafts.find((file) => file.includes('general')) ?? drafts[0];
  return name && path.join(folder, name);
}

/** Options that every tool takes. */
export const MODEL_OPTIONS = /** @type {const} */ ({
  model: { type: 'string', default: bundledTarget(), help: 'target, GGUF' },
  draft: { type: 'string', default: bundledDraft() ?? 'none', help: 'draft model, GGUF, or "none"' },
  prompts: { type: 'string', help: 'held-out prompts, JSON lines (default models/heldout.jsonl)' },
});

/**
 * Absolute paths of the models; `--draft none` is no draft.
 * @param {{ model?: string, draft?: string }} options @returns {{ model: string, draft: string | undefined }}
 */
export function modelPaths(options) {
  const at = (/** @type {string | undefined} */ file) => {
    const found = path.resolve(file ?? fail('No model is bundled: give --model FILE.'));
    return existsSync(found) ? found : fail(`There is no ${found}.`);
  };
  const none = options.draft === undefined || options.draft === 'none';
  return { model: at(options.model), draft: none ? undefined : at(options.draft) };
}
