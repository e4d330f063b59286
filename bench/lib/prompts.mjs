/** Held-out prompts by task: never trained on, one conversation a line (`task`, `messages`). */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './machine.mjs';
import { fail } from './options.mjs';

/** The values of a file of JSON lines. @param {string} file @returns {any[]} */
export const jsonLines = (file) =>
  readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line));

/** @typedef {{ task: string, index: number, messages: { role: string, content: string }[], prompt: string }} Prompt */

/**
 * All held-out prompts, tasks taken in turn (math, sql, …, math, sql, …), so that any run of neighbours is a mix.
 * @param {string} [file]
 * @returns {Prompt[]}
 */
export function readPrompts(file) {
  const found = file ? path.resolve(file) : path.join(root, 'models', 'heldout.jsonl');
  if (!existsSync(found)) return fail(`No held-out prompts at ${found}; give --prompts FILE.`);
  /** @type {Map<string, Prompt[]>} */
  const byTask = new Map();
  for (const { task, messages } of jsonLines(found)) {
    const asked = messages.filter((/** @type {{ role: string }} */ message) => message.role !== 'assistant');
    const list = byTask.get(task) ?? [];
    list.push({ task, index: list.length, messages: asked, prompt: chatMl(asked) });
    byTask.set(task, list);
  }
  const longest = Math.max(...[...byTask.values()].map((list) => list.length));
  const mixed = [];
  for (let index = 0; index < longest; index += 1) {
    for (const list of byTask.values()) if (index < list.length) mixed.push(list[index]);
  }
  return mixed;
}

/** Prompts of each task of models/traffic.jsonl that the bundled drafts were trained on (models/README.md). */
const LEARNED = 400;

/**
 * Those of models/traffic.jsonl that no bundled draft has learned from.
 * @returns {{ task: string, prompt: string }[]}
 */
export function unseenTraffic() {
  /** @type {Map<string, number>} */
  const seen = new Map();
  return jsonLines(path.join(root, 'models', 'traffic.jsonl')).filter(({ task }) => {
    const before = seen.get(task) ?? 0;
    seen.set(task, before + 1);
    return before >= LEARNED;
  });
}

/** As `npm run models` holds questions of Spec-Bench out of the training of SmolLM2's draft: every fourth. */
const HELD_OUT_OF = 4;
const BUNDLED_A_TASK = 40;

/**
 * First questions by category, of Spec-Bench and of the bundled tasks: those that no shipped draft has learned from, or all of
 * Spec-Bench, where no draft guesses.
 * @param {boolean} [all]
 * @returns {Map<string, string[]>}
 */
export function questionsByCategory(all = false) {
  /** @type {Map<string, string[]>} */
  const found = new Map();
  const add = (/** @type {string} */ category, /** @type {string} */ text) =>
    found.set(category, [...(found.get(category) ?? []), text]);
  const seen = new Map();
  for (const { category, turns } of jsonLines(path.join(root, 'models/recipe/spec-bench.jsonl'))) {
    const place = seen.get(category) ?? 0;
    seen.set(category, place + 1);
    if (all || place % HELD_OUT_OF === 0) add(category, turns[0]);
  }
  for (const { task, messages } of jsonLines(path.join(root, 'models/heldout.jsonl')))
    if ((found.get(`bundled ${task}`)?.length ?? 0) < BUNDLED_A_TASK)
      add(`bundled ${task}`, messages[0].content);
  return found;
}

/**
 * The demo model's chat template, so that every peer computes the very same tokens whatever its own template
 * engine does. Answers of all peers report the same `prompt_tokens`, which is checked.
 * @param {{ role: string, content: string }[]} messages
 */
function chatMl(messages) {
  const turns = messages.map(({ role, content }) => `<|im_start|>${role}\n${content}<|im_end|>\n`);
  return `${turns.join('')}<|im_start|>assistant\n`;
}
