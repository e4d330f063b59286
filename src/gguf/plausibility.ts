/**
 * Looks at a GGUF file's head for what no model can be. A file that is damaged, or made to do harm, is refused here
 * with a reason, before the native library sees it, which ends the process for much of it. What is refused is certain
 * to be wrong; keys, types and architectures that are not known here are left to the library, and so the trial in a
 * child process (`llama/model-trial.ts`) stands behind these checks.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ForetokenError } from '../base/errors.js';
import { type Finding, Findings } from './findings.js';
import { quoted } from './head-reader.js';
import { cutHeadProblem } from './cut-head.js';
import { checkNetwork } from './network-findings.js';
import { readGguf } from './reader.js';
import { checkTokenizer } from './tokenizer-findings.js';
import type { GgufFile, TensorInfo } from './types.js';

/**
 * @param parts the files of one model, the first with its metadata
 * @returns errors and warnings, a few of each kind; none for a sound file
 */
export function findingsIn(parts: readonly [GgufFile, ...GgufFile[]]): readonly Finding[] {
  const findings = new Findings(parts[0].metadata);
  for (const { tensors } of parts) checkPlaces(findings, tensors);
  const tensors = parts.length === 1 ? parts[0].tensors : parts.flatMap((part) => part.tensors);
  if (parts.length > 1) checkNames(findings, tensors);
  const kind = findings.text('general.type');
  if (kind === 'adapter') checkAdapter(findings, tensors);
  else if (kind === undefined || kind === 'model') {
    checkNetwork(findings, tensors);
    checkTokenizer(findings);
    const problem = cutHeadProblem({ metadata: parts[0].metadata, tensors });
    if (problem !== undefined) findings.error(problem);
  }
  return findings.list;
}

/**
 * All files of the model that `file` is or begins, read and found plausible.
 * @throws ForetokenError `file_not_found`, `invalid_gguf`
 */
export function readPlausibleModel(file: string): readonly [GgufFile, ...GgufFile[]] {
  const parts = readModelFiles(file);
  const errors = findingsIn(parts).filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    throw new ForetokenError(
      'invalid_gguf',
      `${file} is not a usable model: ${errors
        .slice(0, 3)
        .map(({ text }) => text)
        .join(
          '; ',
        )}${errors.length > 3 ? '; and more' : ''}. Is the file damaged? \`foretoken inspect\` shows what is in it.`,
      { param: 'model' },
    );
  return parts;
}

/** @throws ForetokenError `file_not_found` when a part of a split model is not there, `invalid_gguf` */
export function readModelFiles(file: string): readonly [GgufFile, ...GgufFile[]] {
  const first = readGguf(file);
  const others = splitFilesOf(file).filter((part) => path.resolve(part) !== path.resolve(file));
  const missing = others.find((part) => !existsSync(part));
  if (missing !== undefined)
    throw new ForetokenError(
      'file_not_found',
      `${file} is part of a split model, and ${missing} is not there.`,
      {
        param: 'model',
      },
    );
  return [first, ...others.map(readGguf)];
}

/** The files of a split model ("name-00001-of-00003.gguf"), in order; none for a whole model. */
export function splitFilesOf(file: string): string[] {
  const match = /^(.*)-(\d{5})-of-(\d{5})\.gguf$/i.exec(path.basename(file));
  if (match === null) return [];
  const [, prefix, , count] = match as unknown as [string, string, string, string];
  return Array.from({ length: Number(count) }, (_, index) =>
    path.join(path.dirname(file), `${prefix}-${String(index + 1).padStart(5, '0')}-of-${count}.gguf`),
  );
}

/** No two tensors share bytes. */
function checkPlaces(findings: Findings, tensors: readonly TensorInfo[]): void {
  const byPlace = [...tensors].sort((a, b) => a.offsetBytes - b.offsetBytes);
  for (let at = 1; at < byPlace.length; at++) {
    const [before, after] = [byPlace[at - 1]!, byPlace[at]!];
    if (before.offsetBytes + before.sizeBytes <= after.offsetBytes) continue;
    findings.error(`tensors ${quoted(before.name)} and ${quoted(after.name)} lie over each other`);
    return;
  }
}

function checkNames(findings: Findings, tensors: readonly TensorInfo[]): void {
  const seen = new Set<string>();
  for (const { name } of tensors) {
    if (seen.has(name)) findings.error(`tensor ${quoted(name)} is in two files of the model`);
    seen.add(name);
  }
}

/** A LoRA adapter: pairs of matrices, the first's rows as many as the second's are long. */
function checkAdapter(findings: Findings, tensors: readonly TensorInfo[]): void {
  const kind = findings.text('adapter.type');
  if (kind !== undefined && kind !== 'lora')
    findings.error(`adapter.type is ${quoted(kind)} instead of lora`);
  findings.number('adapter.lora.alpha');
  const byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  for (const { name, shape } of tensors) {
    const pair = /^(.*)\.lora_([ab])$/.exec(name);
    if (pair === null) continue;
    const other = byName.get(`${pair[1]!}.lora_${pair[2] === 'a' ? 'b' : 'a'}`);
    if (other === undefined) findings.error(`tensor ${quoted(name)} is without its pair`);
    // Of the token vectors the first matrix is turned.
    else if (pair[2] === 'a' && !name.startsWith('token_embd.') && shape[1] !== other.shape[0])
      findings.error(`tensors ${quoted(name)} and ${quoted(other.name)} differ in rank`);
  }
}
