/** `foretoken inspect`: what is in a GGUF file, for people or as JSON. */
import { ForetokenError } from '../base/errors.js';
import { plainLine, plainLines } from '../base/plain-line.js';
import { sizeText } from '../base/size-text.js';
import type { Finding } from '../gguf/findings.js';
import { readGguf } from '../gguf/reader.js';
import { inspectGguf, type GgufSummary } from '../gguf/summary.js';
import type { InspectFlags } from './flags/inspect.js';
import { table } from './terminal.js';

const TEMPLATE_LINES = 12;
const TEMPLATE_CHARACTERS = 800;

export function inspect(file: string, flags: InspectFlags): void {
  const summary = inspectGguf(file, flags.ctxSize === 0 ? {} : { contextSize: flags.ctxSize });
  const entry = readGguf(file).metadata.get('tokenizer.chat_template');
  const chatTemplate = entry?.type === 'string' ? entry.value : undefined;
  process.stdout.write(
    flags.json === true
      ? `${JSON.stringify({ ...summary, chatTemplate }, null, 2)}\n`
      : `${describe(summary)}\n${describeTemplate(chatTemplate)}\n${describeFindings(summary.findings)}`,
  );
  if (summary.findings.some(({ severity }) => severity === 'error'))
    throw new ForetokenError(
      'invalid_gguf',
      `${file} is not loaded with what is wrong in it. Is it damaged, or its download not complete?`,
    );
}

const describeFindings = (findings: readonly Finding[]): string =>
  findings.map(({ severity, text }) => `${severity}: ${text}\n`).join('');

function describe(summary: GgufSummary): string {
  const { vocabulary, memory, cutHead } = summary;
  const rows: (readonly [string, string | undefined])[] = [
    ['file', `${summary.path} (GGUF v${summary.version}, ${sizeText(summary.fileBytes)})`],
    ['name', summary.name],
    ['draft for', summary.draftOf],
    ['license', summary.license],
    ['architecture', `${summary.architecture}${shape(summary)}`],
    ['parameters', `${count(summary.parameters)} in ${summary.tensors} tensors`],
    [
      'quantisation',
      summary.weightTypes.map(({ type, bytes: size }) => `${type} ${sizeText(size)}`).join(', '),
    ],
    ['context', summary.contextLength === undefined ? undefined : `${summary.contextLength} tokens`],
    [
      'vocabulary',
      `${vocabulary.size} tokens${vocabulary.type === undefined ? '' : ` (${[vocabulary.type, vocabulary.preTokenizer].filter(Boolean).join(', ')})`}`,
    ],
    [
      'head',
      cutHead &&
        `cut to ${cutHead.tokens} of ${cutHead.of} tokens (${((100 * cutHead.tokens) / cutHead.of).toFixed(1)} %)` +
          (cutHead.inputs === undefined ? '' : `, reads ${cutHead.inputs}`),
    ],
    ...vocabulary.special.map(({ role, id, text }) => [`  ${role}`, `${id} ${text}`] as const),
    [
      'memory',
      memory &&
        `${sizeText(memory.totalBytes)} with ${memory.contextSize} tokens of context: weights ${sizeText(memory.weightBytes)}, ` +
          `KV cache ${sizeText(memory.kvBytes)} (${sizeText(memory.kvBytesPerToken)} a token)`,
    ],
  ];
  return table(
    rows.flatMap(([label, text]) => (text === undefined || text === '' ? [] : [[label, plainLine(text)]])),
    'left',
  );
}

function shape({ layers, width, heads, kvHeads, headWidth, feedForward }: GgufSummary): string {
  const parts = [
    layers && `${layers} layers`,
    width && `width ${width}`,
    heads && `${heads} heads${headWidth === undefined ? '' : ` of ${headWidth}`}`,
    kvHeads && kvHeads !== heads && `${kvHeads} of keys and values`,
    feedForward && `feed-forward ${feedForward}`,
  ].filter(Boolean);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

function describeTemplate(template: string | undefined): string {
  if (template === undefined) return 'chat template  none; ChatML is used';
  const shown = template.slice(0, TEMPLATE_CHARACTERS).split('\n').slice(0, TEMPLATE_LINES).join('\n');
  const rest = shown.length < template.length ? '\n  … (all of it with --json)' : '';
  return `chat template\n${plainLines(shown).replace(/^/gm, '  ')}${rest}`;
}

function count(value: number): string {
  if (value >= 1e9) return `${(value / 1e9).toFixed(2)} billion`;
  return value >= 1e6 ? `${(value / 1e6).toFixed(1)} million` : String(value);
}
