/**
 * Request bodies as JSON, with errors that say where. Before anything is built from the bytes they are walked
 * through once, for what `JSON.parse` does not tell: how deep they nest, which fields stand twice, and the
 * digits of a `seed` that a number of JavaScript cannot hold.
 */
import type { FastifyInstance } from 'fastify';
import { ForetokenError } from '../base/errors.js';

/** Deeper bodies are refused: whatever reads them afterwards may be recursive. */
export const MAX_JSON_DEPTH = 512;
/** Objects and lists of one body: each takes far more memory, and time to build, than the two bytes it is written with. */
export const MAX_JSON_PARTS = 200_000;
/** Longer names are no field of ours; they are refused by name later, and not compared here. */
const MAX_KEY_BYTES = 200;
/** No route has as many fields, so one of them will be refused as unknown. */
const MAX_KEYS = 1000;

/** What clients say of a body where their user says nothing: curl, and fetch() of a string. */
const DEFAULT_TYPE = /^(application\/x-www-form-urlencoded|text\/plain)\b/i;

/** Bytes that are not UTF-8 are refused, not replaced. */
export function readJsonBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers();
  // A body of no type is JSON, too, and what curl -d calls a form and fetch() calls plain text; one of another type is
  // not. (Pages of other sites can send both without being asked, but not without naming their origin.)
  for (const type of ['application/json', '*'])
    app.addContentTypeParser(type, { parseAs: 'buffer' }, (request, body, done) => {
      try {
        const { 'content-type': given, 'content-encoding': encoding = 'identity', origin } = request.headers;
        if (encoding.toLowerCase() !== 'identity') throw compressed(encoding);
        // Some clients name a type with every request, also where nothing is sent.
        if ((body as Buffer).length === 0 && request.method !== 'POST') {
          done(null, undefined);
          return;
        }
        const byDefault = given === undefined || (DEFAULT_TYPE.test(given) && origin === undefined);
        if (type === '*' && !byDefault) throw unsupported(given);
        done(null, parseJsonBody(body as Buffer));
      } catch (thrown) {
        done(thrown as Error);
      }
    });
}

const unsupported = (given: string): ForetokenError =>
  new ForetokenError(
    'unsupported_media_type',
    `Bodies of the type ${JSON.stringify(given.slice(0, 100))} are not read here. Send JSON with 'content-type: application/json'.`,
  );

const compressed = (encoding: string): ForetokenError =>
  new ForetokenError(
    'unsupported_media_type',
    `Bodies in the encoding ${JSON.stringify(encoding.slice(0, 100))} are not read here. Send JSON as it is, without 'content-encoding'.`,
  );

const decoder = new TextDecoder('utf-8', { fatal: true });

/** The body's value; a `seed` that is an integer beyond 2^53 as a bigint. @throws ForetokenError `invalid_json` */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0)
    throw new ForetokenError('invalid_json', 'The request body is empty; a JSON object is needed.');
  const { twice, seed } = walk(body);
  let text: string;
  try {
    text = decoder.decode(body);
  } catch (cause) {
    throw new ForetokenError('invalid_json', 'The request body is not valid UTF-8.', { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ForetokenError('invalid_json', `The request body is not valid JSON: ${reason}`, { cause });
  }
  if (twice !== undefined)
    throw new ForetokenError(
      'invalid_json',
      `The field '${twice}' stands in the request body more than once; leave all but one out.`,
      { param: twice },
    );
  if (seed !== undefined) (value as Record<string, unknown>)['seed'] = seed;
  return value;
}

interface Findings {
  /** A field of the outermost object that stands there more than once. */
  readonly twice: string | undefined;
  readonly seed: bigint | undefined;
}

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET] = [0x7b, 0x7d, 0x5b, 0x5d];

/**
 * What it finds means something only where the bytes are JSON, which is the parser's to say.
 * @throws ForetokenError `invalid_json` when they nest too deep, or hold too much
 */
function walk(bytes: Buffer): Findings {
  const keys = new Set<string>();
  let twice: string | undefined;
  let seed: bigint | undefined;
  let depth = 0;
  let parts = 0;
  let inRootObject = false;
  let key: string | undefined;
  for (let at = 0; at < bytes.length; at++) {
    switch (bytes[at]) {
      case QUOTE: {
        const end = endOfString(bytes, at);
        if (depth === 1 && inRootObject) key = keyText(bytes, at, end);
        at = end;
        break;
      }
      case OPEN_BRACE:
      case OPEN_BRACKET:
        if (depth === 0) inRootObject = bytes[at] === OPEN_BRACE;
        depth += 1;
        if (depth > MAX_JSON_DEPTH)
          throw new ForetokenError(
            'invalid_json',
            `The request body nests deeper than the ${MAX_JSON_DEPTH} levels that this server reads (at byte ${at}).`,
          );
        parts += 1;
        if (parts > MAX_JSON_PARTS)
          throw new ForetokenError(
            'invalid_json',
            `The request body has more than the ${MAX_JSON_PARTS} objects and lists that this server reads (at byte ${at}).`,
          );
        break;
      case CLOSE_BRACE:
      case CLOSE_BRACKET:
        depth -= 1;
        break;
      case COMMA:
        if (depth === 1) key = undefined;
        break;
      case COLON:
        if (depth !== 1 || key === undefined) break;
        if (keys.has(key)) twice ??= key;
        if (keys.size < MAX_KEYS) keys.add(key);
        if (key === 'seed') seed = longInteger(bytes, at + 1);
        break;
      case undefined:
      default:
    }
  }
  return { twice, seed };
}

/** Index of the closing quote, or the end of the bytes. */
function endOfString(bytes: Buffer, open: number): number {
  for (let at = bytes.indexOf(QUOTE, open + 1); at !== -1; at = bytes.indexOf(QUOTE, at + 1)) {
    let first = at;
    while (bytes[first - 1] === BACKSLASH) first -= 1;
    if ((at - first) % 2 === 0) return at;
  }
  return bytes.length;
}

function keyText(bytes: Buffer, open: number, close: number): string | undefined {
  if (close - open > MAX_KEY_BYTES) return undefined;
  try {
    // A name may be written with escapes.
    return String(JSON.parse(bytes.toString('utf8', open, close + 1)));
  } catch {
    return undefined;
  }
}

/** The integer that begins here, where a number would round it; of more digits than any seed has: none. */
function longInteger(bytes: Buffer, from: number): bigint | undefined {
  let start = from;
  while (start < bytes.length && bytes[start]! <= 0x20) start += 1;
  const [, digits] = /^(-?\d{1,40})(?:[\s,}]|$)/.exec(bytes.toString('latin1', start, start + 42)) ?? [];
  return digits === undefined || Number.isSafeInteger(Number(digits)) ? undefined : BigInt(digits);
}
