/**
 * Takes what identifies people out of texts before anything is stored: e-mail addresses, keys, card and phone numbers,
 * IBANs, IP addresses, and what the operator names. Card numbers and IBANs are told from other numbers by their check
 * digits (Luhn, ISO/IEC 7812-1 annex B; ISO 7064 MOD 97-10).
 *
 * Everything runs in a context of its own under a time limit, which V8 also holds to inside one match, so that no
 * expression, however it is written, can hang what calls it.
 */
import vm from 'node:vm';
import { ForetokenError } from '../../base/errors.js';

/** What takes longer, for one call, is not redacted; 64 texts of 100 kB take a hundredth of this. */
const MOST_MS = 1500;
const MOST_PATTERNS = 32;
const MOST_PATTERN_LENGTH = 1000;

/** `[words put in place, expression, flags, check of what was found]`; every repetition is bounded. */
const BUILT_IN: readonly (readonly [words: string, source: string, check?: 'card' | 'iban' | 'address'])[] = [
  ['[key]', '-----BEGIN [A-Z ]{0,32}PRIVATE KEY-----[^-]{0,8192}(?:-----END [A-Z ]{0,32}PRIVATE KEY-----)?'],
  // Of OpenAI, Anthropic, Hugging Face, GitHub, GitLab, Slack, Stripe, Google, AWS; JSON web tokens; bearer tokens.
  ['[key]', '\\b(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,200}'],
  ['[key]', '\\b(?:hf_|ghp_|gho_|ghu_|ghs_|ghr_|github_pat_|glpat-|npm_|xox[abposr]-)[A-Za-z0-9_-]{10,255}'],
  ['[key]', '\\bAIza[A-Za-z0-9_-]{35}'],
  ['[key]', '\\b(?:AKIA|ASIA)[A-Z0-9]{16}\\b'],
  ['[key]', '\\beyJ[A-Za-z0-9_-]{8,2048}\\.[A-Za-z0-9_-]{8,4096}\\.[A-Za-z0-9_-]{8,1024}'],
  ['Bearer [key]', '\\b[Bb]earer [A-Za-z0-9._~+/-]{16,1024}=*'],
  [
    '[e-mail]',
    '(?<![\\p{L}\\p{N}._%+-])[\\p{L}\\p{N}._%+-]{1,64}@(?:[\\p{L}\\p{N}-]{1,63}\\.){1,8}\\p{L}{2,24}',
  ],
  ['[iban]', '\\b[A-Z]{2}\\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\\b', 'iban'],
  ['[card]', '(?<![\\d.])\\d(?:[ -]?\\d){12,18}(?![\\d.]?\\d)', 'card'],
  ['[ip]', '(?<![\\d.])\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}(?![\\d.]?\\d)', 'address'],
  ['[ip]', '(?<![\\w:])(?:[0-9a-fA-F]{1,4}:){7}[0-9a-fA-F]{1,4}(?![\\w:])'],
  ['[ip]', '(?<![\\w:])(?:[0-9a-fA-F]{1,4}:){1,6}(?::[0-9a-fA-F]{1,4}){1,6}(?![\\w:])'],
  ['[phone]', '(?<![\\w+])\\+\\d{1,3}(?:[ ().\\/-]{0,2}\\d){6,13}(?![\\d])'],
  ['[phone]', '(?<![\\w.])(?:\\(\\d{3}\\) ?|\\d{3}[ .-])\\d{3}[ .-]\\d{4}(?!\\w)'],
  ['[phone]', '(?<![\\w.])\\(?0\\d{1,4}\\)?(?:[ \\/-]\\d{2,5}){2,4}(?!\\w)'],
];

/** Runs in the context, over the global `texts`: what each becomes. */
const PROGRAM = new vm.Script(`
(() => {
  const digits = (text) => text.replace(/\\D/g, '');
  const checks = {
    card: (found) => {
      let sum = 0;
      [...digits(found)].reverse().forEach((digit, at) => {
        const value = at % 2 === 0 ? Number(digit) : 2 * digit;
        sum += value > 9 ? value - 9 : value;
      });
      return sum % 10 === 0 && /[1-9]/.test(found);
    },
    iban: (found) => {
      const plain = found.replace(/ /g, '');
      let rest = 0;
      for (const sign of plain.slice(4) + plain.slice(0, 4)) {
        const value = parseInt(sign, 36);
        rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
      }
      return rest === 1;
    },
    address: (found) => found.split('.').every((part) => Number(part) < 256),
  };
  return texts.map((text) => {
    let clean = text;
    for (const { words, expression, check } of patterns)
      clean = clean.replace(expression, (found) =>
        check === undefined || checks[check](found) ? words : found);
    return clean;
  });
})()
`);

export class Redactor {
  readonly #context: vm.Context;

  /**
   * @param further regular expressions of JavaScript, with the flag `u`, of what else is taken out
   * @throws ForetokenError `invalid_option`
   */
  constructor(further: readonly string[] = []) {
    further.forEach(assertUsable);
    if (further.length > MOST_PATTERNS)
      throw unusable(`${further.length} patterns`, `at most ${MOST_PATTERNS}`);
    const patterns = [
      ...BUILT_IN.map(([words, source, check]) => ({ words, expression: new RegExp(source, 'gu'), check })),
      ...further.map((source) => ({
        words: '[redacted]',
        expression: new RegExp(source, 'gu'),
        check: undefined,
      })),
    ];
    this.#context = vm.createContext({ patterns, texts: [] });
  }

  /**
   * @returns [text] as it may be stored; undefined where that could not be found out in time, for then it may not be
   */
  redact(texts: readonly string[]): (string | undefined)[] {
    if (texts.length === 0) return [];
    const all = this.#run(texts);
    if (all !== undefined) return all;
    // Only what takes too long on its own is lost.
    return texts.length === 1 ? [undefined] : texts.map((text) => this.#run([text])?.[0]);
  }

  #run(texts: readonly string[]): string[] | undefined {
    try {
      this.#context['texts'] = texts;
      const clean = PROGRAM.runInContext(this.#context, { timeout: MOST_MS }) as string[];
      return [...clean];
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return undefined;
      throw error;
    } finally {
      this.#context['texts'] = [];
    }
  }
}

function assertUsable(source: string): void {
  if (source.length > MOST_PATTERN_LENGTH)
    throw unusable(`a pattern of ${source.length} characters`, `at most ${MOST_PATTERN_LENGTH}`);
  let expression: RegExp;
  try {
    expression = new RegExp(source, 'u');
  } catch (cause) {
    throw unusable(JSON.stringify(source), 'a regular expression of JavaScript with the flag u', cause);
  }
  if (expression.test(''))
    throw unusable(JSON.stringify(source), 'a pattern that does not match an empty text');
}

const unusable = (given: string, allowed: string, cause?: unknown): ForetokenError =>
  new ForetokenError('invalid_option', `--redact must be ${allowed}; got ${given}.`, {
    param: 'redact',
    cause,
  });
