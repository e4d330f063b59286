/**
 * `foretoken explain`: why steps were planned as they were, from a plan log or a running server; of the latter also
 * why ended requests were not guessed for.
 */
import { readFileSync } from 'node:fs';
import { ForetokenError } from '../base/errors.js';
import { plainLine } from '../base/plain-line.js';
import { explainStep } from '../planning/explain.js';
import { isPlanRecord } from '../planning/plan-record.js';
import type { PlanRecord } from '../planning/plan-record.js';
import type { ExplainFlags } from './flags/explain.js';

/** How long a server may take to answer. */
const TIMEOUT_MS = 10_000;

/** @param source file of a plan log (`serve --plan-log`), or the address of a server */
export async function explain(source: string, flags: ExplainFlags): Promise<void> {
  const live = /^https?:\/\//i.test(source);
  const records = live ? await ofServer(source, flags.apiKey) : ofFile(source);
  const chosen = records
    .filter(({ step }) => flags.step === undefined || step === flags.step)
    .filter(
      ({ input }) => flags.request === undefined || input.requests.some(({ id }) => id === flags.request),
    )
    .slice(-flags.last);
  // Plans tell of steps that were planned; whoever was never guessed for may be in none of them.
  const ended =
    live && (flags.request !== undefined || records.length === 0)
      ? endedText(await getJson(source, '/v1/stats', flags.apiKey), flags.request)
      : [];
  if (ended.length > 0 && flags.json !== true) process.stdout.write(`${ended.join('\n')}\n`);
  if (chosen.length === 0) {
    if (ended.length > 0 && flags.json !== true) return;
    throw new ForetokenError(
      'not_found',
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
  const body = (await getJson(address, '/v1/plans', apiKey)) as { readonly data?: unknown } | null;
  if (!Array.isArray(body?.data)) throw notARecord(address);
  return body.data.map((value: unknown) => {
    if (!isPlanRecord(value)) throw notARecord(address);
    return value;
  });
}

/** A line for each of the latest ended requests: whether it was guessed for, and why not. Nothing of another body. */
function endedText(body: unknown, wanted: number | undefined): string[] {
  const { models } = (body ?? {}) as { readonly models?: unknown };
  const lines: string[] = [];
  for (const model of Array.isArray(models) ? (models as unknown[]) : []) {
    const { latest_requests: requests } = (model ?? {}) as { readonly latest_requests?: unknown };
    for (const request of Array.isArray(requests) ? (requests as unknown[]) : []) {
      const one = request as Readonly<Record<string, unknown>>;
      if (typeof one['id'] !== 'number' || (wanted !== undefined && one['id'] !== wanted)) continue;
      const { not_speculated: why, draft_tokens: drafted, accepted_tokens: accepted } = one;
      lines.push(
        `request ${one['id']} (${plainLine(String(one['finish_reason']))}): ` +
          (typeof why === 'string'
            ? `no guesses: ${plainLine(why)}`
            : `${Number(drafted)} guesses, ${Number(accepted)} accepted`),
      );
    }
  }
  return lines;
}

async function getJson(address: string, path: string, apiKey: string | undefined): Promise<unknown> {
  const url = `${address.replace(/\/+$/, '')}${path}`;
  try {
    const response = await fetch(url, {
      headers: apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`status ${response.status}, ${text.slice(0, 200)}`);
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new ForetokenError(
      'server_unreachable',
      `${url} does not answer as a Foretoken server does: ${messageOf(error)}. Is the address right?`,
      { cause: error },
    );
  }
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
    'invalid_dataset',
    `${where} is not the record of a plan; give a file that \`foretoken serve --plan-log\` wrote.`,
  );
}

function messageOf(error: unknown): string {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}
