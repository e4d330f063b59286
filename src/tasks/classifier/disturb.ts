/** A prompt as somebody else would have sent it: with typing errors, in small letters, behind a system prompt. */

/** System prompts that say nothing about the task, as clients send them with everything. */
const SYSTEM_PROMPTS = [
  'You are a helpful assistant.',
  'You are a helpful, respectful and honest assistant. Always answer as helpfully as possible.',
  'You are an AI assistant. Answer the user politely and keep to the point.',
  'You are a large language model. Follow the user\u2019s instructions carefully. Respond using markdown.',
  'Today is Monday. You work for the support desk of a company.',
  'Be brief.',
];

/** Share of words in which a typing error is made. */
const TYPOS = 0.08;

export function disturbed(text: string, random: () => number): string {
  let changed = random() < 0.5 ? withTypos(text, random, TYPOS) : text;
  if (random() < 0.2) changed = changed.toLowerCase();
  if (random() < 0.4)
    changed = `${SYSTEM_PROMPTS[Math.floor(random() * SYSTEM_PROMPTS.length)]!}\n\n${changed}`;
  return changed;
}

/** Two letters swapped, one lost or one doubled, in this share of the words of four letters or more. */
export function withTypos(text: string, random: () => number, share: number): string {
  return text.replace(/\p{L}{4,}/gu, (word) => {
    if (random() >= share) return word;
    const letters = Array.from(word);
    const at = 1 + Math.floor(random() * (letters.length - 2));
    const kind = Math.floor(random() * 3);
    if (kind === 0) [letters[at], letters[at + 1]] = [letters[at + 1]!, letters[at]!];
    else if (kind === 1) letters.splice(at, 1);
    else letters.splice(at, 0, letters[at]!);
    return letters.join('');
  });
}
