/** `foretoken explain`: why steps were planned as they were, from a plan log or a running server. */
import { readFileSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { explainStep } from '../planning/explain.js';
import { isPlanRecord } from '../planning/plan-record.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { ExplainFlags } from './flags/explain.js';

/** How long a server may take to answer. */
const TIMEOUT_MS = 10_000;

/** @param source file of a plan log (`serve --plan-log`), or the address of a server */
export async function explain(source: string, flags: ExplainFlags): Promise<void> {
  const records = /^https?:\/\//i.test(source) ? await ofServer(source, flags.apiKey) : ofFile(source);
  const chosen = records
    .filter(({ step }) => flags.step === undefined || step === flags.step)
    .filter(
      ({ input }) => flags.request === undefined || input.requests.some(({ id }) => id === flags.request),
    )
    .slice(-flags.last);
  if (chosen.length === 0) {
    throw new ForetokenError(
      'invalid_option',
      records.length === 0
        ? `${source} holds no plans yet; plans are made once requests run with speculation.`
        : `${source} holds ${records.length} plans (steps ${records[0]!.step} to ${records.at(-1)!.step}), but none that is asked for.`,
    );
  }
  for (const record of chosen) {
    process.stdout.write(
      `${flags.json === true ? JSON.stringify(record) : explainStep(record).join('\n')}\n`,
    );
  }
}

function ofFile(file: string): PlanRecord[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new ForetokenError('file_not_found', `Cannot read the plan log ${file}: ${messageOf(error)}.`, {
      cause: error,
    });
  }
  const lines = text.split('\n');
  // The server may be writing the last line at this moment.
  const complete = lines.slice(0, -1);
  return complete.map((line, index) => recordOf(line, `line ${index + 1} of ${file}`));
}

async function ofServer(address: string, apiKey: string | undefined): Promise<PlanRecord[]> {
  const url = `${address.replace(/\/+$/, '')}/v1/plans`;
  let body: { readonly data?: unknown } | null;
  try {
    const response = await fetch(url, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}, ${text.slice(0, 200)}`);
    body = JSON.parse(text) as typeof body;
  } catch (error) {
    throw new ForetokenError(
      'invalid_option',
      `${url} does not answer as a Foretoken server does: ${messageOf(error)}. Is the address right?`,
      { cause: error },
    );
  }
  if (!Array.isArray(body?.data)) throw notARecord(url);
  return body.data.map((value: unknown) => {
    if (!isPlanRecord(value)) throw notARecord(url);
    return value;
  });
}

function recordOf(line: string, where: string): PlanRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw notARecord(where);
  }
  if (!isPlanRecord(value)) throw notARecord(where);
  return value;
}

function notARecord(where: string): ForetokenError {
  return new ForetokenError(
    'invalid_option',
    `${where} is not the record of a plan; give a file that \`foretoken serve --plan-log\` wrote.`,
  );
}

function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
